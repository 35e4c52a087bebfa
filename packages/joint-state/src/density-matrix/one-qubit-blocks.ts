import type { Matrix2 } from "../unitary.ts";

/** Entries of a density matrix, row by row; both arrays have dimension² numbers. ρ is taken to be Hermitian. */
export interface Entries {
  readonly dimension: number;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Takes the number of a basis state of the other qubits to the one with this qubit 0.
 * @param mask the qubit's bit
 */
export function widened(basis: number, mask: number): number {
  return basis + (basis & -mask);
}

/**
 * A map of one qubit that mixes populations with populations and coherences with coherences by real numbers, in one
 * pass over all 2×2 blocks: ρ00 → zeroKept·ρ00 + oneFalls·ρ11, ρ11 → zeroRises·ρ00 + oneKept·ρ11,
 * ρ01 → kept·ρ01 + exchanged·ρ10, and ρ10 likewise.
 * Amplitude damping, dephasing, Paulis, Pauli channels and depolarising all have this form.
 */
export function mapQubit(
  { dimension, real, imaginary }: Entries,
  mask: number,
  zeroKept: number,
  zeroRises: number,
  oneKept: number,
  oneFalls: number,
  kept: number,
  exchanged: number,
): void {
  const half = dimension >> 1;
  for (let row = 0; row < half; row += 1) {
    const top = widened(row, mask) * dimension;
    const bottom = top + mask * dimension;
    for (let column = 0; column < half; column += 1) {
      const left = widened(column, mask);
      const right = left + mask;
      const real00 = real[top + left] as number;
      const real01 = real[top + right] as number;
      const real10 = real[bottom + left] as number;
      const real11 = real[bottom + right] as number;
      real[top + left] = zeroKept * real00 + oneFalls * real11;
      real[top + right] = kept * real01 + exchanged * real10;
      real[bottom + left] = kept * real10 + exchanged * real01;
      real[bottom + right] = zeroRises * real00 + oneKept * real11;
      const imaginary00 = imaginary[top + left] as number;
      const imaginary01 = imaginary[top + right] as number;
      const imaginary10 = imaginary[bottom + left] as number;
      const imaginary11 = imaginary[bottom + right] as number;
      imaginary[top + left] = zeroKept * imaginary00 + oneFalls * imaginary11;
      imaginary[top + right] = kept * imaginary01 + exchanged * imaginary10;
      imaginary[bottom + left] = kept * imaginary10 + exchanged * imaginary01;
      imaginary[bottom + right] = zeroRises * imaginary00 + oneKept * imaginary11;
    }
  }
}

/**
 * ρ → UρU† with U acting on one qubit. Only blocks on and above the diagonal are computed, the others are mirrored:
 * the block at (column, row) is the adjoint of the one at (row, column).
 */
export function turnQubit(entries: Entries, mask: number, unitary: Matrix2): void {
  const { dimension } = entries;
  const half = dimension >> 1;
  for (let row = 0; row < half; row += 1) {
    const upper = widened(row, mask);
    turnBlock(entries, mask, unitary, upper, upper);
    for (let column = row + 1; column < half; column += 1) {
      turnBlock(entries, mask, unitary, upper, widened(column, mask));
    }
  }
}

function turnBlock(
  { dimension, real, imaginary }: Entries,
  mask: number,
  u: Matrix2,
  upper: number,
  left: number,
): void {
  const topLeft = upper * dimension + left;
  const topRight = topLeft + mask;
  const bottomLeft = topLeft + mask * dimension;
  const bottomRight = bottomLeft + mask;
  const u00r = u[0];
  const u00i = u[1];
  const u01r = u[2];
  const u01i = u[3];
  const u10r = u[4];
  const u10i = u[5];
  const u11r = u[6];
  const u11i = u[7];
  const ar = real[topLeft] as number;
  const ai = imaginary[topLeft] as number;
  const br = real[topRight] as number;
  const bi = imaginary[topRight] as number;
  const cr = real[bottomLeft] as number;
  const ci = imaginary[bottomLeft] as number;
  const dr = real[bottomRight] as number;
  const di = imaginary[bottomRight] as number;
  // The rows by U.
  const tar = u00r * ar - u00i * ai + u01r * cr - u01i * ci;
  const tai = u00r * ai + u00i * ar + u01r * ci + u01i * cr;
  const tbr = u00r * br - u00i * bi + u01r * dr - u01i * di;
  const tbi = u00r * bi + u00i * br + u01r * di + u01i * dr;
  const tcr = u10r * ar - u10i * ai + u11r * cr - u11i * ci;
  const tci = u10r * ai + u10i * ar + u11r * ci + u11i * cr;
  const tdr = u10r * br - u10i * bi + u11r * dr - u11i * di;
  const tdi = u10r * bi + u10i * br + u11r * di + u11i * dr;
  // The columns by U's conjugate.
  real[topLeft] = tar * u00r + tai * u00i + tbr * u01r + tbi * u01i;
  imaginary[topLeft] = tai * u00r - tar * u00i + tbi * u01r - tbr * u01i;
  real[topRight] = tar * u10r + tai * u10i + tbr * u11r + tbi * u11i;
  imaginary[topRight] = tai * u10r - tar * u10i + tbi * u11r - tbr * u11i;
  real[bottomLeft] = tcr * u00r + tci * u00i + tdr * u01r + tdi * u01i;
  imaginary[bottomLeft] = tci * u00r - tcr * u00i + tdi * u01r - tdr * u01i;
  real[bottomRight] = tcr * u10r + tci * u10i + tdr * u11r + tdi * u11i;
  imaginary[bottomRight] = tci * u10r - tcr * u10i + tdi * u11r - tdr * u11i;
  if (left === upper) return;
  const mirrored = left * dimension + upper;
  const mirroredBelow = mirrored + mask * dimension;
  real[mirrored] = real[topLeft] as number;
  imaginary[mirrored] = -(imaginary[topLeft] as number);
  real[mirrored + mask] = real[bottomLeft] as number;
  imaginary[mirrored + mask] = -(imaginary[bottomLeft] as number);
  real[mirroredBelow] = real[topRight] as number;
  imaginary[mirroredBelow] = -(imaginary[topRight] as number);
  real[mirroredBelow + mask] = real[bottomRight] as number;
  imaginary[mirroredBelow + mask] = -(imaginary[bottomRight] as number);
}
