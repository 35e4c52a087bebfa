import { type BellIndex, combine, type PauliEigenvalues, phiPlus } from "@bellmesh/bell";
import { DensityMatrix, type Readout } from "@bellmesh/joint-state";
import { asMatrix2, type FlatMatrix } from "./complex-matrix.ts";
import { pauliThroughGate } from "./pauli-through-gate.ts";

/** A share of probability that is no more than rounding. */
export const NEVER = 1e-14;

/**
 * One history of what was reported: how probable it is, the normalised state that it leaves, and the Paulis that are
 * due on the qubits because of it. Operations change it in place; those with several outcomes return new ones.
 */
export class Branch {
  /** Of all that was reported so far, within the whole program. */
  readonly probability: number;
  /** What was reported, by the label of the step. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** Qubits in the order of the density matrix. */
  readonly #names: string[];
  readonly #due: Map<string, BellIndex>;
  #state: DensityMatrix;

  private constructor(
    probability: number,
    outcomes: ReadonlyMap<string, string>,
    names: string[],
    due: Map<string, BellIndex>,
    state: DensityMatrix,
  ) {
    this.probability = probability;
    this.outcomes = outcomes;
    this.#names = names;
    this.#due = due;
    this.#state = state;
  }

  /** No qubits, nothing reported. */
  static empty(): Branch {
    const state = new DensityMatrix(0);
    state.real[0] = 1;
    return new Branch(1, new Map(), [], new Map(), state);
  }

  /** The same, to be changed on its own. */
  copy(): Branch {
    return this.#with(1, this.outcomes, copyOf(this.#state), [...this.#names]);
  }

  /** The same, with one more report, which had this probability. */
  reported(label: string, outcome: string, probability = 1): Branch {
    return this.#with(probability, new Map(this.outcomes).set(label, outcome), this.#state, this.#names);
  }

  /** Fresh qubits beside the others. */
  add(names: readonly string[], state: DensityMatrix): void {
    this.#state = this.#state.tensor(state);
    this.#names.push(...names);
  }

  /** The qubit goes by another name from now on. */
  rename(from: string, to: string): void {
    const due = this.due(from);
    this.#due.delete(from);
    this.#names[this.#at(from)] = to;
    this.makeDue(to, due);
  }

  /** The Pauli X^x Z^z that a qubit still needs. */
  due(name: string): BellIndex {
    return this.#due.get(name) ?? phiPlus;
  }

  /** One more Pauli is due. */
  makeDue(name: string, pauli: BellIndex): void {
    this.#due.set(name, combine(this.due(name), pauli));
  }

  /** What is due is due no more; the state does not change. */
  forgive(name: string): void {
    this.#due.delete(name);
  }

  wait(name: string, decay: PauliEigenvalues): void {
    this.#state.wait(this.#at(name), decay);
  }

  pauli(name: string, applied: BellIndex): void {
    this.#state.pauli(this.#at(name), applied);
  }

  /**
   * A gate on one or two qubits, without noise. What was due on them before it is carried through.
   * @returns false, with nothing done, when what is due would be no Pauli any more.
   */
  gate(matrix: FlatMatrix, names: readonly string[]): boolean {
    const moved = pauliThroughGate(
      matrix,
      names.map((name) => this.due(name)),
    );
    if (!moved) return false;
    for (const [at, name] of names.entries()) this.#due.set(name, moved[at] as BellIndex);
    this.apply(matrix, names);
    return true;
  }

