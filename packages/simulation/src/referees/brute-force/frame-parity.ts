import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome, type PairFidelity } from "@bellmesh/wire/ledger";
import { chainFrom } from "./chains.ts";
import { natureRestartsIn } from "./crashes.ts";
import { halvesIn, heraldsIn } from "./deeds.ts";
import { type Delivery, deliveriesIn, otherEndOf } from "./deliveries.ts";
import type { PlainRule } from "./plain-rule.ts";

/** Nature keeps what a node that is away has delivered for so long. */
const LEASE_NS = 10e9;

interface End {
  readonly pair: string;
  readonly node: string;
}

/** The index that both ends keep is the XOR of heralds, swap outcomes and Paulis along the chain, and nature's own. */
export const frameParity: PlainRule = {
  name: "frame-parity",
  isBroken: (history) =>
    deliveriesIn(history).some((one) => {
      const other = otherEndOf(history, one.half);
      if (one.isRetracted || !other || other.isRetracted) return false;
      const parity = parityFrom(history, one.half);
      const isWrong = one.announced !== undefined && parity !== undefined && !isSame(one.announced, parity);
      return isWrong || isUntold(history, one, other);
    }) ||
    history.some(({ event }, index) => {
      return event?.$case === "pairFidelity" && !isExplained(history, event.pairFidelity, index);
    }),
};

/** Whether nature, which tells of pairs, does not tell of one that both ends delivered, and had not to give it up. */
function isUntold(history: readonly LedgerEvent[], one: Delivery, other: Delivery): boolean {
  const told = history.flatMap(({ event }, index) =>
    event?.$case === "pairFidelity" ? [{ index, ...event.pairFidelity }] : [],
  );
  const isTold = told.some(({ index, firstPair, firstNode, secondPair, secondNode }) => {
    const halves = [
      { pair: firstPair, node: firstNode },
      { pair: secondPair, node: secondNode },
    ];
    return index > one.index && halves.some((half) => isOne(half, one.half));
  });
  const isLost = [one, other].some((end) => natureRestartsIn(history, end.half.herald.index) || isGone(history, end));
  return told.length > 0 && !isTold && !isLost && Math.abs(one.atNs - other.atNs) < LEASE_NS;
}

/** Nature has said that it has no more what was delivered: it was measured, or lost with its node. */
function isGone(history: readonly LedgerEvent[], { half, index }: Delivery): boolean {
  return history.slice(index).some(({ event }) => {
    if (event?.$case === "halfMeasured") return isOne(event.halfMeasured, half);
    if (event?.$case !== "halfEnded" || event.halfEnded.outcome !== Outcome.LOST_CRASH) return false;
    return isOne(event.halfEnded, half);
  });
}

/** Both halves that nature names are one pair by the record, and it has the index that nature has. */
function isExplained(history: readonly LedgerEvent[], told: PairFidelity, index: number): boolean {
  const first = { pair: told.firstPair, node: told.firstNode };
  const far = chainFrom(history, first.pair, first.node)?.far;
  if (!far || far.pair !== told.secondPair || far.node !== told.secondNode) return false;
  if (![told.firstPair, told.secondPair].every((pair) => isHeralded(history, pair, index))) return false;
  const parity = parityFrom(history, first, index);
  return parity === undefined || told.intended === undefined || isSame(parity, told.intended);
}

function isHeralded(history: readonly LedgerEvent[], pair: string, before: number): boolean {
  return heraldsIn(history).some((herald) => herald.pair === pair && herald.index < before);
}

/** All along the chain from one end to the other, Paulis applied at either up to a place of the history. */
function parityFrom(history: readonly LedgerEvent[], end: End, before = history.length): BellIndex | undefined {
  const chain = chainFrom(history, end.pair, end.node);
  if (!chain) return undefined;
  const turns = halvesIn(history)
    .filter((half) => isOne(half, end) || isOne(half, chain.far))
    .flatMap(({ deeds }) => deeds)
    .flatMap(({ told: { event }, index }) =>
      event?.$case === "frameApplied" && index < before ? [event.frameApplied.applied] : [],
    );
  const all = [...chain.heralds.map(({ bell }) => bell), ...chain.swaps.map(({ outcome }) => outcome), ...turns];
  return all.reduce(combined, { x: false, z: false });
}

/** An index that is not known makes all of it unknown. */
function combined(a: BellIndex | undefined, b: BellIndex | undefined): BellIndex | undefined {
  return a && b && { x: a.x !== b.x, z: a.z !== b.z };
}

const isSame = (a: BellIndex, b: BellIndex) => a.x === b.x && a.z === b.z;

const isOne = (a: End, b: End) => a.pair === b.pair && a.node === b.node;
