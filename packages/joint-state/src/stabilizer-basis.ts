import type { Axis } from "@bellmesh/bell";
import type { DensityMatrix } from "./density-matrix/density-matrix.ts";
import { expectation, project } from "./stabilizer/pauli-measurement.ts";
import { parityOf } from "./stabilizer/pauli-rows.ts";
import type { PauliFactor } from "./stabilizer/pauli-string.ts";
import { Tableau } from "./stabilizer/tableau.ts";
import { walshHadamard } from "./stabilizer/walsh-hadamard.ts";

/** An expectation value below this is rounding of one that is 0. */
const NEGLIGIBLE = 1e-12;

/** A Pauli string by the bits of its X and of its Z parts; qubit q of n is bit n − 1 − q. */
interface PauliBits {
  readonly x: number;
  readonly z: number;
}

/**
 * A stabilizer basis in which ρ is diagonal, as the tableau of one of its states: there is one exactly when the Pauli
 * strings whose expectation values are not 0 all commute (ρ is then a sum of commuting ones, Gottesman 1997). So it is
 * for all that Clifford gates, Pauli noise and measurements made of qubits and Bell-diagonal pairs, and for nothing
 * that relaxed or was turned by another angle.
 * @returns undefined when there is none
 */
export function stabilizerBasis(matrix: DensityMatrix): Tableau | undefined {
  const generators = commutingGenerators(matrix);
  if (!generators) return undefined;
  const tableau = Tableau.zeros(matrix.qubits);
  for (const generator of generators) {
    // Which of the two eigenvalues does not matter: a basis has both.
    const pauli = factorsOf(generator, matrix.qubits);
    if (expectation(tableau, pauli) === 0) project(tableau, pauli, false);
  }
  return tableau;
}

function commutingGenerators(matrix: DensityMatrix): readonly PauliBits[] | undefined {
  const { dimension } = matrix;
  const generators: PauliBits[] = [];
  const span = new Span();
  for (let x = 0; x < dimension; x += 1) {
    const weights = squaredExpectations(matrix, x);
    if (!weights) continue;
    for (let z = 0; z < dimension; z += 1) {
      if ((weights[z] as number) <= NEGLIGIBLE * NEGLIGIBLE || x + z === 0) continue;
      for (const generator of generators) if (!commute(generator, { x, z })) return undefined;
      if (span.add(x * dimension + z)) generators.push({ x, z });
    }
  }
  return generators;
}

/**
 * |Tr(Pρ)|² for the strings with this X part and every Z part: Σ_v (−1)^{z·v} ρ[v, v ⊕ x], up to a phase.
 * @returns undefined when all are 0, as for most X parts
 */
function squaredExpectations({ dimension, real, imaginary }: DensityMatrix, x: number): Float64Array | undefined {
  const re = new Float64Array(dimension);
  const im = new Float64Array(dimension);
  let size = 0;
  for (let v = 0; v < dimension; v += 1) {
    re[v] = real[v * dimension + (v ^ x)] as number;
    im[v] = imaginary[v * dimension + (v ^ x)] as number;
    size += Math.abs(re[v] as number) + Math.abs(im[v] as number);
  }
  if (size <= NEGLIGIBLE) return undefined;
  walshHadamard(re);
  walshHadamard(im);
  for (let z = 0; z < dimension; z += 1) {
    re[z] = (re[z] as number) * (re[z] as number) + (im[z] as number) * (im[z] as number);
  }
  return re;
}

/** Binary vectors and what their sums reach. */
class Span {
  readonly #byHighestBit = new Map<number, number>();

  /** @returns whether the vector was not reached before */
  add(vector: number): boolean {
    let left = vector;
    while (left !== 0) {
      const highest = 31 - Math.clz32(left);
      const reached = this.#byHighestBit.get(highest);
      if (reached === undefined) {
        this.#byHighestBit.set(highest, left);
        return true;
      }
      left ^= reached;
    }
    return false;
  }
}

function commute(one: PauliBits, other: PauliBits): boolean {
  return parityOf(one.x & other.z) === parityOf(one.z & other.x);
}

function factorsOf({ x, z }: PauliBits, qubits: number): PauliFactor[] {
  const factors: PauliFactor[] = [];
  for (let position = 0; position < qubits; position += 1) {
    const bit = 1 << (qubits - 1 - position);
    const axis: Axis | undefined = (x & bit) !== 0 ? ((z & bit) !== 0 ? "y" : "x") : (z & bit) !== 0 ? "z" : undefined;
    if (axis) factors.push({ position, axis });
  }
  return factors;
}
