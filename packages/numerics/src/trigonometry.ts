import { exponentOf, powerOfTwo } from "./float-bits.ts";

/**
 * The sine of an angle in radians, within one unit in the last place for every double; same bits on every engine.
 * Subtracts the nearest multiple n of π/2 (Cody & Waite 1980 for moderate angles, exactly for large ones).
 */
export function sin(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) {
    return x === 0 ? x : sineNearZero(x, 0);
  }
  switch (reduce(x)) {
    case 0:
      return sineNearZero(rest[0] as number, rest[1] as number);
    case 1:
      return cosineNearZero(rest[0] as number, rest[1] as number);
    case 2:
      return -sineNearZero(rest[0] as number, rest[1] as number);
    case 3:
      return -cosineNearZero(rest[0] as number, rest[1] as number);
    default:
      return Number.NaN;
  }
}

/** The cosine of an angle in radians, within one unit in the last place for every double; same bits on every engine. */
export function cos(x: number): number {
  if (Math.abs(x) <= QUARTER_PI) {
    return cosineNearZero(x, 0);
  }
  switch (reduce(x)) {
    case 0:
      return cosineNearZero(rest[0] as number, rest[1] as number);
    case 1:
      return -sineNearZero(rest[0] as number, rest[1] as number);
    case 2:
      return -cosineNearZero(rest[0] as number, rest[1] as number);
    case 3:
      return sineNearZero(rest[0] as number, rest[1] as number);
    default:
      return Number.NaN;
  }
}

const QUARTER_PI = 0.7853981633974483;
const TWO_OVER_PI = 0.6366197723675814;
/** π/2 in three parts; the first two have 33 significant bits, so that a product with n ≤ 2^20 is exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_MIDDLE = 6.077100506303966e-11;
const HALF_PI_LOW = 2.0222662487959506e-21;
const LARGEST_MODERATE_ANGLE = 1.6e6;

/** What `reduce` leaves: the angle less n·π/2, as an unevaluated sum of two doubles. */
const rest = new Float64Array(2);

/** Fills `rest` and returns n modulo 4; −1 when the angle is not finite. */
function reduce(x: number): number {
  if (!Number.isFinite(x)) {
    return -1;
  }
  if (Math.abs(x) > LARGEST_MODERATE_ANGLE) {
    return reduceExactly(x);
  }
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const afterHigh = x - n * HALF_PI_HIGH;
  const middle = n * HALF_PI_MIDDLE;
  const afterMiddle = afterHigh - middle;
  const back = afterHigh - afterMiddle;
  const lost = afterHigh - (afterMiddle + back) + (back - middle);
  const correction = lost - n * HALF_PI_LOW;
  const high = afterMiddle + correction;
  // So near a multiple of π/2 the three parts of π/2 have too few digits.
  if (Math.abs(high) < Math.abs(n) * TOO_NEAR) {
    return reduceExactly(x);
  }
  rest[0] = high;
  rest[1] = afterMiddle - high + correction;
  return n & 3;
}

const TOO_NEAR = 8.7e-19;
/** Binary digits after the point of the long π/2: the exponent range of a double and 176 more. */
const FRACTION_BITS = 1200;
let longHalfPi = 0n;

/** The same by whole-number division with 1,200 binary digits of π/2, for any finite angle. */
function reduceExactly(x: number): number {
  if (longHalfPi === 0n) {
    longHalfPi = halfPiTimesPowerOfTwo(FRACTION_BITS);
  }
  const magnitude = Math.abs(x);
  const exponent = exponentOf(magnitude);
  const significand = BigInt(magnitude * powerOfTwo(26 - exponent) * powerOfTwo(26));
  const fixed = significand << BigInt(exponent - 52 + FRACTION_BITS);
  let quotient = fixed / longHalfPi;
  let remainder = fixed % longHalfPi;
  if (2n * remainder > longHalfPi) {
    remainder -= longHalfPi;
    quotient += 1n;
  }
  const sign = x < 0 ? -1 : 1;
  const shortened = remainder >> BigInt(FRACTION_BITS - 160);
  const high = Number(shortened);
  rest[0] = sign * high * powerOfTwo(-160);
  rest[1] = sign * Number(shortened - BigInt(high)) * powerOfTwo(-160);
  return (sign * Number(quotient & 3n)) & 3;
}

/** ⌊π/2 · 2^bits⌋ by Machin's formula, π/4 = 4·arctan(1/5) − arctan(1/239). */
function halfPiTimesPowerOfTwo(bits: number): bigint {
  const guard = 32n;
  const one = 1n << (BigInt(bits) + guard);
  return (2n * (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))) >> guard;
}

function arctanOfInverse(divisor: bigint, one: bigint): bigint {
  let power = one / divisor;
  let sum = power;
  for (let n = 3n; power !== 0n; n += 2n) {
    power = -power / (divisor * divisor);
    sum += power / n;
  }
  return sum;
}

/** sin(y + low) for |y| ≤ π/4 and |low| far below y; y − y³/6 + … with Chebyshev coefficients. */
function sineNearZero(y: number, low: number): number {
  const z = y * y;
  const fourth = z * z;
  const series =
    -0.16666666666666666 +
    z * 0.008333333333333331 +
    fourth * (-0.0001984126984126504 + z * 2.755731921932058e-6) +
    fourth * fourth * (-2.50521062259944e-8 + z * 1.6058530596645953e-10 + fourth * -7.586636882825159e-13);
  return y + (y * z * series + low * (1 - 0.5 * z));
}

/** cos(y + low) for |y| ≤ π/4; 1 − y²/2 is kept as an unevaluated sum, the rest is small. */
function cosineNearZero(y: number, low: number): number {
  const z = y * y;
  const fourth = z * z;
  const series =
    0.041666666666666664 +
    z * -0.0013888888888887389 +
    fourth * (2.48015872987544e-5 + z * -2.755731726587808e-7) +
    fourth * fourth * (2.087614504941318e-9 + z * -1.138254464534925e-11);
  const half = 0.5 * z;
  const sum = 1 - half;
  return sum + (1 - sum - half + (fourth * series - y * low));
}
