import { describe, expect, test } from "vitest";
import {
  anticommutes,
  bellIndices,
  bellName,
  combine,
  correlation,
  equal,
  fromOrdinal,
  ordinal,
  phiMinus,
  phiPlus,
  psiMinus,
  psiPlus,
} from "./index.ts";

describe("Bell indices", () => {
  test("stand in the order k = 2z + x and have the field's names", () => {
    expect(bellIndices).toEqual([
      { x: false, z: false },
      { x: true, z: false },
      { x: false, z: true },
      { x: true, z: true },
    ]);
    expect(bellIndices).toEqual([phiPlus, psiPlus, phiMinus, psiMinus]);
    expect(bellIndices.map(bellName)).toEqual(["phi+", "psi+", "phi-", "psi-"]);
    expect(bellIndices.map(ordinal)).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3].map(fromOrdinal)).toEqual(bellIndices);
  });

  test("have no ordinal but 0, 1, 2 and 3", () => {
    for (const k of [-1, 4, 0.5, Number.NaN]) {
      expect(() => fromOrdinal(k)).toThrow(RangeError);
    }
  });

  test("combine by XOR, to one of the four constants, also when read from a message", () => {
    for (const a of bellIndices) {
      for (const b of bellIndices) {
        const both = combine({ ...a }, { ...b });
        expect(ordinal(both)).toBe(ordinal(a) ^ ordinal(b));
        expect(bellIndices).toContain(both);
        expect(bellIndices.indexOf(both)).toBeGreaterThanOrEqual(0);
        expect(equal(combine(both, b), a)).toBe(true);
        expect(equal(a, { ...b })).toBe(a === b);
      }
    }
  });

  test("cannot be changed", () => {
    expect(() => Object.assign(phiPlus, { x: true })).toThrow(TypeError);
  });

  test("correlate as the four states do in X, Y and Z", () => {
    const table = bellIndices.map((index) => (["x", "y", "z"] as const).map((axis) => correlation(index, axis)));
    expect(table).toEqual([
      [1, -1, 1],
      [1, 1, -1],
      [-1, 1, 1],
      [-1, -1, -1],
    ]);
  });

  test("anticommute with the axes that their Pauli flips: correlations are those of phi+ with these flips", () => {
    for (const index of bellIndices) {
      for (const axis of ["x", "y", "z"] as const) {
        expect(correlation(index, axis)).toBe(correlation(phiPlus, axis) * (anticommutes(index, axis) ? -1 : 1));
      }
    }
  });
});
