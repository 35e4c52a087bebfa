import type { CliffordMap, PauliImage } from "./clifford-map.ts";
import type { PauliRows } from "./pauli-rows.ts";

/** A PauliImage on two qubits whose bits are words of all ones or none. */
interface WideImage {
  readonly x1: number;
  readonly z1: number;
  readonly x2: number;
  readonly z2: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A one-qubit gate: X^x Z^z of each row becomes the image of X, if x, times the image of Z, if z.
 * @param x where the qubit's x column begins
 */
export function applyToOne(rows: PauliRows, x: number, map: CliffordMap): void {
  const { bits, low, high, words } = rows;
  const ofX = wide(map[0] as PauliImage);
  const ofZ = wide(map[1] as PauliImage);
  const z = x + rows.stride;
  for (let at = 0; at < words; at += 1) {
    const xs = bits[x + at] as number;
    const zs = bits[z + at] as number;
    let lows = low[at] as number;
    let highs = (high[at] as number) ^ (lows & xs & ofX.low) ^ (xs & ofX.high);
    lows ^= xs & ofX.low;
    highs ^= (lows & zs & ofZ.low) ^ (zs & ofZ.high) ^ (xs & ofX.z1 & zs & ofZ.x1);
    low[at] = lows ^ (zs & ofZ.low);
    high[at] = highs;
    bits[x + at] = (xs & ofX.x1) ^ (zs & ofZ.x1);
    bits[z + at] = (xs & ofX.z1) ^ (zs & ofZ.z1);
  }
}

/**
 * A two-qubit gate: the product of the images of X₁, Z₁, X₂ and Z₂ that a row has, in this order. Each new factor's X
 * passes the Z gathered before it, which costs a sign.
 * @param first where the x column of the first qubit begins
 * @param second the same of the second
 */
export function applyToTwo(rows: PauliRows, first: number, second: number, map: CliffordMap): void {
  const { bits, low, high, words, stride } = rows;
  const images = map.map(wide);
  const columns = [first, first + stride, second, second + stride];
  for (let at = 0; at < words; at += 1) {
    let x1 = 0;
    let z1 = 0;
    let x2 = 0;
    let z2 = 0;
    let lows = low[at] as number;
    let highs = high[at] as number;
    for (let factor = 0; factor < 4; factor += 1) {
      const image = images[factor] as WideImage;
      const having = bits[(columns[factor] as number) + at] as number;
      highs ^= having & ((lows & image.low) ^ image.high ^ (z1 & image.x1) ^ (z2 & image.x2));
      lows ^= having & image.low;
      x1 ^= having & image.x1;
      z1 ^= having & image.z1;
      x2 ^= having & image.x2;
      z2 ^= having & image.z2;
    }
    low[at] = lows;
    high[at] = highs;
    bits[first + at] = x1;
    bits[first + stride + at] = z1;
    bits[second + at] = x2;
    bits[second + stride + at] = z2;
  }
}

function wide({ x, z, phase }: PauliImage): WideImage {
  return {
    x1: -(x[0] ?? 0),
    z1: -(z[0] ?? 0),
    x2: -(x[1] ?? 0),
    z2: -(z[1] ?? 0),
    low: -(phase & 1),
    high: -(phase >> 1),
  };
}
