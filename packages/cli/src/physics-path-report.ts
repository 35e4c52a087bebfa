import type { PathFigures, WaitingLaw } from "@bellmesh/physics";
import type { Chart } from "./chart.ts";
import { indented } from "./indented.ts";
import { fidelityText, numberText, timeText, waitingReport } from "./physics-figures.ts";
import { keyReport, keyRows } from "./physics-key.ts";
import { cumulativePanel } from "./physics-link-chart.ts";
import type { DescribedPath } from "./physics-path-input.ts";
import { table } from "./table.ts";

/** What `physics path` says, as data. */
export function pathReport({ path, longRun }: DescribedPath, figures: PathFigures) {
  const { key } = figures;
  return {
    nodes: path.nodes.map(({ name }) => name),
    links: path.links.map(({ name, successProbability, periodS, weights }) => ({
      ...{ name, successProbability, attemptPeriodNs: periodS * 1e9 },
      ...{ rateHz: successProbability / periodS, fidelity: weights[0], bellDiagonal: weights },
    })),
    rateHz: figures.rateHz,
    fidelity: figures.fidelity,
    bellDiagonal: figures.weights,
    budget: figures.budget,
    waitingTime: waitingReport(figures.waiting),
    ages: figures.ages.map(({ node, link, law }) => ({ node, link, ...waitingReport(law) })),
    ...keyReport(key),
    isEqualPeriods: figures.isEqualPeriods,
    longRun: longRun ?? null,
  };
}

/** What `physics path` says, for people. */
export function pathText({ title, path, longRun }: DescribedPath, figures: PathFigures): string {
  const { waiting, key } = figures;
  const facts = [
    ["one pair at a time", `${numberText(figures.rateHz)} pairs/s, fidelity ${fidelityText(figures.fidelity)}`],
    ...(longRun
      ? [
          [
            "in the long run, made ahead",
            `${numberText(longRun.rateHz)} pairs/s, fidelity ${fidelityText(longRun.fidelity)}`,
          ],
        ]
      : []),
    ["Bell weights", `${figures.weights.map(fidelityText).join(", ")}`],
    ["waiting time", `${timeText(waiting.meanS)} on average, 95 % by ${timeText(waiting.quantileS(0.95))}`],
    ...keyRows(key, true),
  ];
  return [
    title,
    "",
    indented(table(facts)),
    ...(figures.isEqualPeriods ? [] : ["  links try at different intervals: waiting is approximate"]),
    "",
    "Links",
    indented(table(linkRows(path), "lrrrr")),
    "",
    "What is missing from a fidelity of 1",
    indented(table(budgetRows(figures), "lllrr")),
    "",
    "How old the halves are when they are measured, at the ends delivered",
    indented(table(ageRows(figures), "llrrrr")),
  ].join("\n");
}

function linkRows({ links }: DescribedPath["path"]): string[][] {
  return [
    ["link", "success", "period", "pairs/s", "fidelity"],
    ...links.map(({ name, successProbability, periodS, weights }) => [
      ...[name, numberText(successProbability, 6), timeText(periodS)],
      ...[numberText(successProbability / periodS), fidelityText(weights[0])],
    ]),
  ];
}

function budgetRows({ budget }: PathFigures): string[][] {
  return [
    ["part", "where", "term", "lost", "fidelity without it"],
    ...budget.map(({ part, where, term, lost, fidelityWithout }) => [
      ...[part, where, term, fidelityText(lost), fidelityText(fidelityWithout)],
    ]),
  ];
}

function ageRows({ ages }: PathFigures): string[][] {
  return [
    ["half of", "at", "mean", "median", "95 %", "99 %"],
    ...ages.map(({ node, link, law }) => [
      ...[link, node, timeText(law.meanS)],
      ...[0.5, 0.95, 0.99].map((probability) => timeText(law.quantileS(probability))),
    ]),
  ];
}

/** The budget, the waiting time and the ages of a path. */
export function pathChart({ title }: DescribedPath, figures: PathFigures): Chart {
  const waiting = { name: "pair", report: waitingReport(figures.waiting) };
  const isNew = (law: WaitingLaw, place: number) =>
    figures.ages.findIndex((other) => Math.abs(other.law.meanS / law.meanS - 1) < 1e-9) === place;
  const distinct = figures.ages.filter(({ law }, place) => law.standardDeviationS > 0 && isNew(law, place));
  return {
    title,
    subtitle: `${numberText(figures.rateHz)} pairs/s one at a time, fidelity ${numberText(figures.fidelity, 5)}`,
    panels: [
      {
        kind: "bars",
        xLabel: "fidelity lost",
        bars: figures.budget.map(({ part, where, term, lost }) => ({
          label: `${where}: ${part === "waiting" ? `waiting ${term}` : term}`,
          value: lost,
        })),
      },
      cumulativePanel([waiting], "time since the request", "probability to have come"),
      ...(distinct.length > 0
        ? [
            cumulativePanel(
              distinct
                .slice(0, 6)
                .map(({ node, link, law }) => ({ name: `${link} at ${node}`, report: waitingReport(law) })),
              "age of a half when it is measured or delivered",
              "probability to be no older",
            ),
          ]
        : []),
    ],
  };
}
