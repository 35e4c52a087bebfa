import { describe, expect, test } from "vitest";
import { after, instant } from "./instant.ts";

describe("An instant", () => {
  test("is a whole number of nanoseconds that a double holds exactly", () => {
    expect(instant(0)).toBe(0);
    expect(instant(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1]) {
      expect(() => instant(bad)).toThrow(RangeError);
    }
  });

  test("moves by whole nanoseconds", () => {
    expect(after(instant(10), 2.6)).toBe(13);
  });
});
