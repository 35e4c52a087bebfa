import type { Chance } from "./chance.ts";
import { QUBITS_MAX } from "./density-matrix/density-matrix.ts";
import { DensityRegister } from "./density-matrix/density-register.ts";
import { EmulatorLimitError } from "./emulator-limit-error.ts";
import { PairRegister } from "./pair/pair-register.ts";
import type { Qubit } from "./qubit.ts";
import type { Engine, Register } from "./register.ts";
import { StabilizerRegister } from "./stabilizer/stabilizer-register.ts";
import { StateVectorRegister } from "./state-vector/state-vector-register.ts";
import { sampledTogether } from "./trajectories.ts";

/** What a register must be able to do, and why it would have to change its engine for that, for people. */
export interface Need {
  readonly able: (register: Register) => boolean;
  readonly because: string;
}

/** Why a register is in its engine; those that no operation has put there are in the engine they began in. */
const reasons = new WeakMap<Register, string>();

/** Why this register is held by its engine, for the ledger and for people. */
export function reasonFor(register: Register): string {
  return reasons.get(register) ?? asHeralded[register.engine];
}

const asHeralded: Readonly<Record<Engine, string>> = {
  pair: "nothing has left the X-states",
  "density-matrix": "it was made so",
  stabilizer: "it was made so",
  "state-vector": "it was made so",
};

/**
 * The one register of all that is entangled with these qubits, in an engine that can do what is needed.
 *
 * As it stands where it can; else one exact density matrix while it holds that many; else one sample of the mixture, a
 * stabilizer state where all is Clifford gates and Pauli noise, a state vector where it is not. Registers are never
 * changed before it is certain that an engine holds them, and nothing is rounded to fit into one.
 * @param chance where a sample of a mixture is drawn from, should it come to that
 * @throws EmulatorLimitError when no engine holds them; then every register is as it was.
 */
export function registerFor(qubits: readonly Qubit[], need: Need, chance: Chance): Register {
  const [first, ...others] = qubits;
  const one = first && registerOf(first);
  if (!one) throw new Error("an operation has an operand");
  if (others.every((qubit) => qubit.register === one) && need.able(one)) return one;
  const registers = [...new Set(qubits.map(registerOf))];
  const size = registers.reduce((sum, register) => sum + register.size, 0);
  const isExact = size <= QUBITS_MAX && !registers.some(({ isTrajectory }) => isTrajectory);
  const register = isExact ? joinedExactly(registers) : sampledTogether(registers, need, chance);
  if (register !== one) reasons.set(register, need.because);
  return register;
}

/**
 * The qubit's register as a density matrix, whatever could hold it.
 * @throws EmulatorLimitError when it is too large for one, or a sample of a mixture.
 */
export function promoted(qubit: Qubit): DensityRegister {
  return joinedExactly([registerOf(qubit)]);
}

/** One density matrix of all that is entangled with these qubits. @throws EmulatorLimitError beyond QUBITS_MAX */
export function joined(...qubits: readonly Qubit[]): DensityRegister {
  return joinedExactly([...new Set(qubits.map(registerOf))]);
}

/**
 * A measurement may have separated what was entangled: every group that is a product with the rest goes its own way,
 * and one exact qubit alone needs no more than its Bloch vector. Rounding aside the state is the same.
 * The parts of a large stabilizer state are looked for now and then only, as that costs the cube of its size.
 */
export function separate(register: Register): void {
  if (register instanceof PairRegister) return;
  if (register instanceof StateVectorRegister) separateSingles(register);
  else if (register instanceof DensityRegister || register instanceof StabilizerRegister) separateGroups(register);
  alone(register);
}

function separateGroups(register: DensityRegister | StabilizerRegister): void {
  const { size } = register;
  if (size < 2 || (size > EAGER_MAX && size % EAGER_MAX !== 0)) return;
  const groups = register.factors().map((group) => group.map((position) => register.qubits[position] as Qubit));
  for (const group of groups.slice(1)) {
    const part = register.splitOff(group.map(({ position }) => position));
    if (part) goesItsOwnWay(part, register);
  }
}

/** Of a state vector single qubits are looked for only: one pass each, while it is not too large for that. */
function separateSingles(register: StateVectorRegister): void {
  if (register.size < 2 || register.size > EAGER_VECTOR_MAX) return;
  for (const qubit of [...register.qubits]) {
    const part = register.splitOff([qubit.position]);
    if (part) goesItsOwnWay(part, register);
  }
}

function goesItsOwnWay(part: Register, from: Register): void {
  reasons.set(part, reasonFor(from));
  alone(part);
}

/** Up to this size every measurement looks for the parts of a state vector. */
const EAGER_VECTOR_MAX = 16;

/** Up to this size every measurement looks for parts. */
const EAGER_MAX = 64;

/** The register of a qubit that exists. @throws Error when it is gone. */
export function registerOf(qubit: Qubit): Register {
  if (!qubit.register) throw new Error("the qubit is gone");
  return qubit.register;
}

function joinedExactly(registers: readonly Register[]): DensityRegister {
  const size = registers.reduce((sum, register) => sum + register.size, 0);
  if (size > QUBITS_MAX) throw new EmulatorLimitError(size, "exactly");
  let all: DensityRegister | undefined;
  for (const register of registers) {
    const matrix = register.promote();
    if (all) all.absorb(matrix);
    else all = matrix;
  }
  if (!all) throw new Error("an operation has an operand");
  return all;
}

/** One qubit whose state is exact becomes one in the pair engine: its Bloch vector is all there is. */
function alone(register: Register): void {
  if (register.size !== 1 || register.isTrajectory) return;
  const qubit = register.qubits.find((each) => each !== undefined);
  if (!qubit) return;
  const { real, imaginary } = register.reduced([qubit.position]);
  const x = 2 * (real[2] as number);
  const y = 2 * (imaginary[2] as number);
  const z = (real[0] as number) - (real[3] as number);
  PairRegister.single(qubit, { x, y, z });
}
