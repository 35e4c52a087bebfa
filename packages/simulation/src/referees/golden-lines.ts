import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { GoldenHistory } from "./golden-histories.ts";

/** An event, the service that writes it, and how often that has started; once where it is not said. */
export type Line = readonly [writer: string, event: NonNullable<LedgerEvent["event"]>, incarnation?: number];

export const request = "alice/1/1";

/** A history, its lines a microsecond apart, and the referees that must reject it. */
export function history(title: string, rejectedBy: readonly string[], ...lines: readonly Line[]): GoldenHistory {
  const sequences = new Map<string, number>();
  const events = lines.map(([writer, event, incarnation = 1], index) => {
    const sequence = (sequences.get(`${writer} ${incarnation}`) ?? 0) + 1;
    sequences.set(`${writer} ${incarnation}`, sequence);
    return { writer, incarnation, sequence, at: 1000 * (index + 1), uncertaintyNs: 0, event };
  });
  return { title, events, rejectedBy };
}

/** The Bell index k = 2z + x. */
export function bell(k: number): BellIndex {
  return { x: (k & 1) === 1, z: (k & 2) === 2 };
}

/** The link of a pair. */
export function linkOf(pair: string): string {
  return pair.slice(0, pair.indexOf("/"));
}

const emitted = { firstEmitted: 500, secondEmitted: 500, photonOffsetPs: 30 };

/** A station heralds a pair, in the Bell state k. */
export function heralded(pair: string, firstNode: string, secondNode: string, k: number): Line {
  const pairHeralded = { pair, firstNode, secondNode, bellIndex: bell(k), attempts: 7, ...emitted };
  return [`physical-link/${linkOf(pair)}`, { $case: "pairHeralded", pairHeralded }];
}

/** A half is put into a slot. */
export function stored(pair: string, node: string, slot = 0): Line {
  return [`node-controller/${node}`, { $case: "halfStored", halfStored: { pair, node, link: linkOf(pair), slot } }];
}

/** Nature has measured two halves of a node, with the outcome k. */
export function swapped(node: string, upstreamPair: string, downstreamPair: string, k: number): Line {
  const pairsSwapped = { node, upstreamPair, downstreamPair, outcome: bell(k), measuredAt: 900 };
  return ["quantum-state/nature", { $case: "pairsSwapped", pairsSwapped }];
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
): Line {
  const ends = { firstPair, firstNode, secondPair, secondNode };
  const delivered = { firstDeliveredAt: 900, secondDeliveredAt: 950, announced: bell(k) };
  const pairFidelity = { ...ends, ...delivered, fidelityPpt: 900_000_000_000, intended: bell(k), engine: "pair" };
  return ["quantum-state/nature", { $case: "pairFidelity", pairFidelity }];
}

/** By a later incarnation of the same service. */
export function again([writer, event]: Line): Line {
  return [writer, event, 2];
}

export const natureRestarted = again(["quantum-state/nature", { $case: "natureRestarted", natureRestarted: {} }]);
