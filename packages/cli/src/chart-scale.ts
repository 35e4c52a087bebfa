import { exp, log } from "@bellmesh/numerics";

/** An axis: where a value stands on it, and where its ticks are. */
export interface Scale {
  /** From 0, its start, to 1, its end; undefined where it has no place. */
  place(value: number): number | undefined;
  readonly ticks: readonly number[];
}

const TICKS = 6;

/** A linear axis from one value to another, which are its ends. */
export function linearScale(from: number, to: number): Scale {
  const [start, end] = to > from ? [from, to] : [from - 0.5, from + 0.5];
  const step = niceStep((end - start) / TICKS);
  const first = Math.ceil(start / step - 1e-9);
  const last = Math.floor(end / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
  return {
    place: (value) => (Number.isFinite(value) ? (value - start) / (end - start) : undefined),
    ticks: ticks.map((tick) => Number(tick.toPrecision(12))),
  };
}

/** A linear axis whose end is a round number not below the largest value. */
export function roundedScale(from: number, to: number): Scale {
  const step = niceStep((to - from) / TICKS);
  const start = Math.floor(from / step + 1e-9) * step;
  return linearScale(start, Math.ceil(to / step - 1e-9) * step);
}

/** The least of 1, 2 and 5 times a power of ten that is no smaller. */
function niceStep(size: number): number {
  if (!(size > 0)) return 1;
  const power = Number(`1e${Math.floor(log(size) / Math.LN10 + 1e-9)}`);
  return ([1, 2, 5].find((factor) => factor * power >= size * (1 - 1e-9)) ?? 10) * power;
}

/** At most so many powers of ten have ticks of their own. */
const DECADES_TICKED = 8;

/** A logarithmic axis between two values above 0, which are its ends. */
export function logarithmicScale(from: number, to: number): Scale {
  const [low, high] = [log(from) / Math.LN10, log(to) / Math.LN10];
  const [start, end] = high - low > 1e-9 ? [low, high] : [low - 0.5, high + 0.5];
  const [first, last] = [Math.ceil(start - 1e-9), Math.floor(end + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / DECADES_TICKED));
  const decades = Array.from({ length: Math.max(0, Math.floor((last - first) / stride) + 1) }, (_, place) =>
    Number(`1e${first + place * stride}`),
  );
  return {
    place: (value) => (value > 0 ? (log(value) / Math.LN10 - start) / (end - start) : undefined),
    ticks: decades.length >= 2 ? decades : fineTicks(exp(start * Math.LN10), exp(end * Math.LN10)),
  };
}

/** 1, 2 and 5 of every power of ten, where that is only one or two. */
function fineTicks(from: number, to: number): readonly number[] {
  const power = Math.floor(log(from) / Math.LN10 + 1e-9);
  const all = [power, power + 1, power + 2].flatMap((decade) =>
    [1, 2, 5].map((factor) => Number(`${factor}e${decade}`)),
  );
  return all.filter((tick) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
}
