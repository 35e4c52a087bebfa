import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isQuick, rowLines, rows, testName } from "./page.ts";
import { mostOf } from "./table-row.ts";

const quick = rows.filter(isQuick).map((row) => [testName(row), row] as const);
const written = readFileSync(new URL("../../../docs/physics-tables.md", import.meta.url), "utf8");

describe("a row of the tables that takes no run", () => {
  test.each(quick)("%s", (_name, { tolerance, figures }) => {
    for (const figure of figures) {
      const difference = Math.abs(figure.ours() - Number(figure.expected));
      expect(difference, figure.what).toBeLessThanOrEqual(mostOf(tolerance, figure));
    }
  });

  test.each(quick)("stands in docs/physics-tables.md as its generator prints it: %s", (_name, row) => {
    expect(written).toContain(rowLines(row).join("\n"));
  });
});
