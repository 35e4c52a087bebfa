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
import { isData } from "./data.ts";
import { ScheduleError } from "./schedule-error.ts";
import { asWritten, inNanoseconds, whatIsMissing, written } from "./schedule-times.ts";

type Path = readonly (string | number)[];
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
    } catch (thrown) {
      if (!(thrown instanceof FaultError)) throw thrown;
      const error = whatIsMissing(entry, thrown);
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
    throw new ScheduleError(error, error.problem, error.expected);
  }
}

function suggested({ unknown, expected }: FaultError): string {
  const near = unknown && nearest(unknown.word, unknown.known);
  return near === undefined ? expected : `did you mean ${near}?`;
}

function errorAt(document: SourceDocument, path: Path, problem: string, expected: string): ScheduleError {
  const { file } = document;
  return new ScheduleError({ file, line: document.lineOf(path), path: printPath(path) }, problem, expected);
}
