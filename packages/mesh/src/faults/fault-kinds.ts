import type { EntryOf, FaultKind } from "./fault-kind.ts";
import * as classical from "./kinds/classical.ts";
import * as clocks from "./kinds/clock.ts";
import * as hardware from "./kinds/hardware.ts";
import * as processes from "./kinds/process.ts";

const all = { ...classical, ...processes, ...clocks, ...hardware } as const;

/** What goes wrong, when, and where: the same entries drive the simulation and the real mesh. */
export type FaultEntry = EntryOf<(typeof all)[keyof typeof all]>;

/** The entries of one kind. */
export type FaultOf<Kind extends FaultEntry["kind"]> = Extract<FaultEntry, { kind: Kind }>;

const byName = Object.values<FaultKind>(all).toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** Every kind of fault, by name and in the order of their names. */
export const faultKinds: ReadonlyMap<string, FaultKind> = new Map(byName.map((kind) => [kind.name, kind]));

/** The record of an entry's kind. */
export function kindOf({ kind }: Pick<FaultEntry, "kind">): FaultKind {
  return faultKinds.get(kind) as FaultKind;
}
