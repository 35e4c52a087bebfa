import { bellName } from "@bellmesh/bell";
import type { FibreLight } from "@bellmesh/hardware";
import type { LinkFigures } from "@bellmesh/physics";
import { indented } from "./indented.ts";
import { fidelityText, numberText, timeText } from "./physics-figures.ts";
import { keyRows } from "./physics-key.ts";
import type { DescribedLink } from "./physics-link-input.ts";
import { table } from "./table.ts";

/** What `physics link` says, for people. */
export function linkText(link: DescribedLink): string {
  const { figures } = link;
  return [
    linkTitle(link),
    "",
    indented(table(factRows(link))),
    "",
    "The pair as it is heralded, by what is announced; |1⟩ is bright",
    indented(table(stateRows(figures), "lrrrrrrrr")),
    "",
    "What is missing from a fidelity of 1",
    indented(table(budgetRows(figures), "llrr")),
    "",
    "What the pairs are worth as they are read at both ends",
    indented(table(worthRows(figures), "lr")),
    ...(figures.waiting ? ["", "Waiting for a pair", indented(table(waitingRows(figures), "lr"))] : []),
  ].join("\n");
}

/** A link in one line. */
export function linkTitle({ platforms, scheme, armsKm, alpha, clock }: DescribedLink): string {
  const [first, second] = platforms.map(({ name }) => name);
  const ends = first === second ? first : `${first} and ${second}`;
  const chosen = alpha === undefined ? "" : `, α = ${numberText(alpha)}`;
  const clocks = clock && !clock.isTrusted ? "; CLOCK_UNTRUSTED" : "";
  return `${ends}: ${scheme}${chosen}, ${numberText(armsKm[0])} + ${numberText(armsKm[1])} km${clocks}`;
}

function factRows({ light, clock, figures }: DescribedLink): string[][] {
  const { successProbability, attemptPeriodS, meanAttemptPeriodS, rateHz } = figures;
  const period = attemptPeriodS === undefined ? "not known: give --attempt" : timeText(attemptPeriodS);
  const isPaused = meanAttemptPeriodS !== undefined && meanAttemptPeriodS !== attemptPeriodS;
  return [
    ...lightRows(light),
    ["success probability", numberText(successProbability, 7)],
    ["attempt period", isPaused ? `${period}, with pauses ${timeText(meanAttemptPeriodS)}` : period],
    ...(rateHz === undefined ? [] : [["rate", `${numberText(rateHz)} pairs/s`]]),
    ["fidelity as heralded", fidelityText(figures.fidelity)],
    ["fidelity as delivered", fidelityText(figures.deliveredFidelity)],
    ["age of the halves then", figures.agesS.map(timeText).join(" and ")],
    ...(clock ? [["clocks", clockText(clock)]] : []),
  ];
}

function lightRows([first, second]: DescribedLink["light"]): string[][] {
  if (first === undefined && second === undefined) return [];
  const [text, other] = [lightText(first), lightText(second)];
  return [["light in the fibre", text === other ? text : `${text}; ${other}`]];
}

function lightText(light: FibreLight | undefined): string {
  if (light === undefined) return "telecom";
  const { wavelengthNm, conversion } = light;
  if (conversion === undefined) return `${numberText(wavelengthNm)} nm`;
  const share = numberText(100 * conversion.efficiency);
  return `${numberText(wavelengthNm)} nm, of which ${share} % are converted to ${numberText(conversion.toNm)} nm`;
}

function clockText(clock: NonNullable<DescribedLink["clock"]>): string {
  const bound = `known to ${timeText(clock.boundS)}`;
  if (!clock.isTrusted) return `${bound}: more than half the detection window, so no attempt is made`;
  const lost = numberText(100 * clock.windowsLost, 3);
  return `${bound}; visibility × ${numberText(clock.visibilityFactor, 6)}, ${lost} % of windows lost`;
}

function stateRows({ pair }: LinkFigures): string[][] {
  return [
    ["announced", "share", "fidelity", "⟨00|ρ|00⟩", "⟨01|ρ|01⟩", "⟨10|ρ|10⟩", "⟨11|ρ|11⟩", "coherence"],
    ...pair.announced.map(({ index, probability, matrix, weights }) => [
      bellName(index),
      numberText(probability),
      fidelityText(weights[0]),
      ...[matrix.p00, matrix.p01, matrix.p10, matrix.p11].map(fidelityText),
      fidelityText(index.x ? matrix.innerRe : matrix.outerRe),
    ]),
  ];
}

function budgetRows({ budget }: LinkFigures): string[][] {
  return [
    ["part", "term", "lost", "fidelity without it"],
    ...budget.map(({ part, term, lost, fidelityWithout }) => [
      part,
      term,
      fidelityText(lost),
      fidelityWithout === undefined ? "–" : fidelityText(fidelityWithout),
    ]),
  ];
}

function worthRows({ key, measuredFidelity, rateHz }: LinkFigures): string[][] {
  return [["fidelity, readout uncorrected", fidelityText(measuredFidelity)], ...keyRows(key, rateHz !== undefined)];
}

function waitingRows({ waiting }: LinkFigures): string[][] {
  if (!waiting) return [];
  return [
    ["mean", timeText(waiting.meanS)],
    ["standard deviation", timeText(waiting.standardDeviationS)],
    ...[0.05, 0.5, 0.95, 0.99].map((probability) => [
      `${100 * probability} % by`,
      timeText(waiting.quantileS(probability)),
    ]),
  ];
}
