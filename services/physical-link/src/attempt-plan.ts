import type { Entropy } from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { channelStepS, type Link, type Pauses } from "@bellmesh/topology";
import type { CommonCycles, SeriesLimit } from "./attempt-series.ts";
import { AttemptStretches, type Stretch } from "./attempt-stretches.ts";
import type { End } from "./end.ts";

/** The next attempts that go on without a break. */
export interface Planned {
  readonly cycles: CommonCycles;
  readonly limit: SeriesLimit;
}

/**
 * Which of the cycles that both ends have armed are tried: those within the link's stretches and after a charge check
 * that passed. Checks are drawn when they are due, and hold however a series is cut.
 */
export class AttemptPlan {
  readonly #stretches: AttemptStretches;
  readonly #check: Pauses["chargeCheck"];
  readonly #ends: readonly [End, End];
  readonly #chance: EntropyStream;
  /** How many attempts the latest check is good for still. */
  #checkedAttempts = 0;
  /** When that check has passed. */
  #checkedNs = 0;

  constructor(
    stretches: AttemptStretches,
    check: Pauses["chargeCheck"],
    ends: readonly [End, End],
    chance: EntropyStream,
  ) {
    this.#stretches = stretches;
    this.#check = check;
    this.#ends = ends;
    this.#chance = chance;
  }

  /** @returns "down" when the link never comes again, "over" when the arms end before it does */
  next(cycles: CommonCycles): Planned | "down" | "over" {
    let { firstCycle } = cycles;
    if (this.#check && this.#checkedAttempts === 0) {
      const first = this.#stretches.from(this.#emittedNs(firstCycle));
      if (!first) return "down";
      const { everyAttempts, durationNs, passProbability } = this.#check;
      this.#checkedNs = first.fromNs + this.#chance.geometric(passProbability) * durationNs;
      this.#checkedAttempts = everyAttempts;
    }
    if (this.#check) firstCycle = this.#firstFrom(this.#checkedNs, firstCycle, cycles.stride);
    while (firstCycle <= cycles.lastCycle) {
      const stretch = this.#stretches.from(this.#emittedNs(firstCycle));
      if (!stretch) return "down";
      firstCycle = this.#firstFrom(stretch.fromNs, firstCycle, cycles.stride);
      const lastCycle = this.#lastBefore(stretch, firstCycle, cycles);
      if (firstCycle <= lastCycle) return this.#planned(cycles, firstCycle, lastCycle, stretch);
      firstCycle = Math.max(firstCycle, this.#firstFrom(stretch.toNs, firstCycle, cycles.stride));
    }
    return "over";
  }

  /** Attempts were made. */
  made(attempts: number): void {
    this.#checkedAttempts = Math.max(0, this.#checkedAttempts - attempts);
  }

  #planned({ stride, lastCycle }: CommonCycles, firstCycle: number, last: number, { endsDown }: Stretch): Planned {
    const checked = this.#check ? firstCycle + (this.#checkedAttempts - 1) * stride : Number.POSITIVE_INFINITY;
    if (checked < last) return { cycles: { firstCycle, stride, lastCycle: checked }, limit: "pause" };
    const limit = last === lastCycle ? "until" : endsDown ? "down" : "pause";
    return { cycles: { firstCycle, stride, lastCycle: last }, limit };
  }

  /** When the earlier of both ends emits. */
  #emittedNs(cycle: number): number {
    return Math.min(this.#ends[0].emittedNs(cycle), this.#ends[1].emittedNs(cycle));
  }

  /** The first cycle from one on, by strides, that neither end starts before an instant. */
  #firstFrom(instantNs: number, firstCycle: number, stride: number): number {
    if (this.#emittedNs(firstCycle) >= instantNs) return firstCycle;
    const near = Math.min(this.#ends[0].cycleAt(instantNs), this.#ends[1].cycleAt(instantNs));
    let cycle = firstCycle + Math.max(0, Math.floor((near - firstCycle) / stride)) * stride;
    while (this.#emittedNs(cycle) < instantNs) cycle += stride;
    return cycle;
  }

  /** The last cycle, by strides, that both ends start before the end of a stretch. */
  #lastBefore({ toNs }: Stretch, firstCycle: number, { stride, lastCycle }: CommonCycles): number {
    if (toNs === Number.POSITIVE_INFINITY) return lastCycle;
    const emittedNs = (cycle: number) => Math.max(this.#ends[0].emittedNs(cycle), this.#ends[1].emittedNs(cycle));
    const near = Math.max(this.#ends[0].cycleAt(toNs), this.#ends[1].cycleAt(toNs));
    let cycle = Math.min(lastCycle, firstCycle + Math.max(0, Math.floor((near - firstCycle) / stride)) * stride);
    while (cycle >= firstCycle && emittedNs(cycle) >= toNs) cycle -= stride;
    return cycle;
  }
}

/** The plan of a link; undefined when nothing ever stops its attempts or changes their conditions. */
export function planOf(link: Link, ends: readonly [End, End], entropy: Entropy): AttemptPlan | undefined {
  const { schedule, heralding } = link;
  if (!schedule && !heralding.pauses && channelStepS(link) === Number.POSITIVE_INFINITY) return undefined;
  const chance = entropy.stream(`link.${link.name}.charge`);
  return new AttemptPlan(new AttemptStretches(link), heralding.pauses?.chargeCheck, ends, chance);
}
