import type { Chance } from "./chance.ts";
import type { DensityMatrix } from "./density-matrix/density-matrix.ts";
import { DensityRegister } from "./density-matrix/density-register.ts";
import { EmulatorLimitError } from "./emulator-limit-error.ts";
import type { Need } from "./engine-choice.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { Qubit } from "./qubit.ts";
import type { Register } from "./register.ts";
import { StabilizerRegister } from "./stabilizer/stabilizer-register.ts";
import { drawSyndrome } from "./stabilizer/syndrome.ts";
import { STABILIZER_QUBITS_MAX, type Tableau } from "./stabilizer/tableau.ts";
import { stabilizerBasis } from "./stabilizer-basis.ts";
import { StateVectorRegister } from "./state-vector/state-vector-register.ts";
import { STATE_VECTOR_QUBITS_MAX } from "./state-vector/state-vector-size.ts";

/** A purity this close to 1 is that of a pure state, but for rounding. */
const PURE_WITHIN = 1e-12;

/** What stabilizer states can do is the same for all of them. */
const anyStabilizer = StabilizerRegister.initialised(new Qubit());

/** The qubits of a register and their state; the register itself is not touched. */
interface Content {
  readonly qubits: Qubit[];
  readonly matrix: DensityMatrix;
}

/**
 * One register of these, each drawn as one pure sample of its mixture where it was exact: a stabilizer state where
 * nothing but Clifford gates and Pauli noise has happened or is asked for, else a state vector. Both unravel the
 * mixture exactly: a syndrome s of the basis in which ρ is diagonal comes with probability ⟨s|ρ|s⟩, a column of the
 * Cholesky factor of ρ with its squared norm.
 * @throws EmulatorLimitError when neither holds them; then nothing was drawn and every register is as it was.
 */
export function sampledTogether(registers: readonly Register[], need: Need, chance: Chance): Register {
  const size = registers.reduce((sum, register) => sum + register.size, 0);
  const isClifford = need.able(anyStabilizer);
  if (isClifford && size <= STABILIZER_QUBITS_MAX) {
    const samplers = registers.map(stabilizerSampler);
    if (samplers.every((sampler) => sampler !== undefined)) {
      const [all, ...others] = samplers.map((sampler) => sampler(chance));
      for (const other of others) (all as StabilizerRegister).absorb(other);
      return all as StabilizerRegister;
    }
  }
  if (size <= STATE_VECTOR_QUBITS_MAX) {
    const [all, ...others] = registers.map((register) => stateVectorOf(register, chance));
    for (const other of others) (all as StateVectorRegister).absorb(other);
    return all as StateVectorRegister;
  }
  const why = isClifford ? "that are no mixture of stabilizer states" : "after an operation that is not Clifford";
  throw new EmulatorLimitError(size, why);
}

/** One pure state of a register's mixture. */
function stateVectorOf(register: Register, chance: Chance): StateVectorRegister {
  if (register instanceof StateVectorRegister) return register;
  if (register instanceof StabilizerRegister) {
    const { qubits, isTrajectory } = register;
    return StateVectorRegister.written([...qubits], (into) => register.writeAmplitudes(into), isTrajectory);
  }
  const content = contentOf(register);
  if (!content) throw new Error(`the engine ${register.engine} gives no amplitudes`);
  const { qubits, matrix } = content;
  return StateVectorRegister.ofAmplitudes(qubits, matrix.sampleColumn(chance), !isPure(matrix));
}

/** How to turn a register into one stabilizer state of its mixture; undefined when it is none of stabilizer states. */
function stabilizerSampler(register: Register): ((chance: Chance) => StabilizerRegister) | undefined {
  if (register instanceof StabilizerRegister) return () => register;
  const content = contentOf(register);
  const basis = content && stabilizerBasis(content.matrix);
  return basis && ((chance) => stabilizerSample(content, basis, chance));
}

/** A pure state is no sample of a mixture, but the state itself. */
function stabilizerSample({ qubits, matrix }: Content, basis: Tableau, chance: Chance): StabilizerRegister {
  drawSyndrome(basis, matrix, chance);
  return new StabilizerRegister(qubits, basis, !isPure(matrix));
}

function isPure(matrix: DensityMatrix): boolean {
  return matrix.purity() > 1 - PURE_WITHIN;
}

/** What an exact engine of few qubits holds; undefined for the others. */
function contentOf(register: Register): Content | undefined {
  if (!(register instanceof PairRegister || register instanceof DensityRegister)) return undefined;
  const qubits = register.qubits.flatMap((qubit) => qubit ?? []);
  return { qubits, matrix: register.reduced(qubits.map(({ position }) => position)) };
}
