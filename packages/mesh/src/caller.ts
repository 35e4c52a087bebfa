import type { Address } from "./host.ts";
import { Code, failure, type Status } from "./status.ts";

/**
 * Whether a caller may use a service that serves its own place only: the one check of identity by place.
 * @param what the service refuses in the name of, for people: "the link layer of alice".
 * @returns why not, or undefined.
 */
export function refusalOfForeign(from: Address, place: string, what: string): Status | undefined {
  if (from.endsWith(`/${place}`)) return undefined;
  return failure(Code.PERMISSION_DENIED, `${from} may not use ${what}`, "NOT_THIS_NODE");
}
