import { type FaultEntry, kindOf } from "./fault-kinds.ts";
import { FOREVER } from "./read-fault.ts";

/** An entry as plain data that JSON can hold; fields in the order of the kind's record, so that equals look equal. */
export function faultData(entry: FaultEntry): Readonly<Record<string, unknown>> {
  const { target, args } = kindOf(entry);
  const ordered = (fields: object, values: object) => {
    const data = values as Readonly<Record<string, unknown>>;
    const names = Object.keys(fields).filter((name) => data[name] !== undefined);
    return Object.fromEntries(names.map((name) => [name, data[name]]));
  };
  return {
    atNs: entry.atNs,
    forNs: entry.forNs === Number.POSITIVE_INFINITY ? FOREVER : entry.forNs,
    kind: entry.kind,
    target: ordered(target, entry.target),
    args: ordered(args, entry.args),
  };
}

/** An entry as one line of JSON, the same for equal entries. */
export function faultText(entry: FaultEntry): string {
  return JSON.stringify(faultData(entry));
}
