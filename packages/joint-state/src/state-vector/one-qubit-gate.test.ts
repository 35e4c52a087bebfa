import { cos, SeededEntropy, sin } from "@bellmesh/numerics";
import { describe, expect, test } from "vitest";
import type { Matrix2 } from "../unitary.ts";
import { type Complex, entry, product, squared } from "./complex.ts";
import { fused, oneQubitGate } from "./one-qubit-gate.ts";

const chance = new SeededEntropy(5).stream("one-qubit-gate.test");
const angle = () => 2 * Math.PI * chance.uniform();
const phaseOf = (phi: number): Complex => ({ real: cos(phi), imaginary: sin(phi) });
const scaled = ({ real, imaginary }: Complex, by: number): readonly [number, number] => [by * real, by * imaginary];

/** A rotation by θ between phases. */
function unitary(theta: number): Matrix2 {
  const [global, left, right] = [angle(), angle(), angle()];
  const [c, s] = [cos(theta), sin(theta)];
  return [
    ...scaled(phaseOf(global), c),
    ...scaled(phaseOf(global + right), -s),
    ...scaled(phaseOf(global + left), s),
    ...scaled(phaseOf(global + left + right), c),
  ];
}

/** What the kernel and the phase after it do, as a matrix. */
function done({ kernel, factors, phase }: ReturnType<typeof oneQubitGate>): Matrix2 {
  const [turned = { real: 0, imaginary: 0 }, { real: t } = { real: 0 }] = factors;
  const [w, tw] = [scaled(turned, 1), scaled(turned, t)];
  const rows: Record<string, Matrix2> = {
    none: [1, 0, 0, 0, 0, 0, 1, 0],
    exchange: [0, 0, 1, 0, 1, 0, 0, 0],
    turnByFirst: [1, 0, ...tw, t, 0, -w[0], -w[1]],
    turnBySecond: [t, 0, ...w, 1, 0, -tw[0], -tw[1]],
  };
  return fused(rows[kernel ?? "none"] as Matrix2, [1, 0, 0, 0, 0, 0, phase.real, phase.imaginary]);
}

/** 1 − |tr A†B|² / (‖A‖² ‖B‖²), which is 0 for multiples of one another. */
function difference(a: Matrix2, b: Matrix2): number {
  let [sum, normA, normB]: [Complex, number, number] = [{ real: 0, imaginary: 0 }, 0, 0];
  for (let index = 0; index < 4; index += 1) {
    const [x, y] = [entry(a, index), entry(b, index)];
    const term = product({ real: x.real, imaginary: -x.imaginary }, y);
    sum = { real: sum.real + term.real, imaginary: sum.imaginary + term.imaginary };
    normA += squared(x);
    normB += squared(y);
  }
  return Math.abs(1 - squared(sum) / (normA * normB));
}

describe("a one-qubit gate as a rotation between phases", () => {
  const tiny = [0, 1e-31, 1e-29, 1e-17, 1e-12, 1e-8];
  const angles = [...tiny, ...tiny.map((small) => Math.PI / 2 + small), ...Array.from({ length: 500 }, angle)];

  test("is the gate after the phase that waited, up to a factor, also where an entry is almost nothing", () => {
    for (const theta of angles) {
      const [gate, before] = [unitary(theta), phaseOf(angle())];
      const expected = fused([1, 0, 0, 0, 0, 0, before.real, before.imaginary], gate);
      expect(difference(expected, done(oneQubitGate(gate, before)))).toBeLessThan(1e-14);
    }
  });

  test("divides by the larger entry only, so that the norm grows to its double at most", () => {
    for (const theta of angles) {
      const { growth, phase } = oneQubitGate(unitary(theta), phaseOf(angle()));
      expect(growth).toBeGreaterThanOrEqual(1);
      expect(growth).toBeLessThan(2.000_001);
      expect(squared(phase)).toBeCloseTo(1, 14);
    }
  });

  test("a gate that is unitary only to what operands may differ is taken as the unitary beside it", () => {
    const sheared: Matrix2 = [1, 0, 1e-10, 0, 0, 0, 1, 0];
    const { factors, phase } = oneQubitGate(sheared, { real: 1, imaginary: 0 });
    for (const { real, imaginary } of [...factors, phase]) expect(Number.isFinite(real + imaginary)).toBe(true);
    expect(difference(sheared, done(oneQubitGate(sheared, { real: 1, imaginary: 0 })))).toBeLessThan(1e-15);
  });
});
