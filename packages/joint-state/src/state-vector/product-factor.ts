import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import { numbersOf, spreadOver } from "./basis-numbers.ts";

/** How much of the squared norm may lie outside the product: rounding of amplitudes to 1e-12, no more. */
const PRODUCT_TOLERANCE = 1e-24;

/** The state of some qubits that are entangled with no others. */
export interface ProductFactor {
  /** Not normalised. */
  readonly amplitudes: Amplitudes;
  /** For each position an outcome that it has with a probability that is not small, all together. */
  readonly found: readonly boolean[];
}

/**
 * The state of some qubits, if the whole is its product with a state of the others. The row of the largest amplitude
 * is that state if there is one, and then nothing of the whole is orthogonal to it.
 * @param amplitudes real and imaginary parts in turn, of squared norm 1
 * @param bits which bit of an amplitude's number each position is
 */
export function factorOf(
  amplitudes: Float64Array,
  bits: readonly number[],
  positions: readonly number[],
): ProductFactor | undefined {
  const { own, others } = numbersOf(bits, positions);
  const pivot = largest(amplitudes);
  const ownBits = own.at(-1) ?? 0;
  const row = rowAt(amplitudes, own, pivot & ~ownBits);
  let weight = 0;
  for (let basis = 0; basis < own.length; basis += 1) {
    weight += (row.real[basis] as number) * (row.real[basis] as number);
    weight += (row.imaginary[basis] as number) * (row.imaginary[basis] as number);
  }
  let outside = 0;
  const rest = amplitudes.length / 2 / own.length;
  for (let index = 0; index < rest; index += 1) {
    const base = spreadOver(index, others);
    // What this row has of the factor: ⟨factor|row⟩ / ‖factor‖².
    let real = 0;
    let imaginary = 0;
    for (let basis = 0; basis < own.length; basis += 1) {
      const at = 2 * (base + (own[basis] as number));
      const [aReal, aImaginary] = [amplitudes[at] as number, amplitudes[at + 1] as number];
      const [fReal, fImaginary] = [row.real[basis] as number, row.imaginary[basis] as number];
      real += (fReal * aReal + fImaginary * aImaginary) / weight;
      imaginary += (fReal * aImaginary - fImaginary * aReal) / weight;
    }
    for (let basis = 0; basis < own.length; basis += 1) {
      const at = 2 * (base + (own[basis] as number));
      const [aReal, aImaginary] = [amplitudes[at] as number, amplitudes[at + 1] as number];
      const [fReal, fImaginary] = [row.real[basis] as number, row.imaginary[basis] as number];
      const offReal = aReal - (real * fReal - imaginary * fImaginary);
      const offImaginary = aImaginary - (real * fImaginary + imaginary * fReal);
      outside += offReal * offReal + offImaginary * offImaginary;
    }
    if (outside > PRODUCT_TOLERANCE) return undefined;
  }
  return { amplitudes: row, found: positions.map((position) => ((pivot >> (bits[position] as number)) & 1) === 1) };
}

function largest(amplitudes: Float64Array): number {
  let [best, at] = [-1, 0];
  for (let index = 0; index < amplitudes.length; index += 2) {
    const [real, imaginary] = [amplitudes[index] as number, amplitudes[index + 1] as number];
    const weight = real * real + imaginary * imaginary;
    if (weight <= best) continue;
    best = weight;
    at = index / 2;
  }
  return at;
}

function rowAt(amplitudes: Float64Array, own: Int32Array, base: number): Amplitudes {
  const [real, imaginary] = [new Float64Array(own.length), new Float64Array(own.length)];
  for (let basis = 0; basis < own.length; basis += 1) {
    const at = 2 * (base + (own[basis] as number));
    real[basis] = amplitudes[at] as number;
    imaginary[basis] = amplitudes[at + 1] as number;
  }
  return { real, imaginary };
}
