/**
 * Reading and scaling IEEE 754 doubles by their exponent. Everything here is exact, so it gives the same bits on
 * every conforming engine.
 */

const SMALLEST_EXPONENT = -1074;
const LARGEST_EXPONENT = 1023;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
/** Where the word with the sign and the exponent lies: depends on the byte order of the machine. */
const HIGH_WORD = words[0] === 0 ? 1 : 0;

const powersOfTwo = tabulatePowersOfTwo();

/** The unbiased exponent field of a double: floor(log2 |x|) when x is normal, −1023 when it is subnormal or zero. */
export function exponentOf(x: number): number {
  float[0] = x;
  return (((words[HIGH_WORD] as number) >>> 20) & 0x7ff) - 1023;
}

/** 2^n for a whole n in [−1074, 1023], exactly. */
export function powerOfTwo(n: number): number {
  return powersOfTwo[n - SMALLEST_EXPONENT] as number;
}

/** x · 2^n, rounded once, for a normal x near 1 and any n whose result may overflow or underflow. */
export function scale(x: number, n: number): number {
  if (n >= -1021 && n <= 1022) {
    return x * powerOfTwo(n);
  }
  if (n > 1022) {
    return x * powerOfTwo(1022) * powerOfTwo(Math.min(n - 1022, LARGEST_EXPONENT));
  }
  // The first product stays normal and exact; only the second one rounds, into the subnormal range.
  return n < -1200 ? x * 0 : x * powerOfTwo(n + 200) * powerOfTwo(-200);
}

function tabulatePowersOfTwo(): Float64Array {
  const table = new Float64Array(LARGEST_EXPONENT - SMALLEST_EXPONENT + 1);
  let power = 1;
  for (let n = 0; n <= LARGEST_EXPONENT; n += 1) {
    table[n - SMALLEST_EXPONENT] = power;
    power *= 2;
  }
  power = 1;
  for (let n = 0; n >= SMALLEST_EXPONENT; n -= 1) {
    table[n - SMALLEST_EXPONENT] = power;
    power *= 0.5;
  }
  return table;
}
