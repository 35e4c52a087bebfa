import { nodeNamed, type Topology } from "@bellmesh/topology";
import type { HalfMeasured, LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { deedsIn } from "./deeds.ts";
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
    const isGiven = (bit: HalfMeasured) => deedsIn(history).some((deed) => deed.what === "delivered" && isOne(deed, bit));
    if (isTwice || !bits.every(isGiven)) return true;
    const pairs = history.flatMap(({ event }) => (event?.$case === "pairFidelity" ? [event.pairFidelity] : []));
    const compared = pairs.flatMap((pair) => comparedIn(bits, pair, topology));
    if (compared.length < PAIRS_MIN) return false;
    const errors = compared.filter(({ isError }) => isError).length;
    const mean = compared.reduce((sum, { error }) => sum + error, 0);
    const variance = compared.reduce((sum, { error }) => sum + error * (1 - error), 0);
    return errors > mean + SIGMAS * Math.sqrt(variance) + 1;
  },
};

function bitsIn(history: readonly LedgerEvent[]): HalfMeasured[] {
  return history.flatMap(({ event }) => (event?.$case === "halfMeasured" ? [event.halfMeasured] : []));
}

/** Bits of both halves along one axis. */
function comparedIn(bits: readonly HalfMeasured[], pair: PairFidelity, topology: Topology): Compared[] {
  const first = bits.find((bit) => isOne(bit, { pair: pair.firstPair, node: pair.firstNode }));
  const second = bits.find((bit) => isOne(bit, { pair: pair.secondPair, node: pair.secondNode }));
  if (!first || !second || first.axis !== second.axis || pair.announced === undefined) return [];
  const { x, z } = pair.announced;
  // Φ+ is equal along Z and X and opposite along Y; X^x turns the bit along Z and Y, Z^z that along X and Y.
  const isOpposite = [x, z, !(x !== z)][first.axis];
  const infidelity = 1 - (pair.isSample ? (pair.samplePpt ?? 0) : pair.fidelityPpt) / 1e12;
  const laterNs = Math.max(pair.firstDeliveredAt, pair.secondDeliveredAt);
  const error = infidelity + turned(topology, first, laterNs) + turned(topology, second, laterNs);
  // Of a pair that may as well be noise no bit says anything.
  return error < 0.5 ? [{ isError: (first.bit !== second.bit) !== isOpposite, error }] : [];
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
