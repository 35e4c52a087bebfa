import type { Axis } from "@bellmesh/bell";
import { type Chance, type Readout, reportProbability, undrawn } from "./chance.ts";
import { registerOf, separate } from "./engine-choice.ts";
import type { Qubit } from "./qubit.ts";
import type { Register } from "./register.ts";
import type { Matrix2 } from "./unitary.ts";

/**
 * Measures one qubit along an axis and takes it away; the +1 eigenstate reads false.
 * The rest is left in the state conditional on the reported bit: which of the two true outcomes stood behind it is
 * mixed, and drawn only in a sample of a mixture. The turn into the axis is part of the instrument, its errors are
 * counted in the readout. What the measurement separates goes its own way.
 * @param chance of the outcome @param hidden of what stands behind it
 */
export function measure(qubit: Qubit, axis: Axis, readout: Readout, chance: Chance, hidden: Chance = undrawn): boolean {
  const register = registerOf(qubit);
  const reported = register.collapseAlong
    ? readAlong(register, qubit.position, axis, readout, chance)
    : readTurned(register, qubit.position, axis, readout, chance, hidden);
  separate(register);
  return reported;
}

/** Reads one qubit in Z and takes it away; what that separates stays together. */
export function readOut(
  register: Register,
  position: number,
  readout: Readout,
  chance: Chance,
  hidden: Chance,
): boolean {
  const reported = isReported(register.probabilityOfZero(position), readout, chance);
  if (reported) register.collapse(position, readout.p01, 1 - readout.p10, hidden);
  else register.collapse(position, 1 - readout.p01, readout.p10, hidden);
  return reported;
}

const h = Math.sqrt(0.5);

/** H. */
export const hadamard: Matrix2 = [h, 0, h, 0, h, 0, -h, 0];

/** H·S†: takes the Y axis to Z. */
const yIntoZ: Matrix2 = [h, 0, 0, -h, h, 0, 0, h];

function readAlong(register: Register, position: number, axis: Axis, readout: Readout, chance: Chance): boolean {
  const reported = isReported(register.probabilityAlong?.(position, axis) ?? Number.NaN, readout, chance);
  if (reported) register.collapseAlong?.(position, axis, readout.p01, 1 - readout.p10);
  else register.collapseAlong?.(position, axis, 1 - readout.p01, readout.p10);
  return reported;
}

function readTurned(
  register: Register,
  position: number,
  axis: Axis,
  readout: Readout,
  chance: Chance,
  hidden: Chance,
): boolean {
  const turn = intoZ(axis);
  if (turn) register.apply(position, turn);
  return readOut(register, position, readout, chance, hidden);
}

function isReported(zero: number, readout: Readout, chance: Chance): boolean {
  return chance.uniform() >= reportProbability(false, zero, readout);
}

function intoZ(axis: Axis): Matrix2 | undefined {
  switch (axis) {
    case "x":
      return hadamard;
    case "y":
      return yIntoZ;
    case "z":
      return undefined;
  }
}
