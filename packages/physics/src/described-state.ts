import { type BellName, bellIndices, bellName } from "@bellmesh/bell";
import type { DensityMatrix } from "@bellmesh/joint-state";
import { amplitudesOf, type Ket, namedKets } from "./ket.ts";

/** A state as data. Basis states are written with the first qubit leftmost. */
export interface DescribedState {
  /** ⟨ψ|ρ|ψ⟩ with the target ψ, when there is one. */
  readonly fidelity?: number;
  /** ⟨B|ρ|B⟩ for the four Bell states of a pair. */
  readonly bellWeights?: Readonly<Record<BellName, number>>;
  /** Of the basis states, counted as binary numbers. */
  readonly populations: readonly number[];
  /** ⟨a|ρ|b⟩ as [real, imaginary], by `a,b` with a before b; those of a pair's X, and any other that is not 0. */
  readonly coherences: Readonly<Record<string, readonly [number, number]>>;
  /** Tr ρ². */
  readonly purity: number;
  /** Row by row, each entry as [real, imaginary]. */
  readonly rho: readonly (readonly (readonly [number, number])[])[];
}

/** Below this an entry is rounding. */
const NOTHING = 1e-15;
/** The two coherences that a pair has under most of what happens to pairs. */
const ofAnX: readonly string[] = ["00,11", "01,10"];

/** What there is to say of a state of trace 1. */
export function describedState(state: DensityMatrix, target: Ket | undefined): DescribedState {
  const { real, imaginary, dimension, qubits } = state;
  const basis = (index: number) => index.toString(2).padStart(qubits, "0");
  const entry = (row: number, column: number): readonly [number, number] => [
    real[row * dimension + column] as number,
    imaginary[row * dimension + column] as number,
  ];
  const coherences: Record<string, readonly [number, number]> = {};
  for (let row = 0; row < dimension; row += 1) {
    for (let column = row + 1; column < dimension; column += 1) {
      const name = `${basis(row)},${basis(column)}`;
      const found = entry(row, column);
      const isSomething = Math.max(Math.abs(found[0]), Math.abs(found[1])) > NOTHING;
      if (isSomething || ofAnX.includes(name)) coherences[name] = found;
    }
  }
  return {
    ...(target && { fidelity: state.fidelityWith(amplitudesOf(target)) }),
    ...(qubits === 2 && { bellWeights: bellWeightsOf(state) }),
    populations: Array.from({ length: dimension }, (_, row) => entry(row, row)[0]),
    coherences,
    purity: state.purity(),
    rho: Array.from({ length: dimension }, (_, row) =>
      Array.from({ length: dimension }, (_, column) => entry(row, column)),
    ),
  };
}

function bellWeightsOf(state: DensityMatrix): Readonly<Record<BellName, number>> {
  const weights = bellIndices.map((index) => {
    const name = bellName(index);
    return [name, state.fidelityWith(amplitudesOf(namedKets[name] as Ket))];
  });
  return Object.fromEntries(weights) as Record<BellName, number>;
}
