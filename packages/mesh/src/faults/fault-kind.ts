import type { Fields, Values } from "./field.ts";

/** Which part of the world a fault befalls. */
export type FaultFamily = "classical" | "process" | "clock" | "hardware";

/**
 * Who lets a fault happen. `host`: what carries messages and runs processes, alone or beside services. `supervisor`:
 * what starts and ends processes; in a simulation that is the host too. `services`: those that own what changes.
 */
export type FaultApplier = "host" | "supervisor" | "services";

/** A kind of fault, told once: the types, the checks, the draws and the tables of the documentation follow from it. */
export interface FaultKind {
  readonly name: string;
  readonly family: FaultFamily;
  readonly summary: string;
  readonly target: Fields;
  readonly args: Fields;
  readonly appliedBy: FaultApplier;
  /** The services that are told when it begins and when it ends. */
  readonly services: readonly string[];
  /** The stack cannot know of it, so that what it claims meanwhile of the fidelity of pairs need not be true. */
  readonly deceives?: true;
  /** It happens at once and has no end of its own: `forNs` means nothing. */
  readonly isMomentary?: true;
}

/** A fault of a kind: what goes wrong, from `atNs` on for `forNs` of true mesh time, which may be Infinity. */
export type EntryOf<Kind extends FaultKind> = Kind extends FaultKind
  ? {
      readonly atNs: number;
      readonly forNs: number;
      readonly kind: Kind["name"];
      readonly target: Values<Kind["target"]>;
      readonly args: Values<Kind["args"]>;
    }
  : never;
