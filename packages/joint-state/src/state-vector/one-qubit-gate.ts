import type { Matrix2 } from "../unitary.ts";
import { type Complex, conjugate, entry, one, product, squared, unit } from "./complex.ts";

/** A one-qubit gate as the kernels take it: which kernel, if any, with which factors. */
export interface OneQubitGate {
  /** Absent where the amplitudes need not be touched. */
  readonly kernel: "turnByFirst" | "turnBySecond" | "exchange" | undefined;
  readonly factors: readonly Complex[];
  /** By what the kernel multiplies the squared norm. */
  readonly growth: number;
  /** What the qubit's |1⟩ is to be multiplied by after the kernel; its modulus is 1. */
  readonly phase: Complex;
}

/** An entry whose squared modulus is less is nothing beside the other one of its row, which is 1. */
const NOTHING = 1e-60;

/**
 * A unitary after a phase that waits at the qubit, as one kernel before another such phase, all up to a common complex
 * factor, of which a state vector knows nothing. Every unitary is a real rotation between two phases of |1⟩ (the
 * Z–Y decomposition, Nielsen & Chuang 2010, theorem 4.1):
 *
 *   U · diag(1, before) ∝ diag(1, phase) · ( |a|   |b| ) · diag(1, turned)
 *                                          ( |b|  −|a| )
 *
 * As the later phase waits, and the rotation is divided by its larger entry, an amplitude is multiplied by two real
 * numbers where a complex matrix takes eight. That entry is at least √½, so nothing is lost by dividing.
 */
export function oneQubitGate(unitary: Matrix2, before: Complex): OneQubitGate {
  const [a, b] = [entry(unitary, 0), product(entry(unitary, 1), before)];
  const [c, d] = [entry(unitary, 2), product(entry(unitary, 3), before)];
  const [first, second] = [squared(a), squared(b)];
  if (second < NOTHING) return { kernel: undefined, factors: [], growth: 1, phase: unit(product(d, conjugate(a))) };
  if (first < NOTHING) {
    return { kernel: "exchange", factors: [one, one], growth: 1, phase: unit(product(c, conjugate(b))) };
  }
  const turned = unit(product(b, conjugate(a)));
  if (first >= second) {
    // Of the second row the larger entry tells its phase, −d here.
    const phase = unit(product({ real: -d.real, imaginary: -d.imaginary }, conjugate(product(a, turned))));
    return { kernel: "turnByFirst", factors: [turned, tangent(second / first)], growth: 1 + second / first, phase };
  }
  const phase = unit(product(c, conjugate(a)));
  return { kernel: "turnBySecond", factors: [turned, tangent(first / second)], growth: 1 + first / second, phase };
}

function tangent(squared: number): Complex {
  return { real: Math.sqrt(squared), imaginary: 0 };
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
