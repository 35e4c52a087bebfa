import { FaultError, faultKinds } from "@bellmesh/mesh";
import { type Data, isData } from "./data.ts";
import { durationNs, UNITS } from "./duration-text.ts";

/** In nanoseconds a field ends so; without it, it holds a text with its unit. */
const NANOSECONDS = "Ns";
const LONGEST_H = 2501;

const examples: Readonly<Record<string, string>> = {
  at: `give a time with a unit, as in 1 s; units are ${UNITS}`,
  for: `give a time with a unit, as in 200 ms, or forever; units are ${UNITS}`,
};
const EXAMPLE = `give a time with a unit, as in 5 ms; units are ${UNITS}`;

/**
 * An entry whose fields with units are whole nanoseconds under their full names. What is no time of the entry or of its
 * kind stays as it is.
 * @throws FaultError for a time that is none, is given twice, or is longer than nanoseconds can be told
 */
export function inNanoseconds(entry: unknown): unknown {
  if (!isData(entry)) return entry;
  const parts: Record<string, unknown> = converted([], entry, ["atNs", "forNs"]);
  const kind = typeof entry.kind === "string" ? faultKinds.get(entry.kind) : undefined;
  for (const part of ["target", "args"] as const) {
    if (isData(entry[part])) parts[part] = converted([part], entry[part], Object.keys(kind?.[part] ?? {}));
  }
  return parts;
}

/** What is wrong with a field of the entry's own that is missing, for whoever writes times with units. */
export function whatIsMissing(entry: unknown, error: FaultError): FaultError {
  const [field = "", ...deeper] = error.path;
  const short = field.slice(0, -NANOSECONDS.length);
  const expected = examples[short];
  const isMissing = field.endsWith(NANOSECONDS) && isData(entry) && !(field in entry) && !(short in entry);
  return isMissing && deeper.length === 0 && expected !== undefined ? wrong([short], "it is missing", expected) : error;
}

/** The path of a field as the file writes it: with the ending Ns or without. */
export function written(entry: unknown, path: readonly string[]): readonly string[] {
  let data = entry;
  return path.map((name) => {
    const short = name.slice(0, -NANOSECONDS.length);
    const is = isData(data) && !(name in data) && name.endsWith(NANOSECONDS) && short in data ? short : name;
    data = isData(data) ? data[is] : undefined;
    return is;
  });
}

/** What is wrong, with a time as the file has it and not in the nanoseconds that were read. */
export function asWritten(problem: string, entry: unknown, field: readonly string[]): string {
  const value = field.reduce<unknown>((data, name) => (isData(data) ? data[name] : undefined), entry);
  const ns = typeof value === "string" ? durationNs(value) : undefined;
  return ns === undefined ? problem : problem.replace(JSON.stringify(ns), JSON.stringify(value));
}

/** @param known the full names of the fields that may stand there */
function converted(path: readonly string[], data: Data, known: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const full = fullName(name);
      const isTime = full !== name && known.includes(full);
      if (isTime) return [full, timeOf([...path, name], value, full in data)];
      // Of a field that nobody knows, the name is what is wrong, and stays as it was written.
      const isFull = full === name && known.includes(name) && typeof value === "string";
      return [name, isFull ? (durationNs(value) ?? value) : value];
    }),
  );
}

function timeOf(path: readonly string[], value: unknown, isGivenTwice: boolean): unknown {
  const name = path.at(-1) as string;
  const expected = (path.length === 1 && examples[name]) || EXAMPLE;
  if (isGivenTwice) throw wrong(path, `it is there twice, as ${name} and ${fullName(name)}`, "give one of both");
  if (name === "for" && value === "forever") return value;
  const ns = typeof value === "string" ? durationNs(value) : undefined;
  if (ns === undefined) throw wrong(path, `${JSON.stringify(value)} is no time`, expected);
  if (Math.abs(ns) > Number.MAX_SAFE_INTEGER) {
    throw wrong(path, `${JSON.stringify(value)} is too long`, `give at most ${LONGEST_H} h`);
  }
  if (ns < 0 && path.length === 1) throw wrong(path, `${JSON.stringify(value)} is no time`, `${expected}, from 0 s on`);
  return ns;
}

function fullName(name: string): string {
  return name.endsWith(NANOSECONDS) || name === "ns" ? name : `${name}${NANOSECONDS}`;
}

function wrong(path: readonly string[], problem: string, expected: string): FaultError {
  return new FaultError(path, { problem, expected, unknown: undefined });
}
