import { parseTopology, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { GoldenHistory } from "./golden-histories.ts";
import { linkOf } from "./link-of.ts";

type Event = NonNullable<LedgerEvent["event"]>;

/**
 * An event, or what it is at the instant of its line; the service that writes it; and how often that has started, once
 * where it is not said.
 */
export type Line = readonly [writer: string, event: Event | ((atNs: number) => Event), incarnation?: number];

/** The network of the histories: 500 ns of fibre, two slots per link and end, one in storage, a cutoff of 100 µs. */
export const goldenTopology: Topology = parseTopology(
  JSON.stringify({
    name: "golden",
    clock: { preset: "perfect" },
    cutoffMs: 0.1,
    defaults: {
      memory: { t1S: 1, t2S: 1, communicationSlots: 2, storageSlots: 1 },
      gates: { twoQubitDepolarising: 0, twoQubitNs: 0, oneQubitNs: 0 },
      readout: { p01: 0, p10: 0, durationNs: 0 },
      heralding: { emissionEfficiency: 1, darkCountProbability: 0, visibility: 1, periodNs: 1_000_000 },
    },
    nodes: ["alice", "bob", "carol", "rob", "sue"].map((name) => ({ name })),
    links: [
      { name: "ab", between: ["alice", "bob"], lengthKm: 0.1 },
      { name: "ar", between: ["alice", "rob"], lengthKm: 0.1 },
      { name: "rb", between: ["rob", "bob"], lengthKm: 0.1 },
      { name: "rs", between: ["rob", "sue"], lengthKm: 0.1 },
      { name: "sb", between: ["sue", "bob"], lengthKm: 0.1 },
    ],
  }),
  "golden.json",
);

export const request = "alice/1/1";

/** The first line's instant: late enough for photons that were emitted long before. */
const BEGAN_NS = 1_000_000;

/** A history, its lines a microsecond apart, and the referees that must reject it. */
export function history(title: string, rejectedBy: readonly string[], ...lines: readonly Line[]): GoldenHistory {
  return slowHistory(1000, title, rejectedBy, ...lines);
}

/** A history, its lines so far apart. */
export function slowHistory(
  stepNs: number,
  title: string,
  rejectedBy: readonly string[],
  ...lines: readonly Line[]
): GoldenHistory {
  const sequences = new Map<string, number>();
  const events = lines.map(([writer, event, incarnation = 1], index) => {
    const sequence = (sequences.get(`${writer} ${incarnation}`) ?? 0) + 1;
    sequences.set(`${writer} ${incarnation}`, sequence);
    const at = BEGAN_NS + stepNs * index;
    const told = typeof event === "function" ? event(at) : event;
    return { writer, incarnation, sequence, at, uncertaintyNs: 0, event: told };
  });
  return { title, events, rejectedBy };
}

/** The Bell index k = 2z + x. */
export function bell(k: number): BellIndex {
  return { x: (k & 1) === 1, z: (k & 2) === 2 };
}

/**
 * Nature makes a pair that a station heralds in the Bell state k, whose halves were emitted so long before, and whose
 * photons came so far apart.
 */
export function heralded(
  pair: string,
  firstNode: string,
  secondNode: string,
  k: number,
  agesNs = 500,
  photonOffsetPs = 30,
): Line {
  const heralded = { pair, firstNode, secondNode, bellIndex: bell(k), attempts: 1, photonOffsetPs };
  return [
    "quantum-state/nature",
    (atNs) => {
      const [firstEmitted, secondEmitted] = [atNs - agesNs, atNs - agesNs];
      return { $case: "pairHeralded", pairHeralded: { ...heralded, firstEmitted, secondEmitted } };
    },
  ];
}

/** A pair that took so many attempts. */
export function takenAttempts(attempts: number, [writer, told]: Line): Line {
  return [
    writer,
    (atNs) => {
      const event = typeof told === "function" ? told(atNs) : told;
      if (event.$case !== "pairHeralded") throw new Error("a herald says how many attempts a pair took");
      return { $case: "pairHeralded", pairHeralded: { ...event.pairHeralded, attempts } };
    },
  ];
}

/** A half is put into a slot. */
export function stored(pair: string, node: string, slot = 0): Line {
  return [`node-controller/${node}`, { $case: "halfStored", halfStored: { pair, node, link: linkOf(pair), slot } }];
}

/** A half is moved from its slot into storage. */
export function moved(pair: string, node: string, storageSlot = 0): Line {
  return [`node-controller/${node}`, { $case: "halfMoved", halfMoved: { pair, node, storageSlot } }];
}

/** Nature has measured two halves of a node, with the outcome k, right now or so long after. */
export function swapped(node: string, upstreamPair: string, downstreamPair: string, k: number, laterNs = 0): Line {
  const swapped = { node, upstreamPair, downstreamPair, outcome: bell(k) };
  return [
    "quantum-state/nature",
    (atNs) => ({ $case: "pairsSwapped", pairsSwapped: { ...swapped, measuredAt: atNs + laterNs } }),
  ];
}

/** A half is delivered, as half of a pair in the Bell state k. */
export function delivered(
  pair: string,
  node: string,
  peer: string,
  k: number | undefined,
  pairSequence = 1,
  requestId = request,
): Line {
  const bellIndex = k === undefined ? undefined : bell(k);
  const halfDelivered = { pair, node, peer, requestId, pairSequence, bellIndex, claimedFidelityPpb: 900_000_000 };
  return [`node-controller/${node}`, { $case: "halfDelivered", halfDelivered }];
}

/** A half ends otherwise; what a crash has lost, nature tells. */
export function ended(pair: string, node: string, outcome: Outcome): Line {
  const writer = outcome === Outcome.LOST_CRASH ? "quantum-state/nature" : `node-controller/${node}`;
  return [writer, { $case: "halfEnded", halfEnded: { pair, node, outcome } }];
}

/** A delivered half turns out to be void. */
export function retracted(pair: string, node: string, pairSequence = 1): Line {
  const halfRetracted = { pair, node, requestId: request, pairSequence };
  return [`node-controller/${node}`, { $case: "halfRetracted", halfRetracted }];
}

/** The Bell state of a delivered half is known after all. */
export function upgraded(pair: string, node: string, k: number): Line {
  return [`node-controller/${node}`, { $case: "halfUpgraded", halfUpgraded: { pair, node, bellIndex: bell(k) } }];
}

/** A head-end applies its final Pauli. */
export function framed(pair: string, node: string, k: number): Line {
  return [`node-controller/${node}`, { $case: "frameApplied", frameApplied: { pair, node, applied: bell(k) } }];
}

/** Nature tells the fidelity of a delivered pair, and the Bell state that was intended. */
export function measured(
  firstPair: string,
  firstNode: string,
  secondPair: string,
  secondNode: string,
  k: number,
  fidelity = 0.9,
): Line {
  const ends = { firstPair, firstNode, secondPair, secondNode };
  const delivered = { firstDeliveredAt: 900, secondDeliveredAt: 950, announced: bell(k) };
  const pairFidelity = {
    ...ends,
    ...delivered,
    fidelityPpt: Math.round(fidelity * 1e12),
    intended: bell(k),
    engine: "pair",
  };
  return ["quantum-state/nature", { $case: "pairFidelity", pairFidelity }];
}

/** The same of a pair of neighbours, with what the waiting of each half took, as a share. */
export function measuredWith([writer, told]: Line, waits: readonly [number, number]): Line {
  if (typeof told === "function" || told.$case !== "pairFidelity") throw new Error("nature tells what waiting takes");
  const { firstNode, secondNode } = told.pairFidelity;
  const budget = {
    heraldPpt: 0,
    waits: [firstNode, secondNode].map((node, index) => ({ node, lossPpt: Math.round((waits[index] ?? 0) * 1e12) })),
    gatesPpt: 0,
    readoutPpt: 0,
    emulatorPpt: 0,
  };
  return [
    writer,
    (atNs) => ({
      $case: "pairFidelity",
      pairFidelity: { ...told.pairFidelity, firstDeliveredAt: atNs, secondDeliveredAt: atNs - 1000, budget },
    }),
  ];
}

/** A fault of a process begins, or has ended. */
export function befallen(
  process: string,
  kind: string,
  when: "faultBegan" | "faultEnded",
  args: object = {},
  forNs = 1,
): Line {
  const fault = { atNs: 0, forNs, kind, target: JSON.stringify({ process }), args: JSON.stringify(args) };
  return [
    "faults/golden",
    when === "faultBegan" ? { $case: when, faultBegan: { fault } } : { $case: when, faultEnded: { fault } },
  ];
}

/** A network layer writes something of its own. */
export function installed(node: string): Line {
  return [`network-layer/${node}`, { $case: "circuitInstalled", circuitInstalled: { circuit: "alice/1/1", node } }];
}

/** By a later incarnation of the same service. */
export function again([writer, event]: Line): Line {
  return [writer, event, 2];
}

export const natureRestarted = again(["quantum-state/nature", { $case: "natureRestarted", natureRestarted: {} }]);

/** A head-end has accepted a request for so many pairs. */
export function accepted(headEnd: string, tailEnd: string, pairs = 1): Line {
  const terms = { requestId: request, headEnd, tailEnd, pairs };
  const requestAccepted = { ...terms, predictedFidelityPpb: 900_000_000, path: [] };
  return [`node-controller/${headEnd}`, { $case: "requestAccepted", requestAccepted }];
}

/** A request is complete at its head-end, whose tail-end has confirmed it. */
export function confirmed(node: string, delivered: number): Line {
  const requestEnded = { requestId: request, node, reason: "COMPLETE", delivered, isConfirmed: true };
  return [`node-controller/${node}`, { $case: "requestEnded", requestEnded }];
}

/** A request is over at one of its ends. */
export function requestEnded(node: string, delivered: number, reason = "COMPLETE"): Line {
  const requestEnded = { requestId: request, node, reason, delivered };
  return [`node-controller/${node}`, { $case: "requestEnded", requestEnded }];
}

/** The same, told by somebody else. */
export function toldBy(writer: string, [, event]: Line): Line {
  return [writer, event];
}

/** A node-controller starts again. */
export function controllerRestarted(node: string): Line {
  return again([`node-controller/${node}`, { $case: "controllerRestarted", controllerRestarted: { node } }]);
}

/** A process tells how it stands. */
export function census(writer: string, streams: number, timers = 0, messagesSent = 10): Line {
  return [writer, { $case: "census", census: { timers, streams, calls: 0, messagesSent } }];
}

/** Nature tells what an application has read off a half, along the axis 0, 1, 2: Z, X, Y. */
export function readOff(pair: string, node: string, axis: number, bit: boolean): Line {
  const read = { pair, node, axis, bit };
  return ["quantum-state/nature", (measuredAt) => ({ $case: "halfMeasured", halfMeasured: { ...read, measuredAt } })];
}

/** Nature compares a clock with that of alice: how far off, what was promised of it, and what is from now on. */
export function clockChecked(node: string, offsetPs: number, promisedPs: number, promisesPs: number): Line {
  const clockChecked = { node, grandmaster: "alice", offsetPs, promisedPs, promisesPs };
  return ["quantum-state/nature", { $case: "clockChecked", clockChecked }];
}

/** The same of a clock that holds over, and had settled at this instant, if at all. */
export function heldOver([writer, told]: Line, settledNs?: number): Line {
  if (typeof told === "function" || told.$case !== "clockChecked") throw new Error("nature compares clocks");
  return [writer, { $case: "clockChecked", clockChecked: { ...told.clockChecked, isHeld: true, settledNs } }];
}

/** A fault of a node's clock begins, which acts for so long. */
export function clockStruck(node: string, kind: string, forNs = 1): Line {
  return ["faults/golden", { $case: "faultBegan", faultBegan: { fault: clockFault(node, kind, forNs) } }];
}

/** The same fault has ended, by then or before its time. */
export function clockSpared(node: string, kind: string, forNs = 1): Line {
  return ["faults/golden", { $case: "faultEnded", faultEnded: { fault: clockFault(node, kind, forNs) } }];
}

function clockFault(node: string, kind: string, forNs: number) {
  return { atNs: 0, forNs, kind, target: JSON.stringify({ node }), args: "{}" };
}
