import { powerOfTwo, scale } from "./float-bits.ts";

/**
 * e^x, within one unit in the last place, with the same bits on every engine.
 * Reduces x to r = x − n·ln 2 with |r| ≤ ½·ln 2 (Cody & Waite 1980) and takes a polynomial in r.
 */
export function exp(x: number): number {
  if (x > OVERFLOW) {
    return Number.POSITIVE_INFINITY;
  }
  if (x < UNDERFLOW) {
    return 0;
  }
  const n = Math.floor(x * INVERSE_LN2 + 0.5);
  // n·LN2_HIGH and the difference are exact; the rounding of the next one is kept in `lost`.
  const high = x - n * LN2_HIGH;
  const low = n * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const sum = 1 + r;
  const tail = r * r * remainder(r) + (lost + lost * r);
  return scale(sum + (1 - sum + r + tail), n);
}

/** e^x − 1, within one unit in the last place also where e^x is near 1; same bits on every engine. */
export function expm1(x: number): number {
  if (x > 40) {
    return exp(x) - 1;
  }
  if (x < -40) {
    return -1;
  }
  const n = Math.floor(x * INVERSE_LN2 + 0.5);
  if (n === 0) {
    return x === 0 ? x : x + x * x * remainder(x);
  }
  const high = x - n * LN2_HIGH;
  const low = n * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const power = powerOfTwo(n);
  const whole = power - 1;
  const linear = power * r;
  const sum = whole + linear;
  const tail = power * (r * r * remainder(r) + (lost + lost * r));
  return sum + (whole - sum + linear + tail);
}

/** The largest double whose exponential is finite, and the smallest whose exponential is not zero. */
const OVERFLOW = 709.782712893384;
const UNDERFLOW = -745.1332191019412;

const INVERSE_LN2 = Math.LOG2E;
/** ln 2 in two parts; the first has 32 significant bits, so that a product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * (e^r − 1 − r) / r² for |r| ≤ ½·ln 2, absolute error of the whole term below 2^−58.
 * The first coefficient is exact, the others are a Chebyshev fit; summed in pairs to shorten the chain of operations.
 */
function remainder(r: number): number {
  const square = r * r;
  const fourth = square * square;
  const low = 0.5 + r * 0.16666666666666669 + square * (0.041666666666666664 + r * 0.008333333333330062);
  const middle =
    0.0013888888888886552 + r * 0.00019841269863053618 + square * (2.4801587317144498e-5 + r * 2.7557268459997064e-6);
  const high = 2.755728296954995e-7 + r * 2.510038549551032e-8 + square * 2.0911236630261545e-9;
  return low + fourth * (middle + fourth * high);
}
