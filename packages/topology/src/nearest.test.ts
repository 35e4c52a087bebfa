import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test("the nearest known word is the one a typing slip away", () => {
  const known = ["lengthKm", "midpoint", "armsKm", "name"];
  expect(nearest("lenghtKm", known)).toBe("lengthKm");
  expect(nearest("length", known)).toBe("lengthKm");
  expect(nearest("armskm", known)).toBe("armsKm");
  expect(nearest("nmae", known)).toBe("name");
});

test("nothing is near a word of another kind", () => {
  expect(nearest("frobnicate", ["name", "links"])).toBeUndefined();
  expect(nearest("x", ["a", "b"])).toBeUndefined();
  expect(nearest("", ["a"])).toBeUndefined();
});
