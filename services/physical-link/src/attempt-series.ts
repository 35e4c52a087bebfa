import type { QueueId } from "@bellmesh/wire/physical-link";

/** What one end has armed: cycles first, first + stride, … up to until. */
export interface ArmedCycles {
  readonly queueId: QueueId;
  readonly firstCycle: number;
  readonly stride: number;
  readonly untilCycle: number;
  /** Bright-state population at the link's first end, where the scheme has one. */
  readonly alpha?: number | undefined;
}

/** Why a series ends without success: its arms do, the link goes down, or attempts pause. */
export type SeriesLimit = "until" | "down" | "pause";

/** Cycles in which both ends fire. */
export interface CommonCycles {
  readonly firstCycle: number;
  readonly stride: number;
  readonly lastCycle: number;
}

/**
 * What two armed series have in common.
 * "mismatch": the ends disagree on the queue item or on how often they fire; "alpha-mismatch": on α. "never": both
 * strides are equal, but their cycles never coincide. "apart": they would, but one ends before the other starts.
 */
export type Pairing = CommonCycles | "mismatch" | "alpha-mismatch" | "never" | "apart";

/**
 * Pairs two armed series: the first common cycle is the first both have reached that was not tried before.
 * @param unspentCycle cycles before this one have been tried already
 */
export function paired(one: ArmedCycles, other: ArmedCycles, unspentCycle: number): Pairing {
  if (!isSame(one.queueId, other.queueId)) return "mismatch";
  if (one.stride !== other.stride) return "mismatch";
  if (one.alpha !== other.alpha) return "alpha-mismatch";
  const { stride } = one;
  if ((one.firstCycle - other.firstCycle) % stride !== 0) return "never";
  const start = Math.max(one.firstCycle, other.firstCycle);
  const skipped = Math.max(0, Math.ceil((unspentCycle - start) / stride));
  const firstCycle = start + skipped * stride;
  const until = Math.min(one.untilCycle, other.untilCycle);
  if (firstCycle > until) return "apart";
  return { firstCycle, stride, lastCycle: firstCycle + Math.floor((until - firstCycle) / stride) * stride };
}

/** Whether two queue ids are one. */
export function isSame(one: QueueId, other: QueueId): boolean {
  return one.queue === other.queue && one.sequence === other.sequence;
}

/** How many attempts of these cycles lie in cycles up to and including `cycle`. */
export function attemptsThrough(cycles: CommonCycles, cycle: number): number {
  const last = Math.min(cycle, cycles.lastCycle);
  return last < cycles.firstCycle ? 0 : Math.floor((last - cycles.firstCycle) / cycles.stride) + 1;
}

/**
 * Attempts in common cycles, decided by one draw of their number: success in cycle first + (N − 1)·stride, N geometric.
 * The law is memoryless, so a series cut at any instant that did not depend on N may go on with a new draw.
 */
export class AttemptSeries {
  readonly cycles: CommonCycles;
  /** Made in the same series before it was cut and redrawn. */
  readonly attemptsBefore: number;
  /** The cycle that decides the series: that of the success, or the last. */
  readonly decidingCycle: number;
  readonly succeeds: boolean;
  /** Why it ends where it does not succeed. */
  readonly limit: SeriesLimit;
  /** When the station knows: both photons of the deciding cycle have arrived. Set by the station. */
  knownNs = 0;
  /** When each end emitted its half of the deciding cycle. Set by the station. */
  firstEmittedNs = 0;
  secondEmittedNs = 0;

  /** @param attemptsToSuccess N on {1, 2, …}; Infinity when it never happens */
  constructor(cycles: CommonCycles, attemptsToSuccess: number, attemptsBefore: number, limit: SeriesLimit = "until") {
    const successCycle = cycles.firstCycle + (attemptsToSuccess - 1) * cycles.stride;
    this.cycles = cycles;
    this.attemptsBefore = attemptsBefore;
    this.limit = limit;
    this.succeeds = successCycle <= cycles.lastCycle;
    this.decidingCycle = this.succeeds ? successCycle : cycles.lastCycle;
  }

  /** Attempts made up to and including this cycle, over all redraws. */
  attemptsMade(cycle: number): number {
    return this.attemptsBefore + attemptsThrough(this.cycles, cycle);
  }
}
