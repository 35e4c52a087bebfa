import { readFileSync } from "node:fs";
import { type FaultEntry, FaultError, type FaultScope, readFault } from "@bellmesh/mesh";
import {
  nearest,
  printPath,
  readDocument,
  type SourceDocument,
  TopologyError,
  whyUnreadable,
} from "@bellmesh/topology";
import { durationNs } from "./duration-text.ts";
import { ScheduleError } from "./schedule-error.ts";

type Path = readonly (string | number)[];
type Data = Readonly<Record<string, unknown>>;

/** In nanoseconds a field ends so; without it, it holds a text with its unit. */
const NANOSECONDS = "Ns";
const EXAMPLE = "as in faults: [{at: 1 s, for: 200 ms, kind: loss, target: {}, args: {probability: 0.1}}]";

/**
 * Reads a schedule from a file.
 * @throws ScheduleError as parseSchedule does, and for a file that cannot be read
 */
export function loadSchedule(file: string, scope: FaultScope): readonly FaultEntry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ScheduleError({ file, path: "" }, whyUnreadable(error), "give a file of faults, YAML or JSON");
  }
  return parseSchedule(text, file, scope);
}

/**
 * Reads the text of a schedule, YAML or JSON: a list of entries `{atNs, forNs, kind, target, args}`, by itself or under
 * `faults`. Any field in nanoseconds may be written without the ending Ns as a text with its unit: `at: 1.5 s`.
 * @param file the name to give in errors
 * @throws ScheduleError naming the line of the first mistake
 */
export function parseSchedule(text: string, file: string, scope: FaultScope): readonly FaultEntry[] {
  const document = readText(text, file);
  const { value } = document;
  const at: Path = isData(value) ? ["faults"] : [];
  const stranger = isData(value) ? Object.keys(value).find((name) => name !== "faults") : undefined;
  if (stranger !== undefined) throw errorAt(document, [stranger], "there is no such field", `list entries ${EXAMPLE}`);
  const entries = isData(value) ? value.faults : value;
  if (!Array.isArray(entries)) throw errorAt(document, at, "this is no list of faults", `write one ${EXAMPLE}`);
  return entries.map((entry: unknown, place) => {
    const path = [...at, place];
    try {
      return readFault(inNanoseconds(entry), scope);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const field = written(entry, error.path);
      throw errorAt(document, [...path, ...field], asWritten(error.problem, entry, field), suggested(error));
    }
  });
}

function readText(text: string, file: string): SourceDocument {
  try {
    return readDocument(text, file);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    throw new ScheduleError(error, "not valid YAML", error.expected);
  }
}

/** Fields with units, as whole nanoseconds under their full names. What is no duration stays as it is. */
function inNanoseconds(entry: unknown): unknown {
  if (!isData(entry)) return entry;
  const parts: Record<string, unknown> = converted(entry);
  for (const part of ["target", "args"]) if (isData(entry[part])) parts[part] = converted(entry[part]);
  return parts;
}

function converted(data: Data): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      if (typeof value !== "string") return [name, value];
      const full = fullName(name);
      // Given twice, with its ending and without, it is left as it stands, and refused as unknown.
      if (full !== name && full in data) return [name, value];
      const ns = durationNs(value);
      if (ns !== undefined) return [full, ns];
      return [name === "at" || name === "for" ? full : name, value];
    }),
  );
}

function fullName(name: string): string {
  return name.endsWith(NANOSECONDS) || name === "ns" ? name : `${name}${NANOSECONDS}`;
}

/** The path of a field as the file writes it: with the ending Ns or without. */
function written(entry: unknown, path: readonly string[]): Path {
  let data = entry;
  return path.map((name) => {
    const short = name.slice(0, -NANOSECONDS.length);
    const is = isData(data) && !(name in data) && name.endsWith(NANOSECONDS) && short in data ? short : name;
    data = isData(data) ? data[is] : undefined;
    return is;
  });
}

/** What is wrong, with a time as the file has it and not in the nanoseconds that were read. */
function asWritten(problem: string, entry: unknown, field: Path): string {
  const value = field.reduce<unknown>((data, name) => (isData(data) ? data[name] : undefined), entry);
  const ns = typeof value === "string" ? durationNs(value) : undefined;
  return ns === undefined ? problem : problem.replace(JSON.stringify(ns), JSON.stringify(value));
}

function suggested({ unknown, expected }: FaultError): string {
  const near = unknown && nearest(unknown.word, unknown.known);
  return near === undefined ? expected : `did you mean ${near}?`;
}

function errorAt(document: SourceDocument, path: Path, problem: string, expected: string): ScheduleError {
  const { file } = document;
  return new ScheduleError({ file, line: document.lineOf(path), path: printPath(path) }, problem, expected);
}

function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
