/**
 * Which Bell state: |B(x,z)⟩ = (I ⊗ X^x Z^z)|Φ+⟩. Structurally the wire message of the same name.
 * Composing Pauli corrections is XOR of the two bits; arrays stand in the order k = 2z + x.
 */
export interface BellIndex {
  readonly x: boolean;
  readonly z: boolean;
}

export type BellName = "phi+" | "psi+" | "phi-" | "psi-";

/** An axis of the Bloch sphere, for bases and observables. */
export type Axis = "x" | "y" | "z";

/** Φ+ = (|00⟩ + |11⟩)/√2: equal in Z, equal in X, opposite in Y. */
export const phiPlus: BellIndex = Object.freeze({ x: false, z: false });
/** Ψ+ = (|01⟩ + |10⟩)/√2: opposite in Z, equal in X, equal in Y. Φ+ after X on one half. */
export const psiPlus: BellIndex = Object.freeze({ x: true, z: false });
/** Φ− = (|00⟩ − |11⟩)/√2: equal in Z, opposite in X, equal in Y. Φ+ after Z on one half. */
export const phiMinus: BellIndex = Object.freeze({ x: false, z: true });
/** Ψ− = (|01⟩ − |10⟩)/√2, the singlet: opposite in every basis. Φ+ after X and Z on one half. */
export const psiMinus: BellIndex = Object.freeze({ x: true, z: true });

/** The four states in the order k = 2z + x. */
export const bellIndices: readonly BellIndex[] = Object.freeze([phiPlus, psiPlus, phiMinus, psiMinus]);

const names: readonly BellName[] = ["phi+", "psi+", "phi-", "psi-"];

/** k = 2z + x, the place of a Bell state in arrays. */
export function ordinal(index: BellIndex): 0 | 1 | 2 | 3 {
  if (index.z) {
    return index.x ? 3 : 2;
  }
  return index.x ? 1 : 0;
}

/**
 * The Bell state at place k = 2z + x.
 * @throws RangeError when k is not 0, 1, 2 or 3.
 */
export function fromOrdinal(k: number): BellIndex {
  const index = bellIndices[k];
  if (index === undefined) {
    throw new RangeError(`a Bell state has an ordinal 0, 1, 2 or 3, not ${k}`);
  }
  return index;
}

/** The Bell state that remains when one Pauli follows the other: XOR of the bits. One of the four constants. */
export function combine(a: BellIndex, b: BellIndex): BellIndex {
  return bellIndices[ordinal(a) ^ ordinal(b)] as BellIndex;
}

/** Whether two indices name the same Bell state. */
export function equal(a: BellIndex, b: BellIndex): boolean {
  return a.x === b.x && a.z === b.z;
}

/** How a Bell state is printed: phi+ psi+ phi- psi-. */
export function bellName(index: BellIndex): BellName {
  return names[ordinal(index)] as BellName;
}

/** ⟨P ⊗ P⟩ of a Bell state for the Pauli P of this axis: 1 when both ends read the same bit, −1 when opposite. */
export function correlation(index: BellIndex, axis: Axis): 1 | -1 {
  const opposite = axis === "x" ? index.z : axis === "z" ? index.x : index.x === index.z;
  return opposite ? -1 : 1;
}
