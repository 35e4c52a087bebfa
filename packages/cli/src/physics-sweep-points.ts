import { ParameterError } from "@bellmesh/hardware";
import { exp, log } from "@bellmesh/numerics";
import type { LinkFigures } from "@bellmesh/physics";
import type { Arguments } from "./arguments.ts";
import type { GivenParameters } from "./physics-given.ts";
import { describedLink, NoAlpha } from "./physics-link-input.ts";
import { type LinkParameterName, linkParameterTable, optionName } from "./physics-parameters.ts";
import { UsageError } from "./usage-error.ts";

/** What varies in a sweep, and how. */
export interface SweepRange {
  readonly over: LinkParameterName;
  readonly values: readonly number[];
  readonly isLog: boolean;
  /** Only whole numbers make sense. */
  readonly isWhole: boolean;
}

/** A link at one value of the parameter; no figures where no α heralds the minimum fidelity. */
export interface SweepPoint {
  readonly value: number;
  readonly figures: LinkFigures | undefined;
  readonly alpha: number | undefined;
}

/** A link at which something is greatest. */
export interface Optimum extends SweepPoint {
  readonly figures: LinkFigures;
  /** Whether it lies at an end of the sweep, so that more may lie beyond. */
  readonly isAtEdge: boolean;
}

const usualRanges: Readonly<Partial<Record<LinkParameterName, readonly [from: number, to: number, points: number]>>> = {
  km: [0, 100, 21],
  alpha: [0.02, 0.5, 25],
};
const POINTS_MAX = 2000;

/**
 * What --over, --from, --to, --points and --log say.
 * @throws UsageError for a parameter there is not, or a range that is none
 */
export function sweepRange(given: Arguments): SweepRange {
  const numbers = Object.entries(linkParameterTable).filter(([, { kind }]) => kind === "number");
  const word = given.requiredText("over", "name what varies: km, alpha or another number, as in --over km");
  const over = numbers.find(([name]) => name === word || optionName(name) === word)?.[0] as
    | LinkParameterName
    | undefined;
  if (over === undefined) {
    const names = numbers.map(([name]) => optionName(name)).join(", ");
    throw new UsageError(`--over ${JSON.stringify(word)} is no number of a link`, `give one of ${names}`);
  }
  const usual = usualRanges[over];
  const [from, to] = [given.number("from") ?? usual?.[0], given.number("to") ?? usual?.[1]];
  if (from === undefined || to === undefined) {
    throw new UsageError(`a sweep over ${optionName(over)} has no usual range`, "give --from and --to");
  }
  if (!(from < to)) throw new UsageError(`--from ${from} is not below --to ${to}`, "give the lesser one first");
  const isLog = given.has("log");
  if (isLog && !(from > 0)) throw new UsageError(`--log cannot start at ${from}`, "give a --from above 0");
  const points = given.wholeNumber("points", 2, POINTS_MAX) ?? usual?.[2] ?? 25;
  const isWhole = over === "modes";
  const raw = Array.from({ length: points }, (_, place) => valueAt(from, to, place / (points - 1), isLog));
  const values = isWhole ? [...new Set(raw.map(Math.round))] : raw;
  return { over, values, isLog, isWhole };
}

function valueAt(from: number, to: number, share: number, isLog: boolean): number {
  if (share === 0) return from;
  if (share === 1) return to;
  const value = isLog ? exp(log(from) + share * (log(to) - log(from))) : from + share * (to - from);
  return Number(value.toPrecision(12));
}

/**
 * A link at one value.
 * @throws ParameterError as `describedLink`
 */
export function sweepPoint(given: GivenParameters, over: LinkParameterName, value: number): SweepPoint {
  try {
    const { figures, alpha } = describedLink(given.with(over, value));
    return { value, figures, alpha };
  } catch (error) {
    if (!(error instanceof NoAlpha)) throw error;
    return { value, figures: undefined, alpha: undefined };
  }
}

/** What a sweep may look for: the higher, the better. */
export type Score = (figures: LinkFigures) => number;

/** As heralded. */
export const fidelityScore: Score = ({ fidelity }) => fidelity;
/** In pairs a second, or an attempt where nothing says how long one takes. */
export const rateScore: Score = ({ rateHz, successProbability }) => rateHz ?? successProbability;
/** Secret bits of BB84, likewise. */
export const keyRateScore: Score = (figures) => figures.key.bb84Fraction * rateScore(figures);

const REFINEMENTS = 60;
/** 1/φ, of the golden section. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Where a score is greatest: the best point of the sweep, refined between its neighbours by golden sections (Kiefer
 * 1953), which find the top if there is one there; undefined where it is nowhere above 0.
 */
export function optimum(
  given: GivenParameters,
  { over, isWhole }: SweepRange,
  points: readonly SweepPoint[],
  score: Score,
): Optimum | undefined {
  const scores = points.map(({ figures }) => (figures ? score(figures) : 0));
  const highest = Math.max(...scores);
  if (!(highest > 0)) return undefined;
  const place = scores.indexOf(highest);
  const isAtEdge = place === 0 || place === points.length - 1;
  let best = points[place] as SweepPoint;
  if (!isWhole && !isAtEdge) {
    const at = (value: number) => sweepPoint(given, over, value);
    const scoreOf = ({ figures }: SweepPoint) => (figures ? score(figures) : 0);
    let [from, to] = [(points[place - 1] as SweepPoint).value, (points[place + 1] as SweepPoint).value];
    for (let refinement = 0; refinement < REFINEMENTS && to - from > 1e-9 * Math.abs(to); refinement += 1) {
      const [low, high] = [at(to - GOLDEN * (to - from)), at(from + GOLDEN * (to - from))];
      if (scoreOf(low) < scoreOf(high)) from = low.value;
      else to = high.value;
      for (const one of [low, high]) if (scoreOf(one) > scoreOf(best)) best = one;
    }
  }
  if (!best.figures) throw new ParameterError(over, best.value, "no pair is heralded there");
  return { ...best, figures: best.figures, isAtEdge };
}

/** The last value at which there is a secret key, between two points of the sweep; undefined if at none or all. */
export function keyEnds(
  given: GivenParameters,
  over: LinkParameterName,
  points: readonly SweepPoint[],
): number | undefined {
  const isSecret = ({ figures }: SweepPoint) => figures !== undefined && figures.key.bb84Fraction > 0;
  const last = points.findLastIndex(isSecret);
  if (last < 0 || last === points.length - 1) return undefined;
  let [yes, no] = [(points[last] as SweepPoint).value, (points[last + 1] as SweepPoint).value];
  for (let halving = 0; halving < REFINEMENTS && no - yes > 1e-9 * Math.abs(no); halving += 1) {
    const middle = (yes + no) / 2;
    if (isSecret(sweepPoint(given, over, middle))) yes = middle;
    else no = middle;
  }
  return yes;
}
