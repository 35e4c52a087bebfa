import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isQuick, rowLines, rows, testName } from "./page.ts";
import { mostOf } from "./table-row.ts";
import { trends } from "./trends.ts";

const written = readFileSync(new URL("../../../docs/physics-tables.md", import.meta.url), "utf8");

describe("a row of the tables that is a run, with its fixed seed", () => {
  const runs = rows.filter((row) => !isQuick(row)).map((row) => [testName(row), row] as const);

  test.each(runs)("%s", (_name, row) => {
    const seen = row.figures.map((figure) => ({ ...figure, value: figure.ours() }));
    for (const figure of seen) {
      const difference = Math.abs(figure.value - Number(figure.expected));
      expect(difference, figure.what).toBeLessThanOrEqual(mostOf(row.tolerance, figure));
    }
    const figures = seen.map(({ what, expected, value }) => ({ what, expected, ours: () => value }));
    expect(written).toContain(rowLines({ ...row, figures }).join("\n"));
  });
});

describe("a trend", () => {
  test.each(trends.map((trend) => [`${trend.id}: ${trend.what}`, trend] as const))("%s", (name, { seen }) => {
    const { text, holds } = seen();
    expect(holds, text).toBe(true);
    expect(written).toContain(`### ${name}\n`);
    expect(written.replaceAll("\n", " ")).toContain(text);
  });
});
