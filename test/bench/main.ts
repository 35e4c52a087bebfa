/**
 * `npm run bench`: figures beside their floors, measured now, on this machine.
 * `-- --quick` runs a tenth of it, or a quarter, but the whole of bench-line-3 as `simulate` runs it;
 * `-- --json` writes one object on standard output.
 * `-- states` measures the joint-state engines, and nature over a stream.
 * `-- mesh` measures a mesh of processes instead, on all cores: a minute of pairs, or ten seconds with `--quick`.
 */
import { meshFigures } from "./mesh/figures.ts";
import { meshText } from "./mesh/text.ts";
import { simulationFigures } from "./simulation-figures.ts";
import { stateFigures } from "./states/figures.ts";

const quick = process.argv.includes("--quick");
const json = process.argv.includes("--json");
const note = (text: string) => process.stderr.write(`${text}\n`);

if (process.argv.includes("mesh")) {
  const figures = await meshFigures(quick, note);
  process.stdout.write(`${json ? JSON.stringify({ node: process.version, ...figures }) : meshText(figures)}\n`);
  if (figures.violations > 0) process.exitCode = 1;
} else if (process.argv.includes("states")) {
  process.stdout.write(`${await stateFigures(quick, json, note)}\n`);
} else {
  const { text, ok } = simulationFigures(quick, json, note);
  process.stdout.write(`${text}\n`);
  if (!ok) process.exitCode = 1;
}
