import { type Axis, type BellWeights, bellIndices, memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bellMeasure } from "./bell-measurement.ts";
import { promoted } from "./engine-choice.ts";
import { correct, rotate } from "./gates.ts";
import { measure } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { Qubit } from "./qubit.ts";
import { discard, wait } from "./waiting.ts";

const readout = { p01: 0.1, p10: 0.02 };
const axes: readonly Axis[] = ["x", "y", "z"];

/** One thing that may happen to Alice's half: does it, and says with which probability it comes out so. */
type Branch = (alice: Qubit) => number;

const nothing: Branch = () => 1;

const discards: Branch = (alice) => {
  discard(alice);
  return 1;
};

const turns: Branch = (alice) => {
  rotate(alice, "y", 0.7, 0.05);
  return 1;
};

/** Both outcomes of a measurement along an axis. */
function measures(axis: Axis): Branch[] {
  return [false, true].map((bit) => (alice) => {
    const one = readout.p01 + (1 - readout.p01 - readout.p10) * (1 - zeroAlong(alice, axis));
    expect(measure(alice, axis, readout, { uniform: () => (bit ? 0.999999999 : 0) })).toBe(bit);
    return bit ? one : 1 - one;
  });
}

/** All four outcomes of a Bell measurement with half of a pair that has relaxed for a while. */
function swaps(dense: boolean): Branch[] {
  return bellIndices.map((outcome) => (alice) => {
    const near = new Qubit();
    const far = new Qubit();
    const register = new PairRegister(near, far, [0.85, 0.05, 0.08, 0.02]);
    register.wait(near.position, memoryDecay(1, 1, 0.4));
    if (dense) promoted(near);
    const zz = (2 * zeroAlong(alice, "z") - 1) * (2 * zeroAlong(near, "z") - 1);
    const draws = [outcome.x ? 0.999999999 : 0, outcome.z ? 0.999999999 : 0];
    const noise = { twoQubitDepolarising: 0, p01: 0, p10: 0 };
    expect(bellMeasure(alice, near, noise, { uniform: () => draws.shift() ?? 0 })).toEqual(outcome);
    return (outcome.x ? 1 - zz : 1 + zz) / 4;
  });
}

/** The probability of 0 along an axis, by a perfect instrument. */
function zeroAlong(qubit: Qubit, axis: Axis): number {
  const { register } = qubit;
  if (!register) throw new Error("the qubit is gone");
  if (axis === "z") return register.probabilityOfZero(qubit.position);
  // A pair on its way is never coherent by itself: along X and Y its halves are even.
  return 0.5;
}

/** Bob's chances of 0 along each axis, averaged over the branches of what Alice does in the meantime. */
function chancesOfBob(
  weights: BellWeights,
  waits: { alice: PauliEigenvalues; bob: PauliEigenvalues; bobLater: PauliEigenvalues },
  branches: readonly Branch[],
): number[] {
  return axes.map((axis) => {
    let chance = 0;
    for (const branch of branches) {
      const alice = new Qubit();
      const bob = new Qubit();
      const register = new PairRegister(alice, bob, weights);
      register.wait(bob.position, waits.bob);
      register.wait(alice.position, waits.alice);
      const probability = branch(alice);
      correct(bob, { x: true, z: false }, 0);
      wait(bob, waits.bobLater);
      rotate(bob, "y", 0.4, 0.01);
      if (axis === "x") rotate(bob, "y", -Math.PI / 2, 0);
      if (axis === "y") rotate(bob, "x", Math.PI / 2, 0);
      chance += probability * (bob.register?.probabilityOfZero(bob.position) ?? Number.NaN);
    }
    return chance;
  });
}

test("Bob's chances are the same whatever Alice does, also where it changes the engine that holds his half", () => {
  const deeds: Branch[][] = [[discards], [turns], ...axes.map(measures), swaps(false), swaps(true)];
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const decay = fc.double({ min: 0, max: 2, noNaN: true }).map((ageS) => memoryDecay(1, 0.8, ageS));
  fc.assert(
    fc.property(fc.tuple(unit, unit), decay, decay, decay, ([a, b], alice, bob, bobLater) => {
      const weights: BellWeights = [1 - 0.4 * a - 0.3 * b, 0.4 * a, 0.2 * b, 0.1 * b];
      const waits = { alice, bob, bobLater };
      const undisturbed = chancesOfBob(weights, waits, [nothing]);
      for (const branches of deeds) {
        for (const [place, chance] of chancesOfBob(weights, waits, branches).entries()) {
          expect(Math.abs(chance - (undisturbed[place] as number))).toBeLessThan(1e-10);
        }
      }
    }),
  );
});
