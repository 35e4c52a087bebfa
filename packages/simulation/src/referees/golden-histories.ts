import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

/** A short ledger written by hand, and the referees that must reject it; none rejects a good one. */
export interface GoldenHistory {
  readonly title: string;
  readonly events: readonly LedgerEvent[];
  readonly rejectedBy: readonly string[];
}

/** An event, the service that writes it, and how often that has started; once where it is not said. */
type Line = readonly [writer: string, event: NonNullable<LedgerEvent["event"]>, incarnation?: number];

const request = "alice/1/1";

function history(title: string, rejectedBy: readonly string[], ...lines: readonly Line[]): GoldenHistory {
  const sequences = new Map<string, number>();
  const events = lines.map(([writer, event, incarnation = 1], index) => {
    const sequence = (sequences.get(`${writer} ${incarnation}`) ?? 0) + 1;
    sequences.set(`${writer} ${incarnation}`, sequence);
    return { writer, incarnation, sequence, at: 1000 * (index + 1), uncertaintyNs: 0, event };
  });
  return { title, events, rejectedBy };
}

/** The Bell index k = 2z + x. */
function bell(k: number): BellIndex {
  return { x: (k & 1) === 1, z: (k & 2) === 2 };
}

function linkOf(pair: string): string {
  return pair.slice(0, pair.indexOf("/"));
}

function heralded(pair: string, firstNode: string, secondNode: string, k: number): Line {
  const pairHeralded = { pair, firstNode, secondNode, bellIndex: bell(k), attempts: 7 };
  return [`physical-link/${linkOf(pair)}`, { $case: "pairHeralded", pairHeralded }];
}

function stored(pair: string, node: string, slot = 0): Line {
  return [`node-controller/${node}`, { $case: "halfStored", halfStored: { pair, node, link: linkOf(pair), slot } }];
}

function swapped(node: string, upstreamPair: string, downstreamPair: string, k: number): Line {
  const pairsSwapped = { node, upstreamPair, downstreamPair, outcome: bell(k) };
  return ["quantum-state/nature", { $case: "pairsSwapped", pairsSwapped }];
}

