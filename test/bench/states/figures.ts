import { cpus } from "node:os";
import { exactEngines } from "./exact-engines.ts";
import type { StateFigure } from "./figure.ts";
import { natureStream } from "./nature-stream.ts";
import { sampledEngines } from "./sampled-engines.ts";

/** Figures of the joint-state engines and of nature, as text or as one line of JSON, measured now. */
export async function stateFigures(quick: boolean, json: boolean, note: (text: string) => void): Promise<string> {
  const roundMs = quick ? 20 : 200;
  note("pairs and density matrices …");
  const exact = exactEngines(roundMs);
  note("stabilizers and state vectors …");
  const sampled = sampledEngines(roundMs);
  note("quantum-state over a stream …");
  const figures = [...exact, ...sampled, await natureStream(quick ? 4000 : 40_000)];
  if (json) return JSON.stringify({ node: process.version, figures });
  return [
    `Node ${process.version} on ${cpus()[0]?.model}, best of seven rounds${quick ? ", quick" : ""}`,
    "",
    `${"states".padEnd(42)}${"ours".padStart(14)}${"asked".padStart(14)}${"floor".padStart(14)}  floor is`,
    ...figures.map(rowOf),
  ].join("\n");
}

function rowOf({ name, value, unit, goal, floor, floorOf }: StateFigure): string {
  const isRate = unit.endsWith("/s");
  const asked = goal === undefined ? "" : `${isRate ? "≥" : "≤"} ${shown(goal)}`;
  const cells = [`${shown(value)} ${unit}`, asked, floor === undefined ? "–" : shown(floor)];
  return `${name.padEnd(42)}${cells.map((cell) => cell.padStart(14)).join("")}  ${floorOf ?? ""}`;
}

/** Three digits, or whole numbers from a hundred on. */
function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
