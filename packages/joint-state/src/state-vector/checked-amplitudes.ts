import { OperandError } from "../density-matrix/operand-error.ts";
import type { Amplitudes } from "../density-matrix/pivoted-cholesky.ts";
import { requireSize } from "./state-vector-size.ts";

/**
 * Checks amplitudes that come from outside. @returns how many qubits they are of, and the largest |re| + |im|
 * @throws OperandError when their number is no power of two up to 2^24, one is not finite, or all are 0
 */
export function checkedAmplitudes({ real, imaginary }: Amplitudes): {
  readonly size: number;
  readonly largest: number;
} {
  const size = 31 - Math.clz32(real.length);
  requireSize(size);
  if (real.length !== 1 << size || imaginary.length !== real.length) {
    const rule = "there are 2^n real and as many imaginary parts";
    throw new OperandError("wrong-size", "the number of amplitudes", imaginary.length, rule);
  }
  let largest = 0;
  for (let index = 0; index < real.length; index += 1) {
    const sum = Math.abs(real[index] as number) + Math.abs(imaginary[index] as number);
    if (!(sum < Number.POSITIVE_INFINITY)) {
      throw new OperandError("not-a-number", `amplitude ${index}`, sum, "an amplitude is finite");
    }
    largest = Math.max(largest, sum);
  }
  if (largest === 0) {
    throw new OperandError("outside-range", "the norm", 0, "a state has an amplitude other than 0");
  }
  return { size, largest };
}
