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
  const error = infidelity + turned(before, topology, mine, laterNs) + turned(before, topology, theirs, laterNs);
  // Of a pair that may as well be noise no bit says anything.
  return error < 0.5 ? [{ isError: (mine.bit !== theirs.bit) !== isOpposite, error }] : [];
}

function halvesOf({ firstPair, firstNode, secondPair, secondNode }: PairFidelity): readonly Half[] {
  return [
    { pair: firstPair, node: firstNode },
    { pair: secondPair, node: secondNode },
  ];
}

/**
 * At most how likely waiting and readout turn a bit: 1 − e^−u ≤ u, by the worst hardware the node has had.
 * @param before what has been told until then
 */
function turned(
  before: readonly LedgerEvent[],
  topology: Topology,
  { node, measuredAt }: HalfMeasured,
  sinceNs: number,
): number {
  const drawn = nodeNamed(topology, node);
  if (!drawn) return 1;
  const { memory, readout } = drawn;
  const told = before.flatMap(({ event }) => (event?.$case === "hardwareChanged" ? [event.hardwareChanged] : []));
  const changes = told.flatMap((one) => (one.node === node && one.memory && one.readout ? [one] : []));
  const rates = changes.map((one) => perS(one.memory?.t1Ns) + perS(one.memory?.t2Ns));
  const errors = changes.map((one) => Math.max(one.readout?.p01Ppt ?? 0, one.readout?.p10Ppt ?? 0) / 1e12);
  const waitedS = Math.max(0, measuredAt - sinceNs) / 1e9;
  const rate = Math.max(1 / memory.t1S + 1 / memory.t2S, ...rates);
  return waitedS * rate + Math.max(readout.p01, readout.p10, ...errors);
}

/** On the wire a lifetime of 0 never ends. */
function perS(lifetimeNs = 0): number {
  return lifetimeNs === 0 ? 0 : 1e9 / lifetimeNs;
}

interface Half {
  readonly pair: string;
  readonly node: string;
}

const isOne = (a: Half, b: Half) => a.pair === b.pair && a.node === b.node;
