import type { Topology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Herald } from "@bellmesh/wire/feedforward";
import type { End } from "./end.ts";
import type { Success } from "./success.ts";

const USEFUL_FOR_DEFAULT_NS = 1_000_000_000;

/** How long a herald is worth repeating when the arming end does not say: up to the cutoff, where there is one. */
export function usefulForDefaultNs({ cutoffS }: Topology): number {
  return cutoffS === undefined ? USEFUL_FOR_DEFAULT_NS : Math.round(cutoffS * 1e9);
}

/** A herald for one end, and until when it is worth repeating. */
export interface AddressedHerald {
  readonly to: End;
  readonly herald: Herald;
  readonly heraldedAt: Instant;
  readonly notAfter: number;
}

/**
 * Takes what an end has armed, and makes its herald of what both are told.
 * @param usefulForNs where the end did not say; it counts from the herald, for the pair ages while nature is asked
 */
export function heraldOf(end: End, success: Success, heraldedAt: Instant, usefulForNs: number): AddressedHerald {
  const { armed } = end;
  if (!armed) throw new Error("a series succeeds only while both ends are armed");
  end.armed = undefined;
  const herald: Herald = {
    pair: success.pair,
    queueId: armed.queueId,
    pairSequence: success.pairSequence,
    stationIncarnation: success.stationIncarnation,
    armedIncarnation: armed.incarnation,
    bellIndex: success.bellIndex,
    cycle: success.series.decidingCycle,
    attempts: success.attempts,
    clockDifferencePs: success.clockDifferencePs,
  };
  return { to: end, herald, heraldedAt, notAfter: heraldedAt + (armed.usefulForNs || usefulForNs) };
}
