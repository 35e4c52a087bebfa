import type { Axis } from "@bellmesh/bell";
import { type Chance, type Readout, reportProbability } from "./chance.ts";
import type { DensityRegister } from "./density-matrix/density-register.ts";
import { promoted } from "./promotion.ts";
import type { Qubit } from "./qubit.ts";
import type { Matrix2 } from "./unitary.ts";

/**
 * Measures one qubit along an axis and takes it away; the +1 eigenstate reads false.
 * The rest is left in the state conditional on the reported bit: which of the two true outcomes stood behind it is
 * mixed, not drawn. The turn into the axis is part of the instrument, its errors are counted in the readout.
 */
export function measure(qubit: Qubit, axis: Axis, readout: Readout, chance: Chance): boolean {
  const register = promoted(qubit);
  const turn = intoZ(axis);
  if (turn) register.apply(qubit.position, turn);
  return readOut(register, qubit.position, readout, chance);
}

/** Reads one qubit of a density matrix in Z and takes it away. */
export function readOut(register: DensityRegister, position: number, readout: Readout, chance: Chance): boolean {
  const reported = chance.uniform() >= reportProbability(false, register.probabilityOfZero(position), readout);
  if (reported) register.collapse(position, readout.p01, 1 - readout.p10);
  else register.collapse(position, 1 - readout.p01, readout.p10);
  return reported;
}

const h = Math.sqrt(0.5);

/** H. */
export const hadamard: Matrix2 = [h, 0, h, 0, h, 0, -h, 0];

/** H·S†: takes the Y axis to Z. */
const yIntoZ: Matrix2 = [h, 0, 0, -h, h, 0, 0, h];

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
