import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterDecay,
  type BellIndex,
  bellIndices,
  combine,
  depolariseHalf,
  eigenvaluesOf,
  exchanged,
  fidelityOf,
  fidelityOfXState,
  type HalfDecay,
  inTurn,
  joined,
  leastFidelityAfter,
  memoryDecay,
  ordinal,
  type PairQuality,
  relaxedOf,
  relaxing,
  shifted,
  swapXStates,
  unrelaxing,
  waitHalf,
  weightsOfXState,
  type XState,
  xMatrixOf,
  xStateOf,
} from "./index.ts";

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const anyIndex = fc.constantFrom(...bellIndices);

/** Four populations, and coherences of any size and phase that they allow. */
const anyState: fc.Arbitrary<XState> = fc
  .tuple(fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }), unit, unit, unit, unit)
  .filter(([counts]) => counts.some((count) => count > 0))
  .map(([counts, outer, outerTurn, inner, innerTurn]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const [p00, p01, p10, p11] = counts.map((count) => count / total) as [number, number, number, number];
    const [outerSize, innerSize] = [outer * Math.sqrt(p00 * p11), inner * Math.sqrt(p01 * p10)];
    return xStateOf({
      ...{ p00, p01, p10, p11 },
      ...{ outerRe: outerSize * Math.cos(6 * outerTurn), outerIm: outerSize * Math.sin(6 * outerTurn) },
      ...{ innerRe: innerSize * Math.cos(6 * innerTurn), innerIm: innerSize * Math.sin(6 * innerTurn) },
    });
  });

/** A wait as a fraction of T1 and of what T2 may be, before and behind a depolarising move. */
const anyWait = fc.record({ before: unit, behind: unit, t2: unit, moved: unit });
type Wait = { before: number; behind: number; t2: number; moved: number };

const decayIn = (ageS: number, t2: number) => memoryDecay(1, 0.1 + 1.9 * t2, ageS);
const moveBy = (moved: number) => unrelaxing({ x: 1 - moved, y: 1 - moved, z: 1 - moved });

function decayOf({ before, behind, t2, moved }: Wait): HalfDecay {
  return inTurn(inTurn(relaxing(decayIn(before, t2)), moveBy(moved)), relaxing(decayIn(behind, t2)));
}

function wait(state: XState, half: 0 | 1, { before, behind, t2, moved }: Wait): void {
  waitHalf(state, half, decayIn(before, t2));
  depolariseHalf(state, half, moved);
  waitHalf(state, half, decayIn(behind, t2));
}

function qualityOf(state: XState, index: BellIndex): PairQuality {
  const eigenvalues = eigenvaluesOf(shifted(weightsOfXState(state), index));
  return { ...eigenvalues, relaxed: relaxedOf(xMatrixOf(state), index) };
}

describe("The quality of a pair", () => {
  test("gives the fidelity of every X-state after both halves have waited and were moved, by any index", () => {
    fc.assert(
      fc.property(anyState, anyIndex, anyWait, anyWait, (state, index, first, second) => {
        const fresh = qualityOf(state, index);
        const waited = afterDecay(afterDecay(fresh, 1, decayOf(second)), 0, decayOf(first));
        const least = decayOf(first);
        const bound = { ...least, leastRelaxed: 0, mostRelaxed: 1 - least.z };
        const leastWaited = leastFidelityAfter(afterDecay(fresh, 1, decayOf(second)), 0, bound);
        wait(state, 0, first);
        wait(state, 1, second);
        const truth = fidelityOfXState(state, index);
        expect(fidelityOf(waited)).toBeCloseTo(truth, 12);
        expect(leastWaited).toBeLessThanOrEqual(truth + 1e-12);
        expect(fidelityOf(exchanged(waited))).toBe(fidelityOf(waited));
      }),
    );
  });

  test("is, over a swap, the mean over its outcomes, whatever the halves at the ends do then", () => {
    const noises = fc.record({ twoQubitDepolarising: unit, p01: unit, p10: unit, oneQubitDepolarising: unit });
    const sides = fc.tuple(anyState, anyIndex, anyWait, anyWait);
    fc.assert(
      fc.property(sides, sides, noises, ([left, i, l1, l2], [right, j, r1, r2], noise) => {
        const before = afterDecay(qualityOf(left, i), 1, decayOf(l2));
        const behind = afterDecay(qualityOf(right, j), 0, decayOf(r1));
        const ends = afterDecay(afterDecay(joined(before, noise, behind), 0, decayOf(l1)), 1, decayOf(r2));
        wait(left, 1, l2);
        wait(right, 0, r1);
        let mean = 0;
        for (const outcome of bellIndices) {
          const swapped = { ...left };
          const probability = swapXStates(swapped, left, 1, right, 0, outcome, noise);
          wait(swapped, 0, l1);
          wait(swapped, 1, r2);
          mean += probability * fidelityOfXState(swapped, combine(combine(i, j), outcome));
        }
        expect(fidelityOf(ends)).toBeCloseTo(mean, 12);
      }),
    );
  });

  test("of Bell-diagonal pairs is that of their eigenvalues, Φ gaining γa·γb/4 where Ψ loses it", () => {
    const weights = [0.85, 0.05, 0.06, 0.04] as const;
    const decay = memoryDecay(1, 1, 0.5);
    const change = bellIndices.map((index) => {
      const pair = { ...eigenvaluesOf(weights), relaxed: { first: 0, second: 0, both: index.x ? -1 : 1 } };
      const exact = fidelityOf(afterDecay(afterDecay(pair, 0, relaxing(decay)), 1, relaxing(decay)));
      const twirled = { ...pair, relaxed: undefined };
      return [
        ordinal(index),
        exact - fidelityOf(afterDecay(afterDecay(twirled, 0, relaxing(decay)), 1, relaxing(decay))),
      ];
    });
    const gain = ((1 - decay.z) * (1 - decay.z)) / 4;
    for (const [k, difference] of change) expect(difference).toBeCloseTo(k === 0 || k === 2 ? gain : -gain, 12);
  });
});
