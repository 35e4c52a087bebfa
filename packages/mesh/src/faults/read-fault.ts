import { FaultError, Wrong } from "./fault-error.ts";
import { type FaultEntry, faultKinds } from "./fault-kinds.ts";
import type { FaultScope } from "./fault-scope.ts";
import { type Fields, NS_MAX_TEXT } from "./field.ts";
import { refuseWithoutEffect } from "./without-effect.ts";

/** What `forNs` says of a fault without an end. */
export const FOREVER = "forever";

const fields = ["atNs", "forNs", "kind", "target", "args"] as const;

type Data = Readonly<Record<string, unknown>>;

/**
 * Reads an entry `{atNs, forNs, kind, target, args}` from plain data. `forNs` may be left out where the kind is
 * momentary, and is "forever" for a fault without an end; `args` may be left out where none is needed,
 * and a field with a default.
 * @throws FaultError for the first thing that is wrong: an unknown kind, field or target, a value out of bounds,
 * or what could never do anything on this network.
 */
export function readFault(value: unknown, scope: FaultScope): FaultEntry {
  const entry = dataOf([], value);
  const kind = typeof entry.kind === "string" ? faultKinds.get(entry.kind) : undefined;
  if (!kind) throw new FaultError(["kind"], Wrong.word("kind of fault", entry.kind, [...faultKinds.keys()]));
  checkKnown([], entry, fields);
  const atNs = instantOf("atNs", entry.atNs);
  const forNs = kind.isMomentary && entry.forNs === undefined ? 0 : durationOf(entry.forNs);
  const target = readFields(["target"], entry.target, kind.target, scope);
  const args = readFields(["args"], entry.args, kind.args, scope);
  const read = { atNs, forNs, kind: kind.name, target, args } as unknown as FaultEntry;
  refuseWithoutEffect(read, scope);
  return read;
}

function readFields(path: readonly string[], value: unknown, known: Fields, scope: FaultScope): Data {
  const data = value === undefined ? {} : dataOf(path, value);
  checkKnown(path, data, Object.keys(known));
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(known)) {
    if (data[name] === undefined && field.optional) continue;
    if (data[name] === undefined && field.byDefault !== undefined) {
      read[name] = field.byDefault;
      continue;
    }
    const at = [...path, name];
    if (data[name] === undefined) throw new FaultError(at, new Wrong("it is missing", `it is ${field.summary}`));
    const result: unknown = field.read(data[name], scope);
    if (result instanceof Wrong) throw new FaultError(at, result);
    read[name] = result;
  }
  return read;
}

function checkKnown(path: readonly string[], data: Data, known: readonly string[]): void {
  const stranger = Object.keys(data).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const wrong =
    known.length > 0
      ? Wrong.word("field", stranger, known)
      : new Wrong(`there is no field ${JSON.stringify(stranger)}`, "leave it out: there are none");
  throw new FaultError([...path, stranger], wrong);
}

function dataOf(path: readonly string[], value: unknown): Data {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Data;
  throw new FaultError(path, new Wrong("this is no table of fields", "give it as in {node: alice}"));
}

function instantOf(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  const problem = value === undefined ? "it is missing" : `${JSON.stringify(value)} is no time`;
  const orForever = name === "forNs" ? `, or ${FOREVER}` : "";
  throw new FaultError([name], new Wrong(problem, `give whole nanoseconds from 0 to ${NS_MAX_TEXT}${orForever}`));
}

function durationOf(value: unknown): number {
  return value === FOREVER || value === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : instantOf("forNs", value);
}
