import { writeFileSync } from "node:fs";
import { chartSvg } from "./chart-svg.ts";
import type { Command } from "./command.ts";
import { givenParameters } from "./physics-given.ts";
import { linkOptions } from "./physics-parameters.ts";
import { sweepChart } from "./physics-sweep-chart.ts";
import { sweepRange } from "./physics-sweep-points.ts";
import { sweep, sweepReport, sweepText } from "./physics-sweep-report.ts";
import { svgFile, svgOption } from "./svg-option.ts";

/** `bellmesh physics sweep`: a link over one of its parameters, and where it is best. */
export const physicsSweep: Command = {
  name: "physics sweep",
  summary: "vary one parameter of a link, and say where it is best",
  description:
    "What `physics link` says, over a range of one parameter, and the values of the best fidelity as heralded, the\n" +
    "best rate and the best secret-key rate (BB84). The best point of the curve is refined between its neighbours,\n" +
    "to nine digits where the curve has one top there. Every point is as exact as `physics link`. With\n" +
    "--min-fidelity every point has the largest α that heralds it. Where nothing says how long an attempt takes,\n" +
    "rates are per attempt.",
  positionals: [],
  options: {
    over: { value: "PARAMETER", summary: "what varies: km, alpha, or another option that is a number" },
    from: { value: "VALUE", summary: "the least value (km: 0, alpha: 0.02)" },
    to: { value: "VALUE", summary: "the greatest value (km: 100, alpha: 0.5)" },
    points: { value: "N", summary: "how many values (km: 21, else 25)" },
    log: { summary: "values at equal ratios instead of equal distances" },
    ...linkOptions,
    svg: svgOption,
  },
  examples: [
    "bellmesh physics sweep --over alpha --platform nv-2020 --km 10",
    "bellmesh physics sweep --over km --platform trapped-ion --to 200 --json",
    "bellmesh physics sweep --over visibility --from 0.5 --to 1 --platform nv-2019 --alpha 0.1",
  ],
  run(given, output) {
    const svg = svgFile(given);
    const found = sweep(givenParameters(given), sweepRange(given));
    if (svg !== undefined) writeFileSync(svg, chartSvg(sweepChart(found)));
    output.result(given.has("json") ? JSON.stringify(sweepReport(found)) : sweepText(found));
    return 0;
  },
};
