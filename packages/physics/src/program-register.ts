import type { FlatMatrix } from "./complex-matrix.ts";
import { applyToKet, type Ket, projectedOnZero, reorderedKet, tensorKet } from "./ket.ts";

/** Qubits that belong together, such as a pair, and the state they are meant to be in. */
export interface Group {
  readonly name: string;
  readonly qubits: readonly string[];
  /** Undefined when no pure state was meant, or it depends on an outcome. */
  readonly intended: Ket | undefined;
}

/**
 * The qubits and groups that a program has at one of its steps. They do not depend on outcomes, so they are known
 * before anything is evaluated, and so is the state that each group would be in without noise and with every due Pauli
 * applied.
 */
export class ProgramRegister {
  readonly #groups: Group[] = [];

  get groups(): readonly Group[] {
    return this.#groups;
  }

  get qubits(): readonly string[] {
    return this.#groups.flatMap(({ qubits }) => qubits);
  }

  /** The group that a qubit belongs to. */
  groupOf(qubit: string): Group | undefined {
    return this.#groups.find(({ qubits }) => qubits.includes(qubit));
  }

  /** The group that goes by this name. */
  named(name: string): Group | undefined {
    return this.#groups.find((group) => group.name === name);
  }

  add(qubits: readonly string[], intended: Ket | undefined, name = qubits.join("-")): void {
    this.#groups.push({ name, qubits, intended });
  }

  /** The group goes by another name from now on. */
  renameGroup(group: Group, name: string): void {
    this.#groups[this.#groups.indexOf(group)] = { ...group, name };
  }

  /** Takes a whole group away. */
  removeGroup(group: Group): void {
    this.#groups.splice(this.#groups.indexOf(group), 1);
  }

  /** A gate makes one group of those that it touches. */
  apply(matrix: FlatMatrix, qubits: readonly string[]): void {
    const groups = [...new Set(qubits.map((qubit) => this.groupOf(qubit) as Group))];
    const joined = groups.flatMap((group) => group.qubits);
    const kets = groups.flatMap(({ intended }) => (intended ? [intended] : []));
    const intended =
      kets.length < groups.length
        ? undefined
        : applyToKet(
            kets.reduce(tensorKet),
            matrix,
            qubits.map((qubit) => joined.indexOf(qubit)),
          );
    this.#replace(groups, joined, intended);
  }

  /** What these qubits are meant to be depends on an outcome. */
  loseIntention(qubits: readonly string[]): void {
    for (const group of new Set(qubits.map((qubit) => this.groupOf(qubit) as Group))) {
      this.#replace([group], group.qubits, undefined);
    }
  }

  /** A qubit is gone. With `zero`, it read 0 or what is due makes up for it; else what the others are depends on it. */
  remove(qubit: string, outcome: "zero" | "unknown"): void {
    const group = this.groupOf(qubit) as Group;
    const position = group.qubits.indexOf(qubit);
    const intended = outcome === "zero" && group.intended ? projectedOnZero(group.intended, position) : undefined;
    this.#replace(
      [group],
      group.qubits.filter((other) => other !== qubit),
      intended,
    );
  }

  /** The same qubits in this order. */
  reorder(group: Group, qubits: readonly string[]): void {
    const order = qubits.map((qubit) => group.qubits.indexOf(qubit));
    this.#replace([group], qubits, group.intended && reorderedKet(group.intended, order));
  }

  #replace(old: readonly Group[], qubits: readonly string[], intended: Ket | undefined): void {
    const [first] = old as [Group];
    // A name that was given stays as long as the qubits do.
    const isSame = old.length === 1 && first.qubits.length === qubits.length;
    const name = isSame && first.name !== first.qubits.join("-") ? first.name : qubits.join("-");
    const at = this.#groups.indexOf(first);
    this.#groups.splice(at, 1, { name, qubits, intended });
    for (const group of old.slice(1)) this.removeGroup(group);
    if (qubits.length === 0) this.#groups.splice(at, 1);
  }
}
