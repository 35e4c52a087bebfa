import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { page, sections, toleranceOf } from "./page.ts";

describe("every known figure is ours, to half a unit of its last digit", () => {
  const cases = sections.flatMap(({ title, cases: ofTitle }) => ofTitle.map((one) => [title, one.what, one] as const));

  test.each(cases)("%s: %s", (_title, _what, one) => {
    expect(Math.abs(one.ours() - Number(one.expected))).toBeLessThanOrEqual(toleranceOf(one));
  });
});

test("docs/physics-cases.md is what its generator prints", () => {
  const written = readFileSync(new URL("../../../docs/physics-cases.md", import.meta.url), "utf8");
  expect(page()).toBe(written);
});
