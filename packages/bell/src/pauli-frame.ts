import { type Axis, type BellIndex, combine, fromOrdinal, phiPlus } from "./bell-index.ts";

/**
 * The Pauli X^x Z^z that one qubit still owes, kept in software instead of being applied (Knill 2005).
 * Clifford gates pass by changing the frame; a measurement outcome is reinterpreted by `flips`.
 * Global phases are dropped: they have no effect.
 */
export class PauliFrame {
  #pending: BellIndex;

  constructor(pending: BellIndex = phiPlus) {
    this.#pending = combine(pending, phiPlus);
  }

  /** The Pauli to apply to the qubit, X^x then Z^z, to be rid of the frame. */
  get pending(): BellIndex {
    return this.#pending;
  }

  /** Another Pauli is owed: a heralded index, a swap outcome, a teleportation's two bits. */
  absorb(by: BellIndex): void {
    this.#pending = combine(this.#pending, by);
  }

  /** The Pauli was applied; returns what had to be. */
  settle(): BellIndex {
    const due = this.#pending;
    this.#pending = phiPlus;
    return due;
  }

  /** A Hadamard gate acted on the qubit: X and Z change places. */
  hadamard(): void {
    this.#set(this.#pending.z, this.#pending.x);
  }

  /** The phase gate S or its inverse acted on the qubit: X becomes Y, which is X and Z. */
  phase(): void {
    this.#set(this.#pending.x, this.#pending.z !== this.#pending.x);
  }

  /** A controlled-X acted from this qubit to `target`: X spreads forward, Z spreads back. */
  controlledX(target: PauliFrame): void {
    const forward = this.#pending.x;
    const back = target.#pending.z;
    target.#set(target.#pending.x !== forward, back);
    this.#set(forward, this.#pending.z !== back);
  }

  /** Whether the outcome of measuring this axis must be flipped: whether the frame anticommutes with it. */
  flips(axis: Axis): boolean {
    return anticommutes(this.#pending, axis);
  }

  #set(x: boolean, z: boolean): void {
    this.#pending = fromOrdinal((z ? 2 : 0) + (x ? 1 : 0));
  }
}

/** Whether the Pauli X^x Z^z of an index anticommutes with the Pauli of this axis. */
export function anticommutes(index: BellIndex, axis: Axis): boolean {
  if (axis === "x") {
    return index.z;
  }
  return axis === "z" ? index.x : index.x !== index.z;
}
