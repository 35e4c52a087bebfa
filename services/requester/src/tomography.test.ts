import { type BellIndex, bellIndices } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import { Basis } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { nearestState } from "./nearest-state.ts";
import { tomography } from "./tomography.ts";
import { basisOf, type Shot, TomographyTable } from "./tomography-table.ts";

const perfect = { p01: 0, p10: 0 };
/** ⟨P⊗Q⟩ of a Werner state of this weight around Φ+, by the bases of both ends. */
const werner = (weight: number) => (head: Basis, tail: Basis) => {
  if (head !== tail) return 0;
  return head === Basis.Y ? -weight : weight;
};

/** Shots of a state with unpolarised halves, every pair in an announced Bell state of its own. */
function shotsOf(correlation: (head: Basis, tail: Basis) => number, count: number, errors = perfect): Shot[] {
  const chance = new SeededEntropy(17).stream("shots");
  const read = (bit: boolean) => (chance.uniform() < (bit ? errors.p10 : errors.p01) ? !bit : bit);
  return Array.from({ length: count }, (_, sequence) => {
    const [headBasis, tailBasis] = [basisOf("head", sequence), basisOf("tail", sequence)];
    const index = bellIndices[Math.floor(chance.uniform() * 4)] as BellIndex;
    const turned = tailBasis === Basis.X ? index.z : tailBasis === Basis.Z ? index.x : index.x !== index.z;
    const head = chance.uniform() < 0.5;
    const same = chance.uniform() < (1 + correlation(headBasis, tailBasis)) / 2;
    const tail = (same === head) !== turned;
    return { headBasis, tailBasis, headBit: read(head), tailBit: read(tail), index };
  });
}

describe("tomography", () => {
  test.each([
    ["a perfect instrument", perfect],
    ["an instrument with known, lopsided errors", { p01: 0.08, p10: 0.02 }],
  ])("finds the fidelity of a Werner state with %s within 4 sigma (36,000 pairs, seed 17)", (_what, errors) => {
    const found = tomography(shotsOf(werner(0.8), 36_000, errors), errors, errors);
    expect(Math.abs((found?.fidelity ?? 0) - 0.85)).toBeLessThan(4 * (found?.sigma ?? 0));
    expect(found?.sigma).toBeLessThan(0.007);
    expect(found?.physicalFidelity).toBeCloseTo(found?.fidelity as number, 6);
  });

  test("gives a state even where the linear inversion has a negative eigenvalue", () => {
    const found = tomography(shotsOf(werner(1), 180), perfect, perfect);
    const diagonal = [0, 1, 2, 3].map((at) => found?.rho[at]?.[at]?.[0] as number);
    expect(diagonal.reduce((sum, entry) => sum + entry, 0)).toBeCloseTo(1, 12);
    expect(found?.fidelity).toBeCloseTo(1, 12);
    expect(found?.physicalFidelity).toBeLessThan(1);
  });

  test("says nothing with fewer than two shots in a setting", () => {
    expect(tomography(shotsOf(werner(1), 17), perfect, perfect)).toBeUndefined();
    expect(tomography(shotsOf(werner(1), 18), perfect, perfect)).toBeDefined();
  });
});

test("the nearest state leaves a state as it is, and moves eigenvalues ½, ½, ½, −½ to ⅓, ⅓, ⅓, 0", () => {
  const state = [
    [
      [0.4, 0],
      [0, 0.1],
      [0, 0],
      [0.2, -0.05],
    ],
    [
      [0, -0.1],
      [0.3, 0],
      [0.02, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0.02, 0],
      [0.1, 0],
      [0, 0.01],
    ],
    [
      [0.2, 0.05],
      [0, 0],
      [0, -0.01],
      [0.2, 0],
    ],
  ] as const;
  for (const [row, entries] of nearestState(state).entries()) {
    for (const [column, [re, im]] of entries.entries()) {
      expect(re).toBeCloseTo(state[row]?.[column]?.[0] as number, 12);
      expect(im).toBeCloseTo(state[row]?.[column]?.[1] as number, 12);
    }
  }
  const diagonal = [0.5, 0.5, -0.5, 0.5].map((value, at) =>
    [0, 1, 2, 3].map((column) => [column === at ? value : 0, 0] as const),
  );
  const moved = nearestState(diagonal).map((row, at) => row[at]?.[0]);
  for (const [at, value] of [1 / 3, 1 / 3, 0, 1 / 3].entries()) expect(moved[at]).toBeCloseTo(value, 12);
});

test("a pair counts when both ends have read it and its index is known, and no longer when it is void", () => {
  const table = new TomographyTable();
  table.read("head", 4, true, undefined);
  expect(table.shots()).toEqual([]);
  table.read("tail", 4, false, { x: true, z: false });
  const shot = { headBasis: Basis.Y, tailBasis: Basis.Y, headBit: true, tailBit: false, index: { x: true, z: false } };
  expect(table.shots()).toEqual([shot]);
  table.retract(4);
  expect(table.shots()).toEqual([]);
});

test("nine pairs in a row are measured in the nine settings", () => {
  const settings = Array.from({ length: 9 }, (_, at) => `${basisOf("head", 5 + at)} ${basisOf("tail", 5 + at)}`);
  expect(new Set(settings).size).toBe(9);
});
