import type { BellIndex, PauliEigenvalues } from "@bellmesh/bell";

/**
 * ⟨B|ρ|B⟩ of a pair with these expectation values of X⊗X, Y⊗Y, Z⊗Z, Z⊗I and I⊗Z, after each half has waited.
 * Amplitude damping maps Z of a half to (1 − γ)Z + γ, so Z⊗Z picks up the other half's ⟨Z⟩;
 * X and Y shrink by e^(−t/T2).
 * No other expectation value of the pair enters, whatever else the state holds.
 */
export function fidelityAfterWaiting(
  xx: number,
  yy: number,
  zz: number,
  zFirst: number,
  zSecond: number,
  index: BellIndex,
  first: PauliEigenvalues,
  second: PauliEigenvalues,
): number {
  const coherence = first.x * second.x;
  const firstKept = first.z;
  const secondKept = second.z;
  const zzWaited =
    firstKept * secondKept * zz +
    firstKept * (1 - secondKept) * zFirst +
    (1 - firstKept) * secondKept * zSecond +
    (1 - firstKept) * (1 - secondKept);
  const signX = index.z ? -1 : 1;
  const signZ = index.x ? -1 : 1;
  return (1 + coherence * (signX * xx - signX * signZ * yy) + signZ * zzWaited) / 4;
}
