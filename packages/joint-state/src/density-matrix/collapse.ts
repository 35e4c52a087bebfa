import type { Direction } from "./direction.ts";
import { type Entries, widened } from "./one-qubit-blocks.ts";

/**
 * The state of the other qubits conditional on what an instrument reported of one: Tr_q(Eρ) over its trace, where
 * E = w₀|n⟩⟨n| + w₁|−n⟩⟨−n| is the effect of the report, with the weights of the two true outcomes behind it
 * (Nielsen & Chuang 2010, §2.2.6).
 * @param mask the measured qubit's bit
 * @param target as many entries as the rest has, all of them written
 * @returns the probability of the report; at 0 the target is all 0.
 */
export function collapse(
  source: Entries,
  mask: number,
  weightOfZero: number,
  weightOfOne: number,
  direction: Direction,
  target: Entries,
): number {
  const mean = (weightOfZero + weightOfOne) / 2;
  const contrast = (weightOfZero - weightOfOne) / 2;
  const [x, y, z] = direction;
  const zero = mean + contrast * z;
  const one = mean - contrast * z;
  if (contrast * x === 0 && contrast * y === 0) takeDiagonal(source, mask, zero, one, target);
  else takeEffect(source, mask, [zero, one, contrast * x, contrast * y], target);
  return normalise(target);
}

/** E = diag(zero, one): the coherences of the measured qubit do not enter. */
function takeDiagonal(source: Entries, mask: number, zero: number, one: number, target: Entries): void {
  const { dimension, real, imaginary } = source;
  const width = target.dimension;
  for (let row = 0; row < width; row += 1) {
    const top = widened(row, mask) * dimension;
    for (let column = 0; column < width; column += 1) {
      const at = top + widened(column, mask);
      const below = at + mask * (dimension + 1);
      const entry = row * width + column;
      target.real[entry] = zero * (real[at] as number) + one * (real[below] as number);
      target.imaginary[entry] = zero * (imaginary[at] as number) + one * (imaginary[below] as number);
    }
  }
}

/** E = [[zero, x − iy], [x + iy, one]]: Tr_q(Eρ) = zero·ρ00 + one·ρ11 + (x − iy)·ρ10 + (x + iy)·ρ01. */
function takeEffect(
  { dimension, real, imaginary }: Entries,
  mask: number,
  [zero, one, x, y]: readonly [number, number, number, number],
  target: Entries,
): void {
  const width = target.dimension;
  for (let row = 0; row < width; row += 1) {
    const top = widened(row, mask) * dimension;
    for (let column = 0; column < width; column += 1) {
      const at = top + widened(column, mask);
      const right = at + mask;
      const under = at + mask * dimension;
      const below = under + mask;
      const underReal = real[under] as number;
      const underImaginary = imaginary[under] as number;
      const rightReal = real[right] as number;
      const rightImaginary = imaginary[right] as number;
      const entry = row * width + column;
      target.real[entry] =
        zero * (real[at] as number) +
        one * (real[below] as number) +
        x * (underReal + rightReal) +
        y * (underImaginary - rightImaginary);
      target.imaginary[entry] =
        zero * (imaginary[at] as number) +
        one * (imaginary[below] as number) +
        x * (underImaginary + rightImaginary) +
        y * (rightReal - underReal);
    }
  }
}

/** Divides by the trace. @returns the trace. */
function normalise({ dimension, real, imaginary }: Entries): number {
  let trace = 0;
  for (let row = 0; row < dimension; row += 1) trace += real[row * (dimension + 1)] as number;
  if (!(trace > 0)) return 0;
  const scale = 1 / trace;
  for (let entry = 0; entry < real.length; entry += 1) {
    real[entry] = (real[entry] as number) * scale;
    imaginary[entry] = (imaginary[entry] as number) * scale;
  }
  return trace;
}
