/** What a unit of time is in nanoseconds. */
const unitsNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  h: 3600e9,
};

/** The units, as a message names them. */
export const UNITS = "ns, us (µs), ms, s, min and h";

/** Nanoseconds of a duration as people write it, such as "1.5 s" or "200ms"; undefined when the text is none. */
export function durationNs(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^\s*(-?\d+(?:\.\d+)?)\s*([a-zµ]+)\s*$/.exec(text) ?? [];
  const unitNs = unitsNs[unit];
  return unitNs === undefined ? undefined : Math.round(Number(amount) * unitNs);
}
