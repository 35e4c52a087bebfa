import { differenceText, wrapped } from "../page-text.ts";
import { tableA } from "./table-a.ts";
import { tableB } from "./table-b.ts";
import { type RowFigure, type TableRow, type Trend, toleranceText } from "./table-row.ts";
import { trends } from "./trends.ts";

export const rows: readonly TableRow[] = [...tableA, ...tableB];

/** Whether a row's figures are had without a run. */
export function isQuick({ isRun }: TableRow): boolean {
  return isRun !== true;
}

/** Name of a row's test. */
export function testName({ id, what }: TableRow): string {
  return `${id}: ${what}`;
}

/** The page, as it stands in docs. Runs what is to be run. */
export function page(): string {
  return [
    "# Physics, table by table",
    "",
    ...wrapped(
      "Figures of the literature, of other tools and of exact calculations beside ours, and how far they may be " +
        "apart: half a unit of the last digit that is printed (1e-6 of a rate, if that is more), or what is said. " +
        "What comes from a run is marked so. Every row is a test of its name in `test/physics/tables`: in " +
        "`tables.test.ts`, runs and trends in `tables.long.test.ts`. [physics-cases.md](physics-cases.md) has the " +
        "cases of single operations.",
    ),
    "",
    "Written by `node test/physics/tables/write-page.ts`; tests hold this page to what that prints.",
    "",
    "## A. Exact",
    "",
    ...tableA.flatMap(rowLines),
    "## B. Published, and regressions of other tools",
    "",
    ...tableB.flatMap(rowLines),
    "## Trends",
    "",
    "Statements of papers whose figures we could not read: only that things change as they say.",
    "",
    ...trends.flatMap(trendLines),
  ].join("\n");
}

/** A row as it stands on the page. */
export function rowLines(row: TableRow): string[] {
  const { id, what, source, tolerance, figures, remark } = row;
  const facts = [`Source: ${source}.`, ...(figures.length > 0 ? [`Tolerance: ${toleranceText(tolerance)}.`] : [])];
  const from = row.isRun ? ["From a run of the simulation."] : [];
  return [
    `### ${id}: ${what}`,
    "",
    ...wrapped([...facts, ...from, ...(remark === undefined ? [] : [remark])].join(" ")),
    "",
    ...(figures.length === 0
      ? []
      : [
          "| figure | expected | ours | difference |",
          "| ---- | -------: | ---: | ---------: |",
          ...figures.map(figureLine),
          "",
        ]),
  ];
}

function figureLine({ what, expected, ours }: RowFigure): string {
  const value = ours();
  const cells = [what, expected, digits(value, expected), differenceText(value - Number(expected))];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Two digits more than expected has. */
function digits(value: number, expected: string): string {
  const [mantissa = "", exponent] = expected.split("e");
  const decimals = (mantissa.split(".")[1]?.length ?? 0) + 2;
  return exponent === undefined ? value.toFixed(decimals) : value.toExponential(decimals);
}

function trendLines({ id, what, seen }: Trend): string[] {
  const { text, holds } = seen();
  return [`### ${id}: ${what}`, "", ...wrapped(`${holds ? "So it is" : "It is not so"}. ${text}.`), ""];
}
