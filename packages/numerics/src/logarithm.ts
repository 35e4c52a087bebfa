import { exponentOf, powerOfTwo } from "./float-bits.ts";

/**
 * The natural logarithm, within one unit in the last place, with the same bits on every engine.
 * −Infinity at 0, NaN below. Splits x = 2^k·(1 + f) with 1 + f in [√½, √2) and expands in s = f / (2 + f).
 */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) {
    return outsideDomain(x);
  }
  let significand = x;
  let k = 0;
  if (x < SMALLEST_NORMAL) {
    significand = x * powerOfTwo(54);
    k = -54;
  }
  const exponent = exponentOf(significand);
  significand *= powerOfTwo(-exponent);
  k += exponent;
  if (significand > SQRT2) {
    significand *= 0.5;
    k += 1;
  }
  return assemble(significand - 1, k, 0);
}

/** log(1 + x), within one unit in the last place also near 0; same bits on every engine. NaN below −1. */
export function log1p(x: number): number {
  if (x > SQRT_HALF_LESS_ONE && x < SQRT2_LESS_ONE) {
    return assemble(x, 0, 0);
  }
  if (!(x > -1) || x > LARGE) {
    return log(x === -1 ? 0 : x < -1 ? Number.NaN : x);
  }
  const sum = 1 + x;
  const lost = x > 1 ? 1 - (sum - x) : x - (sum - 1);
  let k = exponentOf(sum);
  let significand = sum * powerOfTwo(-k);
  if (significand > SQRT2) {
    significand *= 0.5;
    k += 1;
  }
  return assemble(significand - 1, k, lost / sum);
}

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const SQRT2 = Math.SQRT2;
const SQRT2_LESS_ONE = 0.41421356237309503;
const SQRT_HALF_LESS_ONE = -0.2928932188134525;
/** Beyond this, adding 1 changes nothing that the logarithm could show. */
const LARGE = 1e18;
/** ln 2 in two parts; the first has 32 significant bits, so that a product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * k·ln 2 + log(1 + f) + correction.
 * With s = f / (2 + f): log(1 + f) = f − ½f² + s·(½f² + R(s²)), where R(z) = ⅔z + ⅖z² + … is a Chebyshev fit on
 * the range of s²; the large terms f and ½f² are nearly exact, so little is lost.
 */
function assemble(f: number, k: number, correction: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const fourth = z * z;
  const low = 0.6666666666666666 + z * 0.40000000000000885 + fourth * (0.28571428570799784 + z * 0.22222222392581045);
  const high = 0.18181795547521137 + z * 0.15386244737621665 + fourth * (0.13268638369266825 + z * 0.13088034850927555);
  const series = z * (low + fourth * fourth * high);
  const half = 0.5 * f * f;
  if (k === 0) {
    return f - (half - s * (half + series) - correction);
  }
  return k * LN2_HIGH - (half - (s * (half + series) + (k * LN2_LOW + correction)) - f);
}

function outsideDomain(x: number): number {
  if (x === 0) {
    return Number.NEGATIVE_INFINITY;
  }
  return x > 0 ? x : Number.NaN;
}
