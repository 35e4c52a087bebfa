import { expect, test } from "vitest";
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

test("There are thirty mutants at least, those that must be among them, and each says what it breaks", () => {
  const mutants = allMutants();
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  expect(mutants.map(({ name }) => name)).toEqual(expect.arrayContaining(mandatory));
  for (const { name, breaks } of mutants) expect(breaks, name).toMatch(/^[A-Z].*\.$/);
});

test("Every mutant fits the sources as they are", () => {
  for (const mutant of allMutants()) expect(() => checkApplies(mutant), mutant.name).not.toThrow();
});
