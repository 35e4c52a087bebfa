import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mutantTable } from "./mutant-table.ts";
import { allMutants, checkApplies } from "./mutant-tree.ts";

const mandatory = [
  "dropped-idempotency-key",
  "missing-expiry",
  "stale-bell-index",
  "slot-freed-twice",
  "correction-before-herald",
  "ignored-deadline",
  "off-by-one-window",
  "incarnation-not-raised",
  "track-record-kept",
  "parked-track-dropped",
  "acknowledge-before-apply",
  "frame-applied-at-both-ends",
];

test("There are thirty mutants at least, those that must be among them, and each has its header", () => {
  const mutants = allMutants();
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  expect(mutants.map(({ name }) => name)).toEqual(expect.arrayContaining(mandatory));
  for (const { name, breaks, promise, visible } of mutants) {
    for (const sentence of [breaks, promise]) expect(sentence, name).toMatch(/^[A-Z].*\.$/);
    expect(visible, name).toMatch(/^[a-z].*\.$/);
  }
});

test("The page lists every mutant as its header has it", () => {
  expect(readFileSync(new URL("README.md", import.meta.url), "utf8")).toContain(mutantTable());
});

test("Every mutant fits the sources as they are", () => {
  for (const mutant of allMutants()) expect(() => checkApplies(mutant), mutant.name).not.toThrow();
});
