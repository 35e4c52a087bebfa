import type { XState } from "@bellmesh/bell";
import { xMatrixOf } from "@bellmesh/bell";
import type { Matrix2, Matrix4 } from "../unitary.ts";

/** Rounding of products of named gates, which leaves something where an entry is 0 in theory. */
const NEGLIGIBLE = 1e-14;

/** How a one-qubit gate acts on X-states: only phases and flips keep the form. */
export type GateForm = "phase" | "flip-and-phase" | "other";

/** Whether a one-qubit gate is diagonal (Z, S, T, Rz), antidiagonal (X, Y, times a diagonal one), or neither. */
export function formOf(gate: Matrix2): GateForm {
  if (isZero(gate, 2) && isZero(gate, 4)) return "phase";
  return isZero(gate, 0) && isZero(gate, 6) ? "flip-and-phase" : "other";
}

/** Whether a two-qubit gate keeps the parity of the two bits, as all of CZ, SWAP, iSWAP and Rzz, Rxx, Ryy do. */
export function keepsParity(gate: Matrix4): boolean {
  return mixingEntries.every((entry) => isZero(gate, entry));
}

/** Places of the entries that join states of even and of odd parity. */
const mixingEntries: readonly number[] = [1, 2, 4, 7, 8, 11, 13, 14].map((entry) => 2 * entry);

function isZero(matrix: readonly number[], place: number): boolean {
  return Math.abs(matrix[place] as number) <= NEGLIGIBLE && Math.abs(matrix[place + 1] as number) <= NEGLIGIBLE;
}

/** ρ → UρU† for a gate that keeps parity: it acts on the even and the odd block of ρ apart. In place. */
export function applyParityGate(state: XState, gate: Matrix4): void {
  const { p00, p01, p10, p11, outerRe, outerIm, innerRe, innerIm } = xMatrixOf(state);
  const even = conjugated([p00, outerRe, outerIm, p11], gate, 0, 3);
  const odd = conjugated([p01, innerRe, innerIm, p10], gate, 1, 2);
  state.xx = 2 * (odd[1] + even[1]);
  state.xy = 2 * (odd[2] - even[2]);
  state.yx = -2 * (odd[2] + even[2]);
  state.yy = 2 * (odd[1] - even[1]);
  state.zz = even[0] + even[3] - odd[0] - odd[3];
  state.zFirst = even[0] + odd[0] - odd[3] - even[3];
  state.zSecond = even[0] - odd[0] + odd[3] - even[3];
}

/** A Hermitian 2×2 block [[a, c], [c*, b]] as a, Re c, Im c, b. */
type Block = readonly [number, number, number, number];

/** UBU† for the rows and columns `low` and `high` of a 4×4 matrix. */
function conjugated(block: Block, gate: Matrix4, low: number, high: number): Block {
  return conjugatedBy(block, [
    ...entry(gate, low, low),
    ...entry(gate, low, high),
    ...entry(gate, high, low),
    ...entry(gate, high, high),
  ]);
}

function entry(gate: Matrix4, row: number, column: number): [number, number] {
  const place = 2 * (4 * row + column);
  return [gate[place] as number, gate[place + 1] as number];
}

/** UBU† of a Hermitian block. */
export function conjugatedBy([a, re, im, b]: Block, gate: Matrix2): Block {
  const [u00r, u00i, u01r, u01i, u10r, u10i, u11r, u11i] = gate;
  // The four entries of UB; then only the upper triangle of its product with U† is needed.
  const m00r = u00r * a + u01r * re + u01i * im;
  const m00i = u00i * a + u01i * re - u01r * im;
  const m01r = u00r * re - u00i * im + u01r * b;
  const m01i = u00r * im + u00i * re + u01i * b;
  const m10r = u10r * a + u11r * re + u11i * im;
  const m10i = u10i * a + u11i * re - u11r * im;
  const m11r = u10r * re - u10i * im + u11r * b;
  const m11i = u10r * im + u10i * re + u11i * b;
  return [
    m00r * u00r + m00i * u00i + m01r * u01r + m01i * u01i,
    m00r * u10r + m00i * u10i + m01r * u11r + m01i * u11i,
    m00i * u10r - m00r * u10i + m01i * u11r - m01r * u11i,
    m10r * u10r + m10i * u10i + m11r * u11r + m11i * u11i,
  ];
}
