import type { LinkClockCost, Verdict } from "@bellmesh/simulation";
import type { Histogram } from "@bellmesh/wire/telemetry";
import type { FidelitySum } from "./fidelity-of-ends.ts";

/** What a mesh has done so far, from its ledger and from what its processes say about themselves. */
export interface MeshAccount {
  readonly ledger: { readonly events: number; readonly sha256: string };
  readonly verdicts: readonly Verdict[];
  /** How often a register outgrew every engine. */
  readonly emulatorLimits: number;
  /** Nature's fidelity of the pairs delivered between the two ends that were asked for. */
  readonly fidelity: FidelitySum;
  /** What imperfect clocks have cost the links of all requests. */
  readonly clocks: readonly LinkClockCost[];
  /** Of all processes of services, those that have ended too, and of the bus. */
  readonly cpuMs: number;
  /** Given to machines. */
  readonly inputs: number;
  /** Of messages between places: how much later than light they came, and how long they took, in ns of mesh time. */
  readonly messages: MessageTimes;
}

export interface MessageTimes {
  readonly messageExcess: Histogram;
  readonly messageOneWay: Histogram;
}

/** What an account is to be of. */
export interface AccountQuery {
  readonly from: string;
  readonly to: string;
  /** Nothing is under way any more, so that what is unfinished stays so. */
  readonly atQuiescence: boolean;
}

/** The times of the messages that came between two accounts. */
export function messagesBetween(before: MessageTimes, after: MessageTimes): MessageTimes {
  return {
    messageExcess: histogramBetween(before.messageExcess, after.messageExcess),
    messageOneWay: histogramBetween(before.messageOneWay, after.messageOneWay),
  };
}

/** Counts only grow. The largest of what came between is not known, but for its bucket: all there were bound it. */
function histogramBetween(before: Histogram, after: Histogram): Histogram {
  return {
    count: after.count - before.count,
    sum: after.sum - before.sum,
    max: after.max,
    buckets: after.buckets.map((counted, bucket) => counted - (before.buckets[bucket] ?? 0)),
  };
}
