import { memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import { QUBITS_MAX } from "@bellmesh/joint-state";
import type { FlatMatrix } from "./complex-matrix.ts";
import { type Ket, qubitsOf } from "./ket.ts";
import { ProgramError } from "./program-error.ts";
import type { Group, ProgramRegister } from "./program-register.ts";

/** What a step is planned in: the qubits there are, and where in the file it stands. */
export class StepContext {
  readonly register: ProgramRegister;
  /** What its outcome is called. */
  readonly label: string;
  readonly #bits: Set<string>;
  readonly #file: string;
  readonly #path: string;

  constructor(register: ProgramRegister, bits: Set<string>, label: string, file: string, path: string) {
    this.register = register;
    this.label = label;
    this.#bits = bits;
    this.#file = file;
    this.#path = path;
  }

  /** An error in one field of the step. */
  error(field: string, problem: string, expected: string): ProgramError {
    const path = field === "" ? this.#path : `${this.#path}.${field}`;
    return new ProgramError(this.#file, path, problem, expected);
  }

  /** Qubits that must exist, each named once. */
  qubits(field: string, names: readonly string[]): readonly string[] {
    for (const [at, name] of names.entries()) {
      if (names.indexOf(name) !== at) throw this.error(`${field}[${at}]`, `${name} is named twice`, "name it once");
      this.qubit(`${field}[${at}]`, name);
    }
    return names;
  }

  /** A qubit that must exist. */
  qubit(field: string, name: string): string {
    if (this.register.groupOf(name)) return name;
    const known = this.register.qubits;
    const expected = known.length === 0 ? "herald or set a state first" : `there are ${known.join(", ")}`;
    throw this.error(field, `there is no qubit ${name} (any more)`, expected);
  }

  /** Names of qubits that must not exist yet; there must be room for them. */
  fresh(field: string, names: readonly string[]): readonly string[] {
    for (const [at, name] of names.entries()) {
      const path = names.length === 1 && field === "qubit" ? field : `${field}[${at}]`;
      if (names.indexOf(name) !== at) throw this.error(path, `${name} is named twice`, "name each qubit anew");
      if (this.register.groupOf(name)) {
        throw this.error(path, `there is a qubit ${name} already`, "give the new one another name");
      }
    }
    this.room(field, names.length);
    return names;
  }

  /** The step reports one bit under its label. */
  addBit(): void {
    this.#bits.add(this.label);
  }

  /** A bit that an earlier step must have reported. */
  bit(field: string, label: string): void {
    if (this.#bits.has(label)) return;
    const known = [...this.#bits].join(", ");
    const expected = known === "" ? "measure something first" : `the measured bits are ${known}`;
    throw this.error(field, `no bit ${label} was measured`, expected);
  }

  /** Room for so many more qubits. */
  room(field: string, more: number): void {
    const count = this.register.qubits.length + more;
    if (count <= QUBITS_MAX) return;
    throw this.error(field, `${count} qubits at one time`, `at most ${QUBITS_MAX}; measure or discard some before`);
  }

  /** A group that must exist and must be a pair. */
  pair(field: string, name: string): Group {
    const group = this.register.named(name);
    if (group?.qubits.length === 2) return group;
    const pairs = this.register.groups.filter(({ qubits }) => qubits.length === 2).map((pair) => pair.name);
    const expected = pairs.length === 0 ? "there are no pairs here" : `the pairs are ${pairs.join(", ")}`;
    throw this.error(field, group ? `${name} has ${group.qubits.length} qubits` : `there is no pair ${name}`, expected);
  }

  /** Two different pairs. */
  twoPairs(first: readonly [string, string], second: readonly [string, string]): readonly [Group, Group] {
    const [a, b] = [this.pair(...first), this.pair(...second)];
    if (a === b) throw this.error(second[0], `${b.name} is named twice`, "name another pair");
    return [a, b];
  }

  /** A name for a group, which no other group may have. */
  groupName(field: string, group: Group, name: string | undefined): void {
    if (name === undefined) return;
    const other = this.register.named(name);
    if (other && other !== group) throw this.error(field, `there is a group ${name} already`, "give another name");
    this.register.renameGroup(group, name);
  }

  /** The decay of a wait; absent times are infinite. */
  decay(field: string, tS: number, t1S: number | undefined, t2S: number | undefined): PauliEigenvalues {
    const t1 = t1S ?? Number.POSITIVE_INFINITY;
    const t2 = t2S ?? 2 * t1;
    if (t2 > 2 * t1) throw this.error(field, `T2 is ${t2} s and T1 is ${t1} s`, "T2 is the total: at most 2·T1");
    return memoryDecay(t1, t2, tS);
  }

  /** A pure state that was written for so many qubits. */
  checkKet(field: string, ket: Ket, qubits: number): Ket {
    if (ket.length === 2 << qubits) return ket;
    const has = Number.isInteger(qubitsOf(ket)) ? `${ket.length / 2} amplitudes` : "another number of amplitudes";
    throw this.error(field, `a state with ${has} of ${qubits} qubits`, `give ${1 << qubits} amplitudes`);
  }

  /** The matrix of a gate on so many qubits. */
  checkMatrix(field: string, matrix: FlatMatrix, qubits: number): FlatMatrix {
    const rows = 1 << qubits;
    if (matrix.length === 2 * rows * rows) return matrix;
    throw this.error(field, `not a matrix for ${qubits} qubits`, `give ${rows} rows of ${rows} numbers`);
  }
}
