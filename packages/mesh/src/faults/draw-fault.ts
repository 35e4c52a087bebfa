import { type EntropyStream, exp, log } from "@bellmesh/numerics";
import type { FaultKind } from "./fault-kind.ts";
import type { FaultEntry } from "./fault-kinds.ts";
import type { FaultScope } from "./fault-scope.ts";
import type { Fields } from "./field.ts";

/** Within which time a fault is drawn. */
export interface FaultWindow {
  readonly fromNs: number;
  /** It has ended by then. */
  readonly untilNs: number;
}

/** The shortest that is drawn, where the window is longer. */
const LASTS_MIN_NS = 200_000;

/**
 * Draws a fault of a kind for a network: when it begins, uniformly; how long it lasts, every order of magnitude from
 * 0.2 ms to what is left of the window as likely; whom it befalls and how hard, as the kind's fields say.
 */
export function drawFault(kind: FaultKind, scope: FaultScope, chance: EntropyStream, window: FaultWindow): FaultEntry {
  const { fromNs, untilNs } = window;
  const atNs = Math.floor(fromNs + chance.uniform() * (untilNs - fromNs));
  const leftNs = untilNs - atNs;
  const shortest = Math.min(LASTS_MIN_NS, leftNs);
  const lastsNs = Math.round(shortest * exp(chance.uniform() * log(Math.max(1, leftNs / shortest))));
  const target = drawn(kind.target, scope, chance);
  const args = drawn(kind.args, scope, chance);
  const forNs = kind.isMomentary ? 0 : Math.min(lastsNs, leftNs);
  return { atNs, forNs, kind: kind.name, target, args } as unknown as FaultEntry;
}

function drawn(fields: Fields, scope: FaultScope, chance: EntropyStream): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value: unknown = field.draw(chance, scope, values);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
