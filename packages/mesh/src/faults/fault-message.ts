import type { FaultEntry as FaultMessage } from "@bellmesh/wire/fault";
import { FaultError, Wrong } from "./fault-error.ts";
import type { FaultEntry } from "./fault-kinds.ts";
import type { FaultScope } from "./fault-scope.ts";
import { faultData } from "./fault-text.ts";
import { FOREVER, readFault } from "./read-fault.ts";

/** An entry as it travels and as the ledger has it. */
export function faultMessage(entry: FaultEntry): FaultMessage {
  const { target, args } = faultData(entry);
  return {
    atNs: entry.atNs,
    forNs: entry.forNs === Number.POSITIVE_INFINITY ? undefined : entry.forNs,
    kind: entry.kind,
    target: JSON.stringify(target),
    args: JSON.stringify(args),
  };
}

/** What the ledger says of an entry when it begins, and when it ends. */
export function faultRecord(entry: FaultEntry): { readonly fault: FaultMessage } {
  return { fault: faultMessage(entry) };
}

/** The entry of a message. @throws FaultError for what is wrong with it */
export function faultOf(message: FaultMessage, scope: FaultScope): FaultEntry {
  const { atNs, forNs = FOREVER, kind } = message;
  const [target, args] = [parsed("target", message.target), parsed("args", message.args)];
  return readFault({ atNs, forNs, kind, target, args }, scope);
}

function parsed(field: string, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new FaultError([field], new Wrong("this is no JSON", 'give an object as in {"node": "alice"}'));
  }
}
