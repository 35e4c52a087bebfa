import type { Matrix2 } from "../unitary.ts";
import { type Complex, entry, isOne, isZero, one, product, ratio, squared } from "./complex.ts";

/** A one-qubit gate as the kernels take it: which kernel, with which factors. */
export interface OneQubitGate {
  readonly kernel: "turnByFirst" | "turnBySecond" | "exchange" | "scale";
  readonly factors: readonly Complex[];
  /** By what the kernel multiplies the squared norm. */
  readonly growth: number;
}

/**
 * A unitary up to a complex factor, of which a state vector knows nothing. So a diagonal gate leaves the amplitudes of
 * |0⟩ alone, and of any other gate one entry of the first row is divided out, the larger one: as it is at least √½,
 * nothing is lost by that.
 * @returns undefined for a multiple of the identity, which does nothing
 */
export function oneQubitGate(unitary: Matrix2): OneQubitGate | undefined {
  const [a, b, c, d] = [entry(unitary, 0), entry(unitary, 1), entry(unitary, 2), entry(unitary, 3)];
  if (isZero(b) && isZero(c)) {
    const factor = ratio(d, a);
    return isOne(factor) ? undefined : { kernel: "scale", factors: [factor], growth: 1 };
  }
  if (isZero(a) && isZero(d)) return { kernel: "exchange", factors: [one, ratio(c, b)], growth: 1 };
  if (squared(a) >= squared(b)) {
    return { kernel: "turnByFirst", factors: [ratio(b, a), ratio(c, a), ratio(d, a)], growth: 1 / squared(a) };
  }
  return { kernel: "turnBySecond", factors: [ratio(a, b), ratio(c, b), ratio(d, b)], growth: 1 / squared(b) };
}

/** The one gate that does what `earlier` does, then what `later` does: later · earlier. */
export function fused(earlier: Matrix2, later: Matrix2): Matrix2 {
  const sum = (row: number, column: number): readonly [number, number] => {
    const first = product(entry(later, 2 * row), entry(earlier, column));
    const second = product(entry(later, 2 * row + 1), entry(earlier, 2 + column));
    return [first.real + second.real, first.imaginary + second.imaginary];
  };
  return [...sum(0, 0), ...sum(0, 1), ...sum(1, 0), ...sum(1, 1)];
}