  /** The same, but whatever is due stays as it is. */
  apply(matrix: FlatMatrix, names: readonly string[]): void {
    const [first, second] = names.map((name) => this.#at(name)) as [number, number | undefined];
    if (second === undefined) this.#state.apply(first, asMatrix2(matrix));
    else this.#state.applyPair(first, second, matrix);
  }

  /** One of I, X, Y, Z happens to a qubit with these probabilities, and nobody learns which. */
  pauliChannel(name: string, weights: readonly [number, number, number, number]): void {
    this.#state.pauliChannel(this.#at(name), weights);
  }

  /** Replaces one or two qubits by the maximally mixed state with this probability. */
  depolarise(names: readonly string[], probability: number): void {
    const [first, second] = names.map((name) => this.#at(name)) as [number, number | undefined];
    if (second === undefined) this.#state.depolarise(first, probability);
    else this.#state.depolarisePair(first, second, probability);
  }

  /** Applies one of several operations with its probability, and nobody learns which. */
  mix(choices: readonly { readonly probability: number; apply(branch: Branch): void }[]): void {
    const mixed = new DensityMatrix(this.#state.qubits);
    for (const { probability, apply } of choices) {
      if (probability === 0) continue;
      const chosen = this.copy();
      apply(chosen);
      addTo(mixed, chosen.#state, probability);
    }
    this.#state = mixed;
  }

  /**
   * Measures one qubit in Z and takes it away. Each branch is conditional on the reported bit; the true bit behind it
   * is mixed. What was due on the qubit is the caller's to add.
   */
  measure(name: string, readout: Readout): readonly { readonly bit: boolean; readonly branch: Branch }[] {
    const at = this.#at(name);
    const zero = this.#state.probabilityOfZero(at);
    const names = this.#names.filter((other) => other !== name);
    return [false, true].flatMap((bit) => {
      const ofZero = bit ? readout.p01 : 1 - readout.p01;
      const ofOne = bit ? 1 - readout.p10 : readout.p10;
      const probability = zero * ofZero + (1 - zero) * ofOne;
      if (probability < NEVER) return [];
      const state = this.#state.collapsed(at, ofZero, ofOne);
      return [{ bit, branch: this.#with(probability, this.outcomes, state, [...names], name) }];
    });
  }

  /** Traces one qubit out. */
  discard(name: string): void {
    this.#state = this.#state.collapsed(this.#at(name), 1, 1);
    this.#names.splice(this.#at(name), 1);
    this.#due.delete(name);
  }

  /** The state of some qubits, in this order, the others traced out; what is due is not applied. */
  reduced(names: readonly string[]): DensityMatrix {
    return this.#state.reduced(names.map((name) => this.#at(name)));
  }

  /** The state of some qubits after what is due on them. */
  framed(names: readonly string[]): DensityMatrix {
    const state = this.reduced(names);
    for (const [position, name] of names.entries()) state.pauli(position, this.due(name));
    return state;
  }

  /** Only these qubits, the others traced out, with probability 1. */
  only(names: readonly string[]): Branch {
    const due = new Map(names.map((name) => [name, this.due(name)]));
    return new Branch(1, this.outcomes, [...names], due, this.reduced(names));
  }

  #at(name: string): number {
    const position = this.#names.indexOf(name);
    if (position < 0) throw new RangeError(`there is no qubit ${name}`);
    return position;
  }

  #with(
    probability: number,
    outcomes: ReadonlyMap<string, string>,
    state: DensityMatrix,
    names: string[],
    gone?: string,
  ): Branch {
    const due = new Map(this.#due);
    if (gone !== undefined) due.delete(gone);
    return new Branch(this.probability * probability, outcomes, names, due, state);
  }
}

/** target += share·ρ. */
export function addTo(target: DensityMatrix, state: DensityMatrix, share: number): void {
  for (let entry = 0; entry < target.real.length; entry += 1) {
    target.real[entry] = (target.real[entry] as number) + share * (state.real[entry] as number);
    target.imaginary[entry] = (target.imaginary[entry] as number) + share * (state.imaginary[entry] as number);
  }
}

/** The same state in arrays of its own. */
function copyOf(state: DensityMatrix): DensityMatrix {
  const copy = new DensityMatrix(state.qubits);
  copy.real.set(state.real);
  copy.imaginary.set(state.imaginary);
  return copy;
}
