import { expect, test } from "vitest";
import { isCovered, isLiteral, isPattern, isWhole, matches } from "./subject.ts";

const tokens = (subject: string) => subject.split(".");

test.each([
  ["a", "a", true],
  ["a", "b", false],
  ["a", "a.b", false],
  ["a.b", "a", false],
  ["*", "a", true],
  ["*", "a.b", false],
  ["a.*", "a.b", true],
  ["a.*.c", "a.b.c", true],
  ["a.*.c", "a.b.d", false],
  [">", "a", true],
  [">", "a.b.c", true],
  ["a.>", "a", false],
  ["a.>", "a.b", true],
  ["a.>", "a.b.c", true],
  ["a.*.>", "a.b", false],
  ["a.*.>", "a.b.c", true],
  ["a*", "ab", false],
  ["a*", "a*", true],
])("%s hears %s: %s", (pattern, subject, heard) => {
  expect(matches(tokens(pattern), tokens(subject))).toBe(heard);
});

test("subjects with empty tokens are heard by nobody, literal ones stand for themselves, > stands last", () => {
  expect(["a.b", "a.*"].map((subject) => isWhole(tokens(subject)))).toEqual([true, true]);
  expect(["", "a..b", ".a", "a."].map((subject) => isWhole(tokens(subject)))).toEqual([false, false, false, false]);
  expect(["a.b", "a*", "a.*", ">"].map((subject) => isLiteral(tokens(subject)))).toEqual([true, true, false, false]);
  expect(["a.*", "a.>", "a.>.b", "a."].map((subject) => isPattern(tokens(subject)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ["a.b", ["a.b"], true],
  ["a.b", ["a.c", "a.*"], true],
  ["a.*", ["a.b"], false],
  ["a.*", ["a.*"], true],
  ["a.>", ["a.*"], false],
  ["a.*.c", ["a.>"], true],
  ["a.>", ["a.>"], true],
  ["a", ["a.>"], false],
  [">", ["a.>"], false],
  ["*.b", ["a.b"], false],
  ["a..b", [">"], false],
  ["a", [], false],
])("whether all that %s hears falls under %j: %s", (pattern, allowed, covered) => {
  expect(isCovered(tokens(pattern), allowed.map(tokens))).toBe(covered);
});
