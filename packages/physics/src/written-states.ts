import { DensityMatrix } from "@bellmesh/joint-state";
import { addTo } from "./branch.ts";
import { complexOf, type FlatMatrix, type WrittenComplex } from "./complex-matrix.ts";
import { amplitudesOf, type Ket, namedKets } from "./ket.ts";

/** Populations of |00⟩, |01⟩, |10⟩, |11⟩ and the coherences ⟨00|ρ|11⟩ and ⟨01|ρ|10⟩. */
export interface WrittenXState {
  readonly populations: readonly number[];
  readonly phi?: WrittenComplex;
  readonly psi?: WrittenComplex;
}

/** |ψ⟩⟨ψ|. */
export function densityOfKet(ket: Ket): DensityMatrix {
  return DensityMatrix.ofAmplitudes(amplitudesOf(ket));
}

/** Bell states mixed with these weights, in the order phi+ psi+ phi− psi−. */
export function densityOfBellWeights(weights: readonly number[]): DensityMatrix {
  const state = new DensityMatrix(2);
  for (const [at, bell] of ["phi+", "psi+", "phi-", "psi-"].entries()) {
    addTo(state, densityOfKet(namedKets[bell] as Ket), weights[at] as number);
  }
  return state;
}

/** The X-state with these entries. */
export function densityOfXState({ populations, phi = 0, psi = 0 }: WrittenXState): DensityMatrix {
  const state = new DensityMatrix(2);
  for (const [basis, population] of populations.entries()) state.real[5 * basis] = population;
  const entries = [
    [3, phi],
    [6, psi],
  ] as const;
  for (const [at, written] of entries) {
    const [real, imaginary] = complexOf(written);
    const mirrored = 15 - at;
    state.real[at] = real;
    state.imaginary[at] = imaginary;
    state.real[mirrored] = real;
    state.imaginary[mirrored] = -imaginary;
  }
  return state;
}

/** The state with these entries, row by row. */
export function densityOfMatrix(matrix: FlatMatrix, qubits: number): DensityMatrix {
  const state = new DensityMatrix(qubits);
  for (let entry = 0; entry < state.real.length; entry += 1) {
    state.real[entry] = matrix[2 * entry] as number;
    state.imaginary[entry] = matrix[2 * entry + 1] as number;
  }
  return state;
}
