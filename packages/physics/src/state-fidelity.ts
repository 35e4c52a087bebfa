import type { DensityMatrix } from "@bellmesh/joint-state";
import type { Ket } from "./ket.ts";

/** ⟨ψ|ρ|ψ⟩. */
export function fidelityOf({ real, imaginary, dimension }: DensityMatrix, ket: Ket): number {
  let fidelity = 0;
  for (let row = 0; row < dimension; row += 1) {
    const [ar, ai] = [ket[2 * row] as number, ket[2 * row + 1] as number];
    for (let column = 0; column < dimension; column += 1) {
      const [br, bi] = [ket[2 * column] as number, ket[2 * column + 1] as number];
      const at = row * dimension + column;
      // The real part of a* ρ b; the imaginary parts cancel with those of the mirrored entry.
      fidelity += (ar * br + ai * bi) * (real[at] as number) - (ar * bi - ai * br) * (imaginary[at] as number);
    }
  }
  return fidelity;
}
