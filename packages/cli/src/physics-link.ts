import { writeFileSync } from "node:fs";
import { chartSvg } from "./chart-svg.ts";
import type { Command } from "./command.ts";
import { givenParameters } from "./physics-given.ts";
import { linkChart } from "./physics-link-chart.ts";
import { type DescribedLink, describedLink, NoAlpha } from "./physics-link-input.ts";
import { linkReport } from "./physics-link-report.ts";
import { linkText } from "./physics-link-text.ts";
import { linkOptions } from "./physics-parameters.ts";
import { refuse } from "./refuse.ts";
import { svgFile, svgOption } from "./svg-option.ts";

/** `bellmesh physics link`: what a link yields, from its parameters alone. */
export const physicsLink: Command = {
  name: "physics link",
  summary: "say what a heralded link yields, and what costs it fidelity",
  description:
    "Success probability, attempt period, rate, heralded state, fidelity with a budget term by term, waiting times,\n" +
    "error rates and secret key of one link. What the platform and the options say decides it. All of it is exact\n" +
    "for the model of the scheme (docs/physics.md), but for thermal photons of deterministic links, which are an\n" +
    "estimate; with pauses (--duty-cycle) waiting times take the mean period. Herald terms add up to 1 − fidelity,\n" +
    "each as the fidelity falls when it joins those above it. bellDiagonal is in the order k = 2z + x (phi+, psi+,\n" +
    "phi-, psi-) and, like populations (00, 01, 10, 11) and coherence, of the pair that is announced first.\n" +
    "Exit code 1 when no α heralds --min-fidelity.",
  positionals: [],
  options: { ...linkOptions, svg: svgOption },
  examples: [
    "bellmesh physics link --platform nv-2019 --km 25 --scheme single-click --alpha 0.1",
    "bellmesh physics link --platform nv-2019 --km 25 --scheme single-click --alpha 0.1 --json",
    "bellmesh physics link --scheme double-click --eta-a 0.1 --eta-b 0.3 --dark-prob 1e-3 --visibility 0.8",
    "bellmesh physics link --platform nv-2019 --alpha 0.1 --clock ptp-hardware",
  ],
  run(given, output) {
    const svg = svgFile(given);
    let link: DescribedLink;
    try {
      link = describedLink(givenParameters(given));
    } catch (error) {
      if (error instanceof NoAlpha) return refuse(given, output, "UNSUPPORTED", error.message);
      throw error;
    }
    if (svg !== undefined) writeFileSync(svg, chartSvg(linkChart(link)));
    output.result(given.has("json") ? JSON.stringify(linkReport(link)) : linkText(link));
    return 0;
  },
};
