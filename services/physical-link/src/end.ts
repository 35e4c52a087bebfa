import type { ClockSegment, NodeClock } from "@bellmesh/hardware";
import type { NodeClocks, Stream } from "@bellmesh/mesh";
import { type Link, linkModel, type Topology } from "@bellmesh/topology";
import { type Instant, SECOND_NS } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { Arm, GenerateResponse } from "@bellmesh/wire/physical-link";
import type { ArmedCycles } from "./attempt-series.ts";

/** How late an arm may come over a slow real network and still count from its first cycle. */
const LATE_ARM_MAX_NS = 1_000_000_000;

/** An arm that was found valid. */
export type Armed = ArmedCycles & Pick<Arm, "incarnation" | "usefulForNs">;

/** When one end's photons leave and arrive, by its own clock. */
export interface EndTiming {
  readonly clock: NodeClock;
  readonly periodNs: number;
  /** The nearer end fires this much after its cycle starts, so that both photons meet at the station. */
  readonly triggerDelayNs: number;
  /** From the start of a cycle until its photon is at the station; the same for both ends. */
  readonly arrivalDelayNs: number;
}

/** One end of the link as its station sees it. */
export class End {
  readonly name: string;
  readonly timing: EndTiming;
  stream: Stream<GenerateResponse> | undefined = undefined;
  armed: Armed | undefined = undefined;
  /** What its clock-sync has said of its clock last. */
  #correction: ClockCorrection | undefined;
  #correctedNs = 0;

  constructor(name: string, timing: EndTiming) {
    this.name = name;
    this.timing = timing;
  }

  /** Its clock is set. */
  correct(now: Instant, segment: ClockSegment, correction: ClockCorrection): void {
    this.timing.clock.correct(segment);
    this.#correction = correction;
    this.#correctedNs = now;
  }

  /** What its clock is expected to be off by, as the root of a mean square; undefined where it has not said. */
  clockErrorPs(now: Instant, syncIntervalNs: number): number | undefined {
    const { expectedErrorPs, expectedDriftPpb = 0 } = this.#correction ?? {};
    if (expectedErrorPs === undefined) return undefined;
    const overdueNs = Math.max(0, now - this.#correctedNs - syncIntervalNs);
    const driftPs = expectedDriftPpb * 1e-6 * overdueNs;
    return Math.sqrt(expectedErrorPs * expectedErrorPs + driftPs * driftPs);
  }

  /** True instant at which this end emits in a cycle. */
  emittedNs(cycle: number): number {
    const { clock, periodNs, triggerDelayNs } = this.timing;
    return clock.trueAt((cycle * periodNs) as Instant) + triggerDelayNs;
  }

  /** The cycle whose emission is the latest at a true instant, or one next to it. */
  cycleAt(instantNs: number): number {
    const { clock, periodNs, triggerDelayNs } = this.timing;
    return Math.floor(clock.local(Math.max(0, instantNs - triggerDelayNs) as Instant) / periodNs);
  }

  /** True instant at which its photon of a cycle is at the station. */
  arrivedNs(cycle: number): number {
    const { clock, periodNs, arrivalDelayNs } = this.timing;
    return clock.trueAt((cycle * periodNs) as Instant) + arrivalDelayNs;
  }

  /** How long its photons fly to the station. */
  get flightNs(): number {
    return this.timing.arrivalDelayNs - this.timing.triggerDelayNs;
  }

  /** The last cycle whose photon is at the station by now; −1 before the first. */
  lastArrivedCycle(nowNs: number): number {
    const { clock, periodNs, arrivalDelayNs } = this.timing;
    const started = nowNs - arrivalDelayNs;
    return started < 0 ? -1 : Math.floor(clock.local(started as Instant) / periodNs);
  }
}

/** An arm as it counts: cycles that began longer ago than a late message explains were never fired in. */
export function recent(now: Instant, end: End, armed: Armed): Armed {
  const oldest = end.lastArrivedCycle(now) - Math.ceil(LATE_ARM_MAX_NS / end.timing.periodNs);
  if (armed.firstCycle >= oldest) return armed;
  const skipped = Math.ceil((oldest - armed.firstCycle) / armed.stride) * armed.stride;
  return { ...armed, firstCycle: Math.min(armed.firstCycle + skipped, armed.untilCycle) };
}

/** Both ends of a link, in its order: the nearer one fires later, so that both photons meet at the station. */
export function endsOf(link: Link, topology: Topology, clocks: NodeClocks): readonly [End, End] {
  const { armDelayNs, periodNs } = linkModel(topology, link);
  const arrivalDelayNs = Math.max(...armDelayNs);
  const end = (name: string, delayNs: number) =>
    new End(name, { clock: clocks.of(name), periodNs, triggerDelayNs: arrivalDelayNs - delayNs, arrivalDelayNs });
  return [end(link.ends[0], armDelayNs[0]), end(link.ends[1], armDelayNs[1])];
}

/**
 * How far apart the clocks of both ends are expected to be, by what they say of themselves, in whole picoseconds;
 * undefined where one has not said.
 */
export function clockDifferencePs(now: Instant, ends: readonly [End, End], syncIntervalS: number): number | undefined {
  const first = ends[0].clockErrorPs(now, syncIntervalS * SECOND_NS);
  const second = ends[1].clockErrorPs(now, syncIntervalS * SECOND_NS);
  return first === undefined || second === undefined
    ? undefined
    : Math.round(Math.sqrt(first * first + second * second));
}
