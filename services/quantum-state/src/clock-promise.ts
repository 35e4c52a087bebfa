import { type Effect, effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { QubitHolder } from "./qubit-holder.ts";

/** What a node's clock-sync has said of its clock: whom it follows, and how far from that it is at most. */
export interface ClockPromise {
  readonly grandmaster: string;
  /** 0: nothing was promised. */
  readonly promisedPs: number;
}

/**
 * A node's clock is about to be set: the ledger is told what it was off by until now, what had been promised of it, and
 * what is promised from now on. Nature alone knows both clocks.
 * @returns nothing for the grandmaster's own clock, which is off by nothing from itself
 */
export function checkClock(
  now: Instant,
  holder: QubitHolder,
  grandmaster: QubitHolder | undefined,
  { grandmaster: named = "", promisedPs = 0 }: ClockCorrection,
): readonly Effect[] {
  const before = holder.promise;
  holder.promise = { grandmaster: named, promisedPs };
  if (!grandmaster || grandmaster === holder) return [];
  const offsetNs = holder.clock.offsetNs(now) - grandmaster.clock.offsetNs(now);
  const clockChecked = {
    node: holder.name,
    grandmaster: grandmaster.name,
    offsetPs: Math.round(Math.abs(offsetNs) * 1000),
    promisedPs: before?.grandmaster === grandmaster.name ? before.promisedPs : 0,
    promisesPs: promisedPs,
  };
  return [effect.record({ $case: "clockChecked", clockChecked })];
}
