import type { Chart } from "./chart.ts";
import { numberText } from "./physics-figures.ts";
import { linkParameterTable, optionName } from "./physics-parameters.ts";
import { fidelityScore, keyRateScore, type Optimum, rateScore } from "./physics-sweep-points.ts";
import type { Sweep } from "./physics-sweep-report.ts";

/** Units by what stands for a value in help. */
const units: Readonly<Record<string, string>> = {
  ...{ KM: "km", DB_PER_KM: "dB/km", KM_PER_S: "km/s", NM: "nm", HZ: "Hz", RAD: "rad", NS: "ns", S: "s" },
};
/** Names of axes that an option's own name does not explain. */
const names: Readonly<Record<string, string>> = { KM: "fibre" };

/** A sweep as a drawing: fidelities, rates, error rates. */
export function sweepChart({ given, range, points, optima }: Sweep): Chart {
  const name = optionName(range.over);
  const { summary, value } = linkParameterTable[range.over];
  const varied = summary.replace(/ \(default: .*\)/, "");
  const all = [...points, ...Object.values(optima)].sort((a, b) => a.value - b.value);
  const seen = all.flatMap(({ value, figures }) => (figures ? [{ value, figures }] : []));
  const scheme = given.text("scheme");
  const isTimed = seen.some(({ figures }) => figures.rateHz !== undefined);
  const xAxis = {
    kind: "curves" as const,
    xLabel: value in units ? `${names[value] ?? name} (${units[value]})` : name,
    xLog: range.isLog,
  };
  const curve = (label: string, of: (figures: (typeof seen)[number]["figures"]) => number) => ({
    name: label,
    points: seen.map(({ value, figures }) => [value, of(figures)] as const),
  });
  const mark = (label: string, found: Optimum | undefined, score: (figures: Optimum["figures"]) => number) =>
    found ? [{ at: [found.value, score(found.figures)] as const, label: `${label}: ${numberText(found.value)}` }] : [];
  return {
    title: `A link over ${name}`,
    subtitle: `${given.text("platform") ?? "ideal"}${scheme === undefined ? "" : `, ${scheme}`}: ${varied}`,
    panels: [
      {
        ...{ ...xAxis, yLabel: "fidelity" },
        curves: [
          curve("as heralded", fidelityScore),
          curve("as delivered", ({ deliveredFidelity }) => deliveredFidelity),
        ],
        marks: mark("best fidelity", optima.fidelity, fidelityScore),
      },
      {
        ...{ ...xAxis, yLabel: isTimed ? "per second" : "per attempt", yLog: true },
        curves: [
          curve("pairs", (figures) => (isTimed ? (figures.rateHz ?? 0) : rateScore(figures))),
          curve("secret bits (BB84)", (figures) => (isTimed ? figures.key.bb84RateHz : keyRateScore(figures))),
        ],
        marks: [...mark("best rate", optima.rate, rateScore), ...mark("best key rate", optima.keyRate, keyRateScore)],
      },
      {
        ...{ ...xAxis, yLabel: "quantum bit error rate" },
        curves: [curve("in Z", ({ key }) => key.errorRates.z), curve("in X", ({ key }) => key.errorRates.x)],
      },
    ],
  };
}
