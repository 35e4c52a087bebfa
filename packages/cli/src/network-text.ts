import type { Topology } from "@bellmesh/topology";
import { networkPicture } from "./network-picture.ts";
import type { LinkReport, NetworkReport, PathReport } from "./network-report.ts";
import { count, table } from "./table.ts";

/** So many rows of a table are read; the rest is for --json. */
const ROWS_MAX = 50;

/** A network for people: a drawing, then nodes, links and paths as tables. */
export function networkText(topology: Topology, report: NetworkReport): string {
  const { clock } = report;
  const clocks = clock.preset === "perfect" ? "perfect" : `${clock.preset}, ${clock.grandmaster} is the grandmaster`;
  const cutoff = report.cutoffMs === null ? "no cutoff" : `cutoff ${figures(report.cutoffMs)} ms`;
  return [
    `${report.name}: ${count(report.nodes.length, "node")}, ${count(report.links.length, "link")}; ` +
      `clocks ${clocks}; ${cutoff}`,
    "",
    networkPicture(topology),
    "",
    titled("Nodes", nodeRows(report), "lrrrrr"),
    ...(report.links.length > 0 ? ["", titled("Links", linkRows(report.links), "lrrrrrl")] : []),
    ...scheduleLines(report.links),
    ...(report.paths.length > 0 ? ["", titled("Best paths", pathRows(report), "lrrrrl")] : []),
    ...(report.pathsOmitted > 0 ? [`… and ${count(report.pathsOmitted, "more pair")} of end nodes; see --paths`] : []),
  ].join("\n");
}

function titled(title: string, rows: readonly (readonly string[])[], alignment: string): string {
  const shown = rows.slice(0, ROWS_MAX + 1);
  const rest = rows.length - shown.length;
  return [title, table(shown, alignment), ...(rest > 0 ? [`… and ${rest} more; see --json`] : [])].join("\n");
}

function nodeRows(report: NetworkReport): string[][] {
  return [
    ["node", "links", "T1", "T2", "slots/link", "two-qubit error", "readout p01/p10"],
    ...report.nodes.map(({ name, links, memory, gates, readout }) => [
      name,
      String(links.length),
      seconds(memory.t1S),
      seconds(memory.t2S),
      String(memory.communicationSlots),
      figures(gates.twoQubitDepolarising),
      `${figures(readout.p01)}/${figures(readout.p10)}`,
    ]),
  ];
}

/** How links herald is told where they do not all by double clicks. */
function linkRows(links: readonly LinkReport[]): string[][] {
  const isTold = links.some(({ scheme }) => scheme !== "double-click");
  return [
    ["link", "length", "period", "success", "pairs/s", "fidelity", ...(isTold ? ["heralding"] : [])],
    ...links.map((link) => [
      link.name,
      `${figures(link.lengthKm)} km`,
      `${figures(link.periodNs / 1000)} µs`,
      figures(link.successProbability),
      figures(link.pairsPerSecond),
      link.fidelity.toFixed(4),
      ...(isTold ? [link.alpha === undefined ? link.scheme : `${link.scheme}, α ${figures(link.alpha)}`] : []),
    ]),
  ];
}

/** So many windows of a link are read. */
const WINDOWS_MAX = 4;

function scheduleLines(links: readonly LinkReport[]): readonly string[] {
  const rows = links.flatMap(({ name, schedule }) => {
    if (schedule === undefined) return [];
    const windows = schedule.slice(0, WINDOWS_MAX).map(({ fromS, toS }) => {
      return Number.isFinite(toS) ? `${fromS.toFixed(1)}–${toS.toFixed(1)} s` : `from ${fromS.toFixed(1)} s on`;
    });
    if (schedule.length > WINDOWS_MAX) windows.push(`… and ${schedule.length - WINDOWS_MAX} more`);
    return [[name, windows.join(", ")]];
  });
  return rows.length === 0 ? [] : ["", titled("Schedules", [["link", "up"], ...rows], "ll")];
}

function pathRows(report: NetworkReport): string[][] {
  return [["from - to", "fidelity", "pairs/s", "hops", "light time", "by way of"], ...report.paths.map(pathRow)];
}

function pathRow(path: PathReport): string[] {
  const ends = `${path.from} - ${path.to}`;
  if (!path.reachable) return [ends, "-", "-", "-", "-", "no path"];
  return [
    ends,
    path.predictedFidelity.toFixed(4),
    figures(path.pairsPerSecond),
    String(path.links.length),
    `${figures(path.delayNs / 1000)} µs`,
    viaText(path.nodes.slice(1, -1)),
  ];
}

function viaText(nodes: readonly string[]): string {
  if (nodes.length === 0) return "direct";
  if (nodes.length <= 8) return nodes.join(" ");
  return `${nodes.slice(0, 4).join(" ")} … ${nodes.slice(-3).join(" ")}`;
}

function seconds(value: number): string {
  return value === Number.POSITIVE_INFINITY ? "∞" : `${figures(value)} s`;
}

/** Four significant figures, plain where that is readable. */
function figures(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e7 || magnitude < 1e-4) return value.toExponential(2);
  return magnitude >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}
