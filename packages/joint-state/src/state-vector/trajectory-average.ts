import type { PauliEigenvalues } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import { type Chance, undrawn } from "../chance.ts";
import { DensityMatrix } from "../density-matrix/density-matrix.ts";
import { DensityRegister } from "../density-matrix/density-register.ts";
import { Qubit } from "../qubit.ts";
import type { Register } from "../register.ts";
import type { Matrix2 } from "../unitary.ts";
import { StateVector } from "./state-vector.ts";
import { StateVectorRegister } from "./state-vector-register.ts";

/** So many new qubits. */
export function qubits(count: number): Qubit[] {
  return Array.from({ length: count }, () => new Qubit());
}

/** What a wait leaves of populations and of coherences. */
export function decay(population: number, coherence: number): PauliEigenvalues {
  return { x: coherence, y: coherence, z: population };
}

/** Some noise on a register. */
type Noise = (register: Register, chance: Chance) => void;

/** Entries that are the same in every sample differ from the exact ones by rounding. */
const ROUNDING = 1e-12;

/** A gate of no symmetry. */
export const tilt: Matrix2 = [0.6, 0, 0, -0.8, 0, -0.8, 0.6, 0];
const turned: Matrix2 = [0.8, 0, -0.36, 0.48, 0.36, 0.48, 0.8, 0];

/** Noise of every kind, on three qubits. */
export const channels: readonly [string, Noise][] = [
  ["damping and dephasing", (register, chance) => register.wait(1, decay(0.6, 0.5), chance)],
  ["damping alone", (register, chance) => register.wait(1, decay(0.3, Math.sqrt(0.3)), chance)],
  ["dephasing alone", (register, chance) => register.wait(0, decay(1, 0.4), chance)],
  ["damping to the end", (register, chance) => register.wait(2, decay(0, 0), chance)],
  [
    "one wait after another",
    (register, chance) => {
      for (let piece = 0; piece < 4; piece += 1) register.wait(1, decay(0.8, 0.85), chance);
    },
  ],
  ["depolarising", (register, chance) => register.depolarise(1, 0.35, chance)],
  ["depolarising of two", (register, chance) => register.depolarisePair(2, 0, 0.5, chance)],
  ["Pauli noise", (register, chance) => register.pauliChannel(0, [0.5, 0.1, 0.15, 0.25], chance)],
  ["a readout that errs", (register, chance) => register.collapse(1, 0.9, 0.2, chance)],
  ["a qubit that is lost", (register, chance) => register.discard(2, chance)],
];

/** Three entangled qubits of no symmetry, in either engine. */
export function prepare(register: StateVectorRegister | DensityRegister): void {
  register.apply(0, tilt);
  register.apply(1, turned);
  register.controlled(0, 1, "x");
  register.apply(2, turned);
  register.controlled(1, 2, "z");
  register.apply(1, tilt);
  register.controlled(2, 0, "x");
}

function exactly(channel: Noise): DensityMatrix {
  const matrix = new DensityMatrix(3);
  matrix.real[0] = 1;
  const register = new DensityRegister(qubits(3), matrix);
  prepare(register);
  channel(register, undrawn);
  return register.matrix;
}

/**
 * By how many of its standard deviations the mean of any entry of ρ over trajectories differs from the exact channel's,
 * at most.
 */
export function departure(name: string, channel: Noise, trajectories: number, seed: number): number {
  const chance = new SeededEntropy(seed).stream(name);
  const exact = exactly(channel);
  const { length: entries } = exact.real;
  const [sums, squares] = [new Float64Array(2 * entries), new Float64Array(2 * entries)];
  const before = new StateVectorRegister(qubits(3), new StateVector(3), false);
  prepare(before);
  const amplitudes = before.state.amplitudes();
  for (let trajectory = 0; trajectory < trajectories; trajectory += 1) {
    const register = StateVectorRegister.ofAmplitudes(qubits(3), amplitudes, false);
    channel(register, chance);
    const sample = register.reduced(Array.from({ length: register.size }, (_, position) => position));
    register.state.release();
    for (let entry = 0; entry < 2 * entries; entry += 1) {
      const value = (entry < entries ? sample.real[entry] : sample.imaginary[entry - entries]) as number;
      sums[entry] = (sums[entry] as number) + value;
      squares[entry] = (squares[entry] as number) + value * value;
    }
  }
  let worst = 0;
  for (let entry = 0; entry < 2 * entries; entry += 1) {
    const expected = (entry < entries ? exact.real[entry] : exact.imaginary[entry - entries]) as number;
    const mean = (sums[entry] as number) / trajectories;
    const variance = (squares[entry] as number) / trajectories - mean * mean;
    const sigma = Math.sqrt(Math.max(variance, 0) / trajectories);
    worst = Math.max(worst, Math.abs(mean - expected) / (sigma + ROUNDING));
  }
  return worst;
}
