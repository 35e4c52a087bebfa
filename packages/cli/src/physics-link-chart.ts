import type { Chart, CurvePanel } from "./chart.ts";
import { numberText, timeUnit, type WaitingReport, waitingReport } from "./physics-figures.ts";
import type { DescribedLink } from "./physics-link-input.ts";
import { linkTitle } from "./physics-link-text.ts";

/** The budget and the waiting time of a link. */
export function linkChart(link: DescribedLink): Chart {
  const { figures } = link;
  const success = numberText(figures.successProbability);
  const rate = figures.rateHz === undefined ? "" : `, ${numberText(figures.rateHz)} pairs/s`;
  return {
    title: linkTitle(link),
    subtitle: `success probability ${success}${rate}, fidelity ${numberText(figures.fidelity, 5)}`,
    panels: [
      {
        kind: "bars",
        xLabel: "fidelity lost",
        bars: figures.budget.map(({ part, term, lost }) => ({ label: `${part}: ${term}`, value: lost })),
      },
      ...(figures.waiting
        ? [
            cumulativePanel(
              [{ name: "waiting for a pair", report: waitingReport(figures.waiting) }],
              "time since the request",
              "probability to have come",
            ),
          ]
        : []),
    ],
  };
}

/** How probable it is that something has come, over time. */
export function cumulativePanel(
  laws: readonly { readonly name: string; readonly report: WaitingReport }[],
  what: string,
  yLabel: string,
): CurvePanel {
  const latestS = Math.max(...laws.map(({ report }) => (report.cumulative.at(-1)?.timeNs ?? 0) * 1e-9));
  const { size, unit } = timeUnit(latestS);
  return {
    kind: "curves",
    xLabel: `${what} (${unit})`,
    yLabel,
    xRange: [0, latestS / size],
    yRange: [0, 1],
    curves: laws.map(({ name, report }) => ({
      name,
      points: report.cumulative.map(({ timeNs, probability }) => [(timeNs * 1e-9) / size, probability] as const),
    })),
  };
}
