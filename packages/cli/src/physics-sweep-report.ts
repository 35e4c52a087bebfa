import type { LinkFigures } from "@bellmesh/physics";
import { fidelityText, numberText } from "./physics-figures.ts";
import type { GivenParameters } from "./physics-given.ts";
import { optionName } from "./physics-parameters.ts";
import {
  fidelityScore,
  keyEnds,
  keyRateScore,
  type Optimum,
  optimum,
  rateScore,
  type SweepPoint,
  type SweepRange,
  sweepPoint,
} from "./physics-sweep-points.ts";
import { table } from "./table.ts";

/** A sweep and what it finds. */
export interface Sweep {
  /** What was given beside what varies. */
  readonly given: GivenParameters;
  readonly range: SweepRange;
  readonly points: readonly SweepPoint[];
  readonly optima: { readonly fidelity?: Optimum; readonly rate?: Optimum; readonly keyRate?: Optimum };
  /** The last value with a secret key, where it ends within the sweep. */
  readonly keyEnds: number | undefined;
}

/** Looks at a link at every value. @throws ParameterError as `describedLink` */
export function sweep(given: GivenParameters, range: SweepRange): Sweep {
  const points = range.values.map((value) => sweepPoint(given, range.over, value));
  // Where only some values make an attempt take time, as lengths above 0 do, rates are those of these.
  const timed = points.filter(({ figures }) => figures?.rateHz !== undefined);
  const rated = timed.length > 0 ? timed : points;
  const fidelity = optimum(given, range, points, fidelityScore);
  const [rate, keyRate] = [rateScore, keyRateScore].map((score) => optimum(given, range, rated, score));
  return {
    ...{ given, range, points },
    optima: { ...(fidelity && { fidelity }), ...(rate && { rate }), ...(keyRate && { keyRate }) },
    keyEnds: range.isWhole ? undefined : keyEnds(given, range.over, points),
  };
}

/** A sweep as data. */
export function sweepReport({ range, points, optima, keyEnds: ends }: Sweep) {
  return {
    over: range.over,
    curve: points.map(pointReport),
    optimum: {
      fidelity: optimumReport(optima.fidelity),
      rate: optimumReport(optima.rate),
      keyRate: optimumReport(optima.keyRate),
    },
    secretKeyUpTo: ends ?? null,
  };
}

function optimumReport(found: Optimum | undefined) {
  return found ? { ...pointReport(found), isAtEdge: found.isAtEdge } : null;
}

function pointReport({ value, figures, alpha }: SweepPoint) {
  if (!figures) return { value, refusal: "no bright-state population heralds the minimum fidelity" };
  const { key, attemptPeriodS } = figures;
  return {
    value,
    alpha: alpha ?? null,
    successProbability: figures.successProbability,
    attemptPeriodNs: attemptPeriodS === undefined ? null : attemptPeriodS * 1e9,
    rateHz: figures.rateHz ?? null,
    fidelity: figures.fidelity,
    deliveredFidelity: figures.deliveredFidelity,
    errorRates: key.errorRates,
    secretKey: {
      bb84: { fraction: key.bb84Fraction, rateHz: key.bb84RateHz },
      sixState: { fraction: key.sixStateFraction, rateHz: key.sixStateRateHz },
    },
  };
}

/** A sweep for people: the curve as a table, then where it is best. */
export function sweepText(found: Sweep): string {
  const { range, points, optima, keyEnds: ends } = found;
  const isTimed = points.some(({ figures }) => figures?.rateHz !== undefined);
  const name = optionName(range.over);
  const rate = isTimed ? "pairs/s" : "pairs/attempt";
  const bits = isTimed ? "BB84 bit/s" : "BB84 bit/attempt";
  const rated = (figures: LinkFigures, text: () => string) => (isTimed && figures.rateHz === undefined ? "–" : text());
  const cells = ({ value, figures }: SweepPoint) => [
    numberText(value, 6),
    ...(figures
      ? [
          numberText(figures.successProbability, 5),
          rated(figures, () => numberText(rateScore(figures), 5)),
          fidelityText(figures.fidelity),
          fidelityText(figures.deliveredFidelity),
          numberText(figures.key.errorRates.z, 4),
          numberText(figures.key.errorRates.x, 4),
          rated(figures, () => numberText(keyRateScore(figures), 4)),
        ]
      : ["no α for this fidelity"]),
  ];
  const head = [name, "success", rate, "fidelity", "delivered", "QBER Z", "QBER X", bits];
  const best = [
    ["best", "at", ...head.slice(1)],
    ...optimumRow("fidelity", optima.fidelity, cells),
    ...optimumRow("rate", optima.rate, cells),
    ...optimumRow("key rate", optima.keyRate, cells),
  ];
  const isEdge = Object.values(optima).some(({ isAtEdge }) => isAtEdge);
  return [
    table([head, ...points.map(cells)], "rrrrrrrr"),
    "",
    table(best, "lrrrrrrrr"),
    ...(isEdge ? ["* at an end of the sweep: there may be better beyond"] : []),
    ...(optima.keyRate ? [] : ["no secret key at any of these"]),
    ...(ends === undefined ? [] : [`secret key up to ${name} ${numberText(ends, 6)}`]),
  ].join("\n");
}

function optimumRow(what: string, found: Optimum | undefined, cells: (point: SweepPoint) => string[]): string[][] {
  return found ? [[`${what}${found.isAtEdge ? " *" : ""}`, ...cells(found)]] : [];
}
