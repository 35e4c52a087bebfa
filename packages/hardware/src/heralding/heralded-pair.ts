import {
  type BellIndex,
  type BellWeights,
  eigenvaluesOf,
  type PairQuality,
  relaxedOf,
  shifted,
  type XMatrix,
} from "@bellmesh/bell";

/** The pair's state when this Bell index has been announced. */
export interface AnnouncedState {
  readonly index: BellIndex;
  /** Of this announcement among the successes; those of one attempt sum to 1. */
  readonly probability: number;
  /** Populations and coherences in the Z basis, the first end's qubit left; 1 is the bright state. */
  readonly matrix: XMatrix;
  /** Fidelities with the four Bell states relative to the index: the first is that with the announced state. */
  readonly weights: BellWeights;
}

/** What one attempt yields. */
export interface HeraldedPair {
  /** Of an attempt being announced as a success. */
  readonly successProbability: number;
  /** Of the announced pair, relative to the announced index, averaged over what is announced. */
  readonly weights: BellWeights;
  /** Whether the weights are the whole state, whatever is announced. */
  readonly isBellDiagonal: boolean;
  readonly announced: readonly AnnouncedState[];
}

/** What a heralded pair is worth, and will be once its halves have waited: the mean over what may be announced. */
export function qualityOf({ weights, announced }: Pick<HeraldedPair, "weights" | "announced">): PairQuality {
  const relaxed = { first: 0, second: 0, both: 0 };
  for (const { index, probability, matrix } of announced) {
    const { first, second, both } = relaxedOf(matrix, index);
    relaxed.first += probability * first;
    relaxed.second += probability * second;
    relaxed.both += probability * both;
  }
  return { ...eigenvaluesOf(weights), relaxed };
}

/** Below this a double has too few digits left to share out among the four states. */
export const NEVER = 1e-290;

const mixed: BellWeights = [0.25, 0.25, 0.25, 0.25];

/**
 * A Bell-diagonal result whose announcements are equally probable and equally good.
 * @param weights relative to the announced index; the maximally mixed ones stand in when success is impossible.
 */
export function bellDiagonalPair(
  successProbability: number,
  weights: BellWeights,
  indices: readonly BellIndex[],
): HeraldedPair {
  const isPossible = successProbability >= NEVER;
  const relative = isPossible ? weights : mixed;
  return {
    successProbability: isPossible ? successProbability : 0,
    weights: relative,
    isBellDiagonal: true,
    announced: indices.map((index) => ({
      index,
      probability: 1 / indices.length,
      matrix: matrixOfWeights(shifted(relative, index)),
      weights: relative,
    })),
  };
}

/** A result by the X-states after each announcement; their probabilities are shares of the successes. */
export function xStatePair(
  successProbability: number,
  announced: readonly { readonly index: BellIndex; readonly probability: number; readonly matrix: XMatrix }[],
): HeraldedPair {
  const states = announced.map((each) => ({ ...each, weights: shifted(weightsOfMatrix(each.matrix), each.index) }));
  const mean = [0, 1, 2, 3].map((k) =>
    states.reduce((sum, { probability, weights }) => sum + probability * (weights[k] as number), 0),
  ) as unknown as BellWeights;
  const isBellDiagonal = states.every(({ matrix }) => isDiagonal(matrix));
  return { successProbability, weights: mean, isBellDiagonal, announced: states };
}

/** The matrix of a Bell-diagonal state with these absolute weights, in k = 2z + x order. */
function matrixOfWeights([w0, w1, w2, w3]: BellWeights): XMatrix {
  const [outer, inner] = [(w0 + w2) / 2, (w1 + w3) / 2];
  return {
    ...{ p00: outer, p01: inner, p10: inner, p11: outer },
    ...{ outerRe: (w0 - w2) / 2, outerIm: 0, innerRe: (w1 - w3) / 2, innerIm: 0 },
  };
}

/** The fidelities with the four Bell states in k = 2z + x order; rounding below zero is cut off. */
function weightsOfMatrix({ p00, p01, p10, p11, outerRe, innerRe }: XMatrix): BellWeights {
  const [outer, inner] = [(p00 + p11) / 2, (p01 + p10) / 2];
  return [
    Math.max(0, outer + outerRe),
    Math.max(0, inner + innerRe),
    Math.max(0, outer - outerRe),
    Math.max(0, inner - innerRe),
  ];
}

const ROUNDING = 1e-12;

function isDiagonal({ p00, p01, p10, p11, outerIm, innerIm }: XMatrix): boolean {
  return [p00 - p11, p01 - p10, outerIm, innerIm].every((difference) => Math.abs(difference) <= ROUNDING);
}
