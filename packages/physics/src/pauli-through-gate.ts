import type { BellIndex } from "@bellmesh/bell";
import { adjoint, dimensionOf, type FlatMatrix, product, tensorProduct } from "./complex-matrix.ts";
import { fixedGates } from "./named-gates.ts";

/**
 * Where a Pauli that is due goes when a gate acts first: UPU†, if that is a Pauli again, without its phase.
 * @param paulis one per qubit of the gate, the leftmost first; each is X^x Z^z.
 * @returns undefined when UPU† is no Pauli, so that the Pauli cannot stay due behind the gate.
 */
export function pauliThroughGate(matrix: FlatMatrix, paulis: readonly BellIndex[]): readonly BellIndex[] | undefined {
  if (paulis.every(({ x, z }) => !x && !z)) return paulis;
  const moved = product(product(matrix, paulisMatrix(paulis)), adjoint(matrix));
  const dimension = dimensionOf(matrix);
  const qubits = paulis.length;
  // The column of |0…0⟩ tells the X part, the sign of each column next to it the Z part.
  const flips = rowOfOne(moved, 0, dimension);
  if (flips === undefined) return undefined;
  const found = paulis.map((_, place) => {
    const bit = 1 << (qubits - 1 - place);
    return { x: (flips & bit) !== 0, z: isOpposite(moved, dimension, flips, bit) };
  });
  return isMultiple(moved, paulisMatrix(found)) ? found : undefined;
}

function paulisMatrix(paulis: readonly BellIndex[]): FlatMatrix {
  const matrices = paulis.map(({ x, z }) =>
    product(fixedGates[x ? "x" : "i"] as FlatMatrix, fixedGates[z ? "z" : "i"] as FlatMatrix),
  );
  return matrices.reduce(tensorProduct);
}

/** The row of a column's only entry, undefined when it has no entry of modulus 1. */
function rowOfOne(matrix: FlatMatrix, column: number, dimension: number): number | undefined {
  for (let row = 0; row < dimension; row += 1) {
    const at = 2 * (row * dimension + column);
    const [real, imaginary] = [matrix[at] as number, matrix[at + 1] as number];
    if (real * real + imaginary * imaginary > 0.5) return row;
  }
  return undefined;
}

function isOpposite(matrix: FlatMatrix, dimension: number, flips: number, bit: number): boolean {
  const first = 2 * (flips * dimension);
  const second = 2 * ((flips ^ bit) * dimension + bit);
  const [ar, ai, br, bi] = [matrix[first], matrix[first + 1], matrix[second], matrix[second + 1]] as number[];
  return (ar as number) * (br as number) + (ai as number) * (bi as number) < 0;
}

/** Whether a = e^(iφ)·b for two unitaries: |Tr(a†b)| is the dimension. */
function isMultiple(a: FlatMatrix, b: FlatMatrix): boolean {
  const overlap = product(adjoint(a), b);
  const dimension = dimensionOf(a);
  let [real, imaginary] = [0, 0];
  for (let row = 0; row < dimension; row += 1) {
    real += overlap[2 * row * (dimension + 1)] as number;
    imaginary += overlap[2 * row * (dimension + 1) + 1] as number;
  }
  return Math.abs(Math.sqrt(real * real + imaginary * imaginary) - dimension) < 1e-9;
}
