import type { Axis } from "@bellmesh/bell";
import { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { OperandError } from "../density-matrix/operand-error.ts";
import { expectation } from "./pauli-measurement.ts";
import { parityOf } from "./pauli-rows.ts";
import type { PauliFactor } from "./pauli-string.ts";
import type { Tableau } from "./tableau.ts";

/** The most qubits of which a stabilizer state's reduced state is written out: 4^6 expectation values. */
export const REDUCED_QUBITS_MAX = 6;

/** By digit 2z + x of a Pauli. */
const axes: readonly (Axis | undefined)[] = [undefined, "x", "z", "y"];

/**
 * ρ of some qubits in the order given, the others traced out: 2^−k Σ_P ⟨P⟩ P over the Pauli strings on these qubits.
 * @throws OperandError for a position that is not there or comes twice, and beyond REDUCED_QUBITS_MAX
 */
export function reducedState(tableau: Tableau, positions: readonly number[]): DensityMatrix {
  const count = positions.length;
  if (count > REDUCED_QUBITS_MAX) {
    const rule = `a reduced state is written out for at most ${REDUCED_QUBITS_MAX} qubits`;
    throw new OperandError("too-many-qubits", "the number of positions", count, rule);
  }
  for (const [place, position] of positions.entries()) {
    tableau.column("position", position);
    if (positions.indexOf(position) === place) continue;
    throw new OperandError("repeated", "position", position, "a reduced state has each qubit once");
  }
  const matrix = new DensityMatrix(count);
  for (let x = 0; x < matrix.dimension; x += 1) {
    for (let z = 0; z < matrix.dimension; z += 1) addPauli(tableau, positions, x, z, matrix);
  }
  return matrix;
}

/** Adds 2^−k ⟨P⟩ P for the P that has X where x has a bit, and Z where z has one: i^(x·z) X^x Z^z. */
function addPauli(tableau: Tableau, positions: readonly number[], x: number, z: number, into: DensityMatrix): void {
  const { dimension } = into;
  const factors: PauliFactor[] = [];
  let phase = 0;
  for (const [place, position] of positions.entries()) {
    const shift = positions.length - 1 - place;
    const axis = axes[2 * ((z >> shift) & 1) + ((x >> shift) & 1)];
    if (axis) factors.push({ position, axis });
    if (axis === "y") phase += 1;
  }
  const value = expectation(tableau, factors) / dimension;
  if (value === 0) return;
  const part = phase & 1 ? into.imaginary : into.real;
  const sign = phase & 2 ? -1 : 1;
  for (let v = 0; v < dimension; v += 1) {
    const entry = (v ^ x) * dimension + v;
    part[entry] = (part[entry] as number) + (parityOf(z & v) ? -sign : sign) * value;
  }
}