function delivered(
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

function ended(pair: string, node: string, outcome: Outcome): Line {
  const writer = outcome === Outcome.LOST_CRASH ? "quantum-state/nature" : `node-controller/${node}`;
  return [writer, { $case: "halfEnded", halfEnded: { pair, node, outcome } }];
}

function retracted(pair: string, node: string, pairSequence = 1): Line {
  const halfRetracted = { pair, node, requestId: request, pairSequence };
  return [`node-controller/${node}`, { $case: "halfRetracted", halfRetracted }];
}

function upgraded(pair: string, node: string, k: number): Line {
  return [`node-controller/${node}`, { $case: "halfUpgraded", halfUpgraded: { pair, node, bellIndex: bell(k) } }];
}

function framed(pair: string, node: string, k: number): Line {
  return [`node-controller/${node}`, { $case: "frameApplied", frameApplied: { pair, node, applied: bell(k) } }];
}

function measured(firstPair: string, firstNode: string, secondPair: string, secondNode: string, k: number): Line {
  const ends = { firstPair, firstNode, secondPair, secondNode };
  const pairFidelity = { ...ends, fidelityPpt: 900_000_000_000, intended: bell(k), engine: "pair" };
  return ["quantum-state/nature", { $case: "pairFidelity", pairFidelity }];
}

/** By a later incarnation of the same service. */
function again([writer, event]: Line): Line {
  return [writer, event, 2];
}

const natureRestarted = again(["quantum-state/nature", { $case: "natureRestarted", natureRestarted: {} }]);

/** One pair between neighbours, heralded with index 1 and put into slot 0 at both ends. */
const oneHop: readonly Line[] = [
  heralded("ab/1/1", "alice", "bob", 1),
  stored("ab/1/1", "alice"),
  stored("ab/1/1", "bob"),
];

/** Two link pairs on alice–rob–bob, swapped: 1 XOR 3 XOR 2 is 0. */
const oneSwap: readonly Line[] = [
  heralded("ar/1/1", "alice", "rob", 1),
  heralded("rb/1/1", "rob", "bob", 3),
  stored("ar/1/1", "alice"),
  stored("ar/1/1", "rob"),
  stored("rb/1/1", "rob"),
  stored("rb/1/1", "bob"),
  swapped("rob", "ar/1/1", "rb/1/1", 2),
];

/** Histories to which no referee objects. */
export const goodHistories: readonly GoldenHistory[] = [
  history(
    "two neighbours get a pair",
    [],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    measured("ab/1/1", "alice", "ab/1/1", "bob", 1),
  ),
  history(
    "two ends get a pair over a repeater, and the slots are used again",
    [],
    ...oneSwap,
    delivered("rb/1/1", "bob", "alice", 0),
    heralded("rb/1/2", "rob", "bob", 1),
    stored("rb/1/2", "rob"),
    delivered("ar/1/1", "alice", "bob", 0),
    measured("ar/1/1", "alice", "rb/1/1", "bob", 0),
    stored("rb/1/2", "bob"),
    ended("rb/1/2", "rob", Outcome.DISCARDED),
    ended("rb/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "the head-end turns the pair into the state that was asked for",
    [],
    ...oneSwap,
    framed("ar/1/1", "alice", 2),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
    measured("ar/1/1", "alice", "rb/1/1", "bob", 2),
  ),
  history(
    "two repeaters swap, the later one first",
    [],
    heralded("ar/1/1", "alice", "rob", 1),
    heralded("rs/1/1", "rob", "sue", 3),
    heralded("sb/2/9", "sue", "bob", 3),
    swapped("sue", "rs/1/1", "sb/2/9", 1),
    swapped("rob", "ar/1/1", "rs/1/1", 2),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("sb/2/9", "bob", "alice", 2),
  ),
  history(
    "nature and an end crash, and nobody is left who knows of the half there",
    [],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", 0),
    natureRestarted,
    heralded("rb/1/2", "rob", "bob", 1),
    again(stored("rb/1/2", "bob")),
    again(ended("rb/1/2", "bob", Outcome.EXPIRED)),
    ended("rb/1/2", "rob", Outcome.EXPIRED),
  ),
  history(
    "nature crashes, and an end that has not says what became of its half",
    [],
    ...oneHop,
    natureRestarted,
    ended("ab/1/1", "bob", Outcome.DISCARDED),
    heralded("ab/1/2", "alice", "bob", 1),
    stored("ab/1/2", "bob"),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "nature measures and crashes before its answer has come, and the node gives both halves up",
    [],
    ...oneSwap,
    natureRestarted,
    ended("ar/1/1", "rob", Outcome.DISCARDED),
    ended("rb/1/1", "rob", Outcome.DISCARDED),
    ended("ar/1/1", "alice", Outcome.EXPIRED),
    ended("rb/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "an end gives its half up and crashes before nature has heard of it",
    [],
    ...oneHop,
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.LOST_CRASH),
  ),
  history(
    "one end delivers, the other expires, and the first retracts",
    [],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", 0),
    ended("rb/1/1", "bob", Outcome.EXPIRED),
    retracted("ar/1/1", "alice"),
  ),
  history(
    "both ends deliver, disagree, and retract",
    [],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1, 1),
    delivered("ab/1/1", "bob", "alice", 1, 2),
    retracted("ab/1/1", "bob", 2),
    retracted("ab/1/1", "alice", 1),
  ),
  history(
    "an end delivers with the index unknown and learns it in time",
    [],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", undefined),
    delivered("rb/1/1", "bob", "alice", 0),
    measured("ar/1/1", "alice", "rb/1/1", "bob", 0),
    upgraded("ar/1/1", "alice", 0),
  ),
  history(
    "an end delivers before the repeater swaps",
    [],
    ...oneSwap.slice(0, -1),
    delivered("ar/1/1", "alice", "bob", undefined),
    swapped("rob", "ar/1/1", "rb/1/1", 2),
    delivered("rb/1/1", "bob", "alice", 0),
    upgraded("ar/1/1", "alice", 0),
  ),
  history(
    "a node crashes with a half in its memory and with one delivered",
    [],
    ...oneHop,
    heralded("ab/1/2", "alice", "bob", 3),
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    stored("ab/1/2", "bob", 1),
    ended("ab/1/1", "bob", Outcome.LOST_CRASH),
    ended("ab/1/2", "bob", Outcome.LOST_CRASH),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
  ),
];

/** Histories each of which breaks one rule. */
export const badHistories: readonly GoldenHistory[] = [
  history(
    "an id is given twice",
    ["ids-unique"],
    heralded("ab/1/1", "alice", "bob", 1),
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "an id does not say which restart of the station it is from",
    ["ids-unique"],
    heralded("ab/1", "alice", "bob", 1),
    ended("ab/1", "alice", Outcome.EXPIRED),
    ended("ab/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "an end names another peer",
    ["ends-agree"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "carol", 1),
  ),
  history(
    "the ends deliver for two requests",
    ["ends-agree"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1, 1, "alice/1/2"),
  ),
  history(
    "the ends number the pair differently",
    ["ends-agree"],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", 0, 1),
    delivered("rb/1/1", "bob", "alice", 0, 2),
  ),
  history(
    "two pairs of a request have the same number",
    ["ends-agree"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/2", "bob", "alice", 1),
  ),
  history(
    "one end delivers and the other expires without a retraction",
    ["ends-agree"],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", 0),
    ended("rb/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "one end retracts and the other does not",
    ["ends-agree"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    retracted("ab/1/1", "bob"),
  ),
  history(
    "an index never becomes known",
    ["ends-agree"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", undefined),
    delivered("ab/1/1", "bob", "alice", 1),
  ),
  history(
    "the ends announce different Bell indices, so that one of them must be wrong",
    ["ends-agree", "frame-parity"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 3),
  ),
  history(
    "a repeater swaps a half twice",
    ["no-double-spend"],
    ...oneSwap,
    heralded("rb/1/2", "rob", "bob", 0),
    swapped("rob", "ar/1/1", "rb/1/2", 0),
    delivered("ar/1/1", "alice", "bob", 0),
    delivered("rb/1/1", "bob", "alice", 0),
    ended("rb/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is measured after it was delivered",
    ["no-double-spend"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    ended("ab/1/1", "alice", Outcome.MEASURED),
  ),
  history(
    "a pair is delivered before it is heralded",
    ["no-double-spend"],
    delivered("ab/1/2", "alice", "bob", 1),
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1, 2),
    delivered("ab/1/1", "bob", "alice", 1, 2),
  ),
  history(
    "a node spends a half it does not hold",
    ["no-double-spend"],
    ...oneHop,
    ended("ab/1/1", "rob", Outcome.USED),
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
  ),
  history(
    "a half has no outcome",
    ["one-terminal-outcome"],
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
  ),
  history(
    "a half that was swapped expires",
    ["one-terminal-outcome"],
    ...oneSwap,
    ended("ar/1/1", "rob", Outcome.EXPIRED),
    delivered("ar/1/1", "alice", "bob", 0),
    delivered("rb/1/1", "bob", "alice", 0),
  ),
  history(
    "a half is expired once it was discarded",
    ["one-terminal-outcome"],
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.DISCARDED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
  ),
  history(
    "a half is retracted twice",
    ["one-terminal-outcome"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    retracted("ab/1/1", "alice"),
    retracted("ab/1/1", "alice"),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half ends without saying how",
    ["one-terminal-outcome"],
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.UNSPECIFIED),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
    ended("ab/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "two halves stand in one slot",
    ["no-slot-leaked"],
    ...oneHop,
    heralded("ab/1/2", "alice", "bob", 1),
    stored("ab/1/2", "bob"),
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is stored again after its end",
    ["no-slot-leaked"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    stored("ab/1/1", "bob", 1),
  ),
  history(
    "both ends announce an index that is not that of the record",
    ["frame-parity"],
    ...oneSwap,
    delivered("ar/1/1", "alice", "bob", 1),
    delivered("rb/1/1", "bob", "alice", 1),
  ),
  history(
    "the head-end applies its Pauli twice",
    ["frame-parity"],
    ...oneSwap,
    framed("ar/1/1", "alice", 2),
    framed("ar/1/1", "alice", 2),
    delivered("ar/1/1", "alice", "bob", 2),
    delivered("rb/1/1", "bob", "alice", 2),
    measured("ar/1/1", "alice", "rb/1/1", "bob", 0),
  ),
  history(
    "nature has another index than the record",
    ["frame-parity"],
    ...oneHop,
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    measured("ab/1/1", "alice", "ab/1/1", "bob", 3),
  ),
  history(
    "nature finds the delivered halves entangled with others",
    ["frame-parity"],
    ...oneHop,
    heralded("ab/1/2", "alice", "bob", 1),
    delivered("ab/1/1", "alice", "bob", 1),
    delivered("ab/1/1", "bob", "alice", 1),
    measured("ab/1/1", "alice", "ab/1/2", "bob", 1),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "nature has crashed, and an end that has not puts another half into the slot",
    ["no-slot-leaked"],
    ...oneHop,
    natureRestarted,
    heralded("ab/1/2", "alice", "bob", 1),
    stored("ab/1/2", "bob"),
    ended("ab/1/2", "alice", Outcome.EXPIRED),
    ended("ab/1/2", "bob", Outcome.EXPIRED),
  ),
  history(
    "a half is discarded that nature has measured, and nobody crashed",
    ["one-terminal-outcome"],
    ...oneSwap,
    ended("ar/1/1", "rob", Outcome.DISCARDED),
    ended("ar/1/1", "alice", Outcome.EXPIRED),
    ended("rb/1/1", "bob", Outcome.EXPIRED),
  ),
  history(
    "nature has crashed before the pair was made",
    ["one-terminal-outcome"],
    natureRestarted,
    heralded("ab/1/1", "alice", "bob", 1),
    ended("ab/1/1", "alice", Outcome.EXPIRED),
  ),
];
