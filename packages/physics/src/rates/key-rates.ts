import type { BellWeights } from "@bellmesh/bell";
import { log } from "@bellmesh/numerics";

const log2 = (value: number): number => log(value) / Math.LN2;

/** −p log₂ p − (1 − p) log₂(1 − p), in bits. @throws RangeError when p is outside [0, 1] */
export function binaryEntropy(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`a probability lies in [0, 1], not ${probability}`);
  return 0 - weighted(probability) - weighted(1 - probability);
}

/** p log₂ p, continued to p = 0. */
function weighted(probability: number): number {
  return probability > 0 ? probability * log2(probability) : 0;
}

/** How often the two ends differ when both measure along the same axis, of a pair meant to be Φ+. */
export interface ErrorRates {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Error rates of a Bell-diagonal pair; weights in the order Φ+, Ψ+, Φ−, Ψ−. */
export function errorRates([, psiPlus, phiMinus, psiMinus]: BellWeights): ErrorRates {
  return { x: phiMinus + psiMinus, y: psiPlus + phiMinus, z: psiPlus + psiMinus };
}

/** Secret bits a sifted pair, asymptotically, one-way, with perfect error correction (Shor and Preskill 2000). */
export function bb84Fraction(weights: BellWeights): number {
  const { x, z } = errorRates(weights);
  return 1 - binaryEntropy(x) - binaryEntropy(z);
}

/** The same where all three axes are used: 1 − H(weights), the hashing bound (Lo 2001). */
export function sixStateFraction(weights: BellWeights): number {
  return 1 + weights.reduce((sum, weight) => sum + weighted(weight), 0);
}

/** The largest S that the best settings reach (Horodecki 1995); 2√2 at most, above 2 without hidden variables. */
export function chshMaximum([phiPlus, psiPlus, phiMinus, psiMinus]: BellWeights): number {
  const correlations = [
    phiPlus + psiPlus - phiMinus - psiMinus,
    phiPlus + psiMinus - psiPlus - phiMinus,
    phiPlus + phiMinus - psiPlus - psiMinus,
  ];
  const [first = 0, second = 0] = correlations.map((value) => value * value).sort((a, b) => b - a);
  return 2 * Math.sqrt(first + second);
}

/**
 * Secret bits a pair that trusts no device (Acín and others 2007): 1 − h(Q) − h((1 + √((S/2)² − 1))/2).
 * Nothing is secret where S is at most 2.
 */
export function deviceIndependentFraction(errorRate: number, chsh: number): number {
  const violation = (chsh / 2) * (chsh / 2) - 1;
  if (!(violation > 0)) return 0;
  return 1 - binaryEntropy(errorRate) - binaryEntropy(Math.min(1, (1 + Math.sqrt(violation)) / 2));
}

/** −log₂(1 − η): no repeaterless protocol gains more secret bits a mode (Pirandola and others 2017). */
export function repeaterlessBound(transmission: number): number {
  if (!(transmission >= 0 && transmission <= 1)) throw new RangeError(`η lies in [0, 1], not ${transmission}`);
  return transmission === 1 ? Number.POSITIVE_INFINITY : -log2(1 - transmission);
}
