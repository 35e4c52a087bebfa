import { nodeNamed, type Topology } from "@bellmesh/topology";
import type { HalfMeasured, LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { halvesIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** From so many pairs on, and with so many standard errors, more errors than are likely are no accident. */
const [PAIRS_MIN, SIGMAS] = [30, 6];

interface Compared {
  readonly isError: boolean;
  /** At most so likely. */
  readonly error: number;
}

/** A half gives one bit, after its delivery; and the bits of pairs agree but for the errors that are possible. */
export const keyBits: PlainRule = {
  name: "key-bits",
  isIdle: (history) => bitsIn(history).length === 0,
  isBroken: (history, topology) => {
    const bits = bitsIn(history);
    const isTwice = bits.some((bit, index) => bits.slice(index + 1).some((other) => isOne(bit, other)));
    if (isTwice || history.some((told, index) => isNobodys(history, told, index))) return true;
    const compared = history.flatMap((_, index) => comparedAt(history, index, topology));
    if (compared.length < PAIRS_MIN) return false;
    const errors = compared.filter(({ isError }) => isError).length;
    const mean = compared.reduce((sum, { error }) => sum + error, 0);
    const variance = compared.reduce((sum, { error }) => sum + error * (1 - error), 0);
    return errors > mean + SIGMAS * Math.sqrt(variance) + 1;
  },
};

/** Whether this is a bit of a half that was not heralded before, or is never delivered. */
function isNobodys(history: readonly LedgerEvent[], { event }: LedgerEvent, index: number): boolean {
  if (event?.$case !== "halfMeasured") return false;
  const half = halvesIn(history).find((one) => isOne(one, event.halfMeasured));
  return !half || half.herald.index > index || !half.deeds.some(({ what }) => what === "delivered");
}

function bitsIn(history: readonly LedgerEvent[]): HalfMeasured[] {
  return history.flatMap(({ event }) => (event?.$case === "halfMeasured" ? [event.halfMeasured] : []));
}

/** What the bit told of at a place is compared with: that of the other half, along the same axis, if it is known. */
function comparedAt(history: readonly LedgerEvent[], index: number, topology: Topology): Compared[] {
  const before = history.slice(0, index);
  const [mine] = bitsIn(history.slice(index, index + 1));
  const pair = before
    .flatMap(({ event }) => (event?.$case === "pairFidelity" ? [event.pairFidelity] : []))
    .findLast((told) => mine && halvesOf(told).some((half) => isOne(half, mine)));
  if (!mine || !pair?.announced) return [];
  const theirs = bitsIn(before).find((bit) => !isOne(bit, mine) && halvesOf(pair).some((half) => isOne(half, bit)));
  if (theirs?.axis !== mine.axis) return [];
  const { x, z } = pair.announced;
  // Φ+ is equal along Z and X and opposite along Y; X^x turns the bit along Z and Y, Z^z that along X and Y.
  const isOpposite = [x, z, x === z][mine.axis];
  const infidelity = 1 - (pair.isSample ? (pair.samplePpt ?? 0) : pair.fidelityPpt) / 1e12;
  const laterNs = Math.max(pair.firstDeliveredAt, pair.secondDeliveredAt);
  const error = infidelity + turned(topology, mine, laterNs) + turned(topology, theirs, laterNs);
  // Of a pair that may as well be noise no bit says anything.
  return error < 0.5 ? [{ isError: (mine.bit !== theirs.bit) !== isOpposite, error }] : [];
}

function halvesOf({ firstPair, firstNode, secondPair, secondNode }: PairFidelity): readonly Half[] {
  return [
    { pair: firstPair, node: firstNode },
    { pair: secondPair, node: secondNode },
  ];
}

/** At most how likely waiting and readout turn a bit: 1 − e^−u ≤ u. */
function turned(topology: Topology, { node, measuredAt }: HalfMeasured, sinceNs: number): number {
  const hardware = nodeNamed(topology, node);
  if (!hardware) return 1;
  const { memory, readout } = hardware;
  const waitedS = Math.max(0, measuredAt - sinceNs) / 1e9;
  return waitedS / memory.t1S + waitedS / memory.t2S + Math.max(readout.p01, readout.p10);
}

interface Half {
  readonly pair: string;
  readonly node: string;
}

const isOne = (a: Half, b: Half) => a.pair === b.pair && a.node === b.node;
