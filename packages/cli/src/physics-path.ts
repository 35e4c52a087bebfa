import { writeFileSync } from "node:fs";
import { pathFigures } from "@bellmesh/physics";
import { chartSvg } from "./chart-svg.ts";
import type { Command } from "./command.ts";
import { NoAlpha } from "./physics-link-input.ts";
import { linkOptions } from "./physics-parameters.ts";
import { type DescribedPath, describedPath, nodeOptions } from "./physics-path-input.ts";
import { pathChart, pathReport, pathText } from "./physics-path-report.ts";
import { refuse } from "./refuse.ts";
import { svgFile, svgOption } from "./svg-option.ts";
import { topologyOption, topologyPositional } from "./topology-source.ts";

/** `bellmesh physics path`: what a path of several links yields, one pair at a time. */
export const physicsPath: Command = {
  name: "physics path",
  summary: "say what a path of several links yields, and what costs it fidelity",
  description:
    "Rate, waiting time, fidelity with a budget term by term, ages of the halves, error rates and secret key of a\n" +
    "path that makes one pair at a time: all links try from the request on, repeaters swap at once, the ends learn\n" +
    "the index a light time and a Bell measurement later. The path is the best one of a topology, or --links equal\n" +
    "links of the options. Waiting times and ages are exact where all links try equally often, otherwise slower\n" +
    "links count as trying as often with less success. Fidelity is exact on average over outcomes, but for\n" +
    "where halves relax that wait for other links (docs/physics.md). A mesh makes link pairs ahead: for a\n" +
    "topology the long run is predicted too, as `topology show` does. At most 12 links. Exit code 1 when clocks\n" +
    "are not trusted or no α heralds --min-fidelity.",
  positionals: [topologyPositional],
  options: {
    topology: topologyOption,
    from: { value: "NODE", summary: "where the path starts (default: the first node)" },
    to: { value: "NODE", summary: "where it ends (default: the last node)" },
    links: { value: "N", summary: "so many equal links instead of a topology; all options below describe them" },
    ...nodeOptions,
    ...linkOptions,
    svg: svgOption,
  },
  examples: [
    "bellmesh physics path line:5",
    "bellmesh physics path examples/topologies/alice-repeater-bob.yaml --from alice --to bob --json",
    "bellmesh physics path --links 3 --platform nv-2020 --km 10 --alpha 0.1 --attempt-dephasing 0",
  ],
  run(given, output) {
    const svg = svgFile(given);
    let described: DescribedPath;
    try {
      described = describedPath(given);
    } catch (error) {
      if (error instanceof NoAlpha) return refuse(given, output, "UNSUPPORTED", error.message);
      throw error;
    }
    if (described.untrusted) {
      const message = "the clocks are known to no better than half a detection window, so no link tries";
      return refuse(given, output, "CLOCK_UNTRUSTED", message);
    }
    const figures = pathFigures(described.path);
    if (svg !== undefined) writeFileSync(svg, chartSvg(pathChart(described, figures)));
    const report = given.has("json") ? JSON.stringify(pathReport(described, figures)) : pathText(described, figures);
    output.result(report);
    return 0;
  },
};
