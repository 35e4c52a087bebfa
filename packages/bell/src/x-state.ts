import type { BellWeights } from "./bell-diagonal.ts";
import type { BellIndex } from "./bell-index.ts";
import { checkFinite, checkProbabilities, STATE_TOLERANCE, StateError } from "./state-error.ts";

/**
 * Two qubits in an X-state, by the seven expectation values that may differ from 0:
 * ρ = ¼(I⊗I + xx·X⊗X + xy·X⊗Y + yx·Y⊗X + yy·Y⊗Y + zz·Z⊗Z + zFirst·Z⊗I + zSecond·I⊗Z).
 * In the Z basis only the diagonal and the antidiagonal of ρ are not 0, hence the name (Yu & Eberly 2007).
 * A Bell-diagonal state has xy = yx = zFirst = zSecond = 0. Numbers without units, each from −1 to 1.
 * The operations on it change it in place, so that nature need not allocate.
 */
export interface XState {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  zz: number;
  zFirst: number;
  zSecond: number;
}

/** Which of the two qubits: 0 is the first, the left and more significant one. */
export type Half = 0 | 1;

/**
 * The same state by the entries of its density matrix in the Z basis: four populations ⟨ab|ρ|ab⟩, which sum to 1,
 * and the two coherences ⟨00|ρ|11⟩ (outer) and ⟨01|ρ|10⟩ (inner).
 */
export interface XMatrix {
  readonly p00: number;
  readonly p01: number;
  readonly p10: number;
  readonly p11: number;
  readonly outerRe: number;
  readonly outerIm: number;
  readonly innerRe: number;
  readonly innerIm: number;
}

/**
 * The Bell-diagonal state with these weights.
 * @param weights absolute, in k = 2z + x order: Φ+, Ψ+, Φ−, Ψ−
 * @throws StateError when a weight is no probability or they do not sum to 1.
 */
export function xStateOfWeights(weights: BellWeights): XState {
  checkProbabilities("weights", weights);
  const [w0, w1, w2, w3] = weights;
  return {
    xx: w0 + w1 - w2 - w3,
    xy: 0,
    yx: 0,
    yy: w1 + w2 - w0 - w3,
    zz: w0 - w1 + w2 - w3,
    zFirst: 0,
    zSecond: 0,
  };
}

/**
 * The state with these populations and coherences.
 * @throws StateError when a population is no probability, they do not sum to 1, or a coherence is greater than the
 * geometric mean of its two populations: ρ would have a negative eigenvalue.
 */
export function xStateOf(matrix: XMatrix): XState {
  const { p00, p01, p10, p11, outerRe, outerIm, innerRe, innerIm } = matrix;
  checkProbabilities("populations", [p00, p01, p10, p11]);
  checkCoherence("outer", outerRe, outerIm, p00, p11);
  checkCoherence("inner", innerRe, innerIm, p01, p10);
  return expectationsOf(matrix);
}

/** The same without a check, for entries that were worked out from those of states and carry their rounding. */
export function expectationsOf(matrix: XMatrix): XState {
  const { p00, p01, p10, p11, outerRe, outerIm, innerRe, innerIm } = matrix;
  return {
    xx: 2 * (innerRe + outerRe),
    xy: 2 * (innerIm - outerIm),
    yx: -2 * (innerIm + outerIm),
    yy: 2 * (innerRe - outerRe),
    zz: p00 - p01 - p10 + p11,
    zFirst: p00 + p01 - p10 - p11,
    zSecond: p00 - p01 + p10 - p11,
  };
}

/** Populations and coherences of a state. Rounding is not cut off, so a population may be a few ulp below 0. */
export function xMatrixOf(state: Readonly<XState>): XMatrix {
  const { xx, xy, yx, yy, zz, zFirst, zSecond } = state;
  return {
    p00: (1 + zz + zFirst + zSecond) / 4,
    p01: (1 - zz + zFirst - zSecond) / 4,
    p10: (1 - zz - zFirst + zSecond) / 4,
    p11: (1 + zz - zFirst - zSecond) / 4,
    outerRe: (xx - yy) / 4,
    outerIm: -(xy + yx) / 4,
    innerRe: (xx + yy) / 4,
    innerIm: (xy - yx) / 4,
  };
}

/**
 * Refuses seven numbers that are no state.
 * @throws StateError naming the number that is not finite, or the population or coherence that is impossible.
 */
export function checkXState(state: Readonly<XState>): void {
  for (const operand of ["xx", "xy", "yx", "yy", "zz", "zFirst", "zSecond"] as const) {
    checkFinite(operand, state[operand]);
  }
  const matrix = xMatrixOf(state);
  for (const operand of ["p00", "p01", "p10", "p11"] as const) {
    if (matrix[operand] < -STATE_TOLERANCE) {
      throw new StateError("not-positive", operand, matrix[operand], "a state has no negative population");
    }
  }
  checkCoherence("outer", matrix.outerRe, matrix.outerIm, matrix.p00, matrix.p11);
  checkCoherence("inner", matrix.innerRe, matrix.innerIm, matrix.p01, matrix.p10);
}

/** ⟨B|ρ|B⟩ with the Bell state of this index. */
export function fidelityOfXState(state: Readonly<XState>, index: BellIndex): number {
  const signX = index.z ? -1 : 1;
  const signZ = index.x ? -1 : 1;
  return (1 + signX * state.xx - signX * signZ * state.yy + signZ * state.zz) / 4;
}

/**
 * The four fidelities ⟨B_k|ρ|B_k⟩ in k = 2z + x order. They sum to 1, and are the whole state only when it is
 * Bell-diagonal. Rounding below zero is cut off.
 */
export function weightsOfXState(state: Readonly<XState>): BellWeights {
  const { xx, yy, zz } = state;
  return [
    Math.max(0, (1 + xx - yy + zz) / 4),
    Math.max(0, (1 + xx + yy - zz) / 4),
    Math.max(0, (1 - xx + yy + zz) / 4),
    Math.max(0, (1 - xx - yy - zz) / 4),
  ];
}

/**
 * How far a state is from the Bell-diagonal one with the same weights: half the trace norm of the difference, which
 * is the most by which any probability can differ between the two. 0 exactly for Bell-diagonal states.
 */
export function twirlDistance(state: Readonly<XState>): number {
  const { xy, yx, zFirst, zSecond } = state;
  const outer = Math.sqrt((zFirst + zSecond) * (zFirst + zSecond) + (xy + yx) * (xy + yx));
  const inner = Math.sqrt((zFirst - zSecond) * (zFirst - zSecond) + (xy - yx) * (xy - yx));
  return (outer + inner) / 4;
}

function checkCoherence(operand: string, re: number, im: number, one: number, other: number): void {
  checkFinite(`the real part of ${operand}`, re);
  checkFinite(`the imaginary part of ${operand}`, im);
  const square = re * re + im * im;
  // The block of two populations and their coherence has no eigenvalue below −STATE_TOLERANCE.
  if (square <= (one + STATE_TOLERANCE) * (other + STATE_TOLERANCE)) return;
  const most = Math.sqrt(Math.max(0, one * other));
  throw new StateError(
    "not-positive",
    `the size of ${operand}`,
    Math.sqrt(square),
    `its two populations allow at most ${most}`,
  );
}
