import type { FaultChange } from "./active-faults.ts";
import type { FaultOf } from "./fault-kinds.ts";

/** A clock whose oscillator can be made to run fast for a time. */
export interface DriftingClock {
  /** From one true instant to another the oscillator gains so much; what it has gained stays. */
  drift(fromNs: number, untilNs: number, ppb: number): void;
}

/**
 * Lets an oscillator drift as a fault says. All of it is known when it begins, so that its end asks for something only
 * where it comes early.
 */
export function driftClock(
  clock: DriftingClock,
  { kind, fault }: Pick<FaultChange, "kind" | "fault">,
  nowNs: number,
): void {
  const { atNs, forNs, args } = fault as FaultOf<"clock-drift">;
  const untilNs = atNs + forNs;
  if (kind === "fault-began") clock.drift(atNs, untilNs, args.ppb);
  else if (nowNs < untilNs) clock.drift(nowNs, untilNs, -args.ppb);
}
