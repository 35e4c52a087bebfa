import type { BellWeights, PairQuality } from "@bellmesh/bell";
import {
  type AnnouncedState,
  bestAlpha,
  estimateLink,
  fibreDelayNs,
  type LinkParameters,
  largestAlpha,
  meanPhotonOverlap,
  qualityOf,
} from "@bellmesh/hardware";
import { armChannels, isMoving, lightSpeedKmPerS, usualWeather } from "./arm-channels.ts";
import { linkParameters, photonOverlapOf } from "./link-parameters.ts";
import { meanEstimate } from "./mean-estimate.ts";
import type { ClockSpec, Link, Topology } from "./topology.ts";

/** What a link's hardware does, attempt by attempt. */
export interface LinkModel {
  /** From one attempt to the next. */
  readonly periodNs: number;
  /** The same with all pauses shared out over the attempts. */
  readonly meanPeriodNs: number;
  /** Of one attempt. */
  readonly successProbability: number;
  /** The heralded pair at its emission, relative to the announced Bell index: entry 0 is the announced state. */
  readonly weights: BellWeights;
  /** The same as eigenvalues; fidelity (1 + x + y + z)/4. The half at the link's first end is the first. */
  readonly eigenvalues: PairQuality;
  /** By what is announced: its share of the successes, and the state then, which need not be Bell-diagonal. */
  readonly announced: readonly AnnouncedState[];
  /** Light time between each end and the station, whole nanoseconds. */
  readonly armDelayNs: readonly [number, number];
  /** What a classical message takes on these ways. */
  readonly messageDelayNs: readonly [number, number];
  /** Bright-state population at the first end; undefined where the scheme has none. */
  readonly alpha: number | undefined;
}

/** Of one link: requests may ask for any fidelity. */
const MODELS_MAX = 256;

const models = new WeakMap<Topology, Map<Link, Map<number | undefined, LinkModel>>>();

/**
 * What the clock servo makes of one stamp's jitter, as a factor on its sigma: the root of the mean square over a sync
 * interval, once it has settled. By Lyapunov's equation for the gains of linuxptp at 1 s.
 */
const SERVO_NOISE = 4 / 3;
/** The same of what oscillators wander, in a second by white and by flicker frequency noise. */
const [WHITE_NOISE, FLICKER_NOISE] = [1.03, 1.84];

/**
 * What a link yields by `estimateLink`, for photons that arrive as nearly together as the synchronised clocks of the
 * two ends are. A link whose channel changes has the mean of its attempts while it is up, under usual weather. The
 * same link of the same topology gives the same object.
 * @param minimumFidelity of the heralded pair: where the link lets requests choose α, the largest that yields it
 * @returns a pair of less than the minimum where no α, or the link as it is, does not yield it
 */
export function linkModel(topology: Topology, link: Link, minimumFidelity?: number): LinkModel {
  let ofTopology = models.get(topology);
  if (ofTopology === undefined) {
    ofTopology = new Map();
    models.set(topology, ofTopology);
  }
  let ofLink = ofTopology.get(link);
  if (ofLink === undefined) {
    ofLink = new Map();
    ofTopology.set(link, ofLink);
  }
  const wanted = minimumFidelity !== undefined && choosesAlpha(link) ? minimumFidelity : undefined;
  let model = ofLink.get(wanted);
  if (model === undefined) {
    if (ofLink.size >= MODELS_MAX) ofLink.clear();
    const settledNs = clockDifferenceNs(topology.clock, link);
    // Pairs are claimed by whole picoseconds: one whose α was chosen by less would be claimed below its minimum.
    const differenceNs = choosesAlpha(link) ? Math.ceil(settledNs * 1000) / 1000 : settledNs;
    model = modelOf(link, topology.fibreSpeedKmPerS, differenceNs, wanted);
    ofLink.set(wanted, model);
  }
  return model;
}

/**
 * The pair that a link heralds with this α, relative to the announced Bell index, when the clocks of its ends are so
 * far apart, as the root of a mean square. Not remembered.
 */
export function heraldedEigenvalues(
  topology: Topology,
  link: Link,
  alpha: number | undefined,
  clockDifferenceNs: number,
): PairQuality {
  const conditions = conditionsOf(link, topology.fibreSpeedKmPerS, clockDifferenceNs);
  return qualityOf(meanEstimate(conditions.map((parameters) => estimateLink(parameters, alpha))));
}

/** Whether requests choose the bright-state population of a link by their minimum fidelity. */
export function choosesAlpha({ heralding }: Link): boolean {
  return "bestEffortFidelity" in heralding && heralding.alpha === undefined;
}

/** Light time between each end and the station, rounded to whole nanoseconds. */
function armDelaysNs(link: Link, fibreSpeedKmPerS: number): readonly [number, number] {
  const speedKmPerS = lightSpeedKmPerS(link, fibreSpeedKmPerS);
  return [Math.round(fibreDelayNs(link.armsKm[0], speedKmPerS)), Math.round(fibreDelayNs(link.armsKm[1], speedKmPerS))];
}

/** What a classical message takes between each end and the station. */
export function messageDelaysNs(link: Link, fibreSpeedKmPerS: number): readonly [number, number] {
  const [first, second] = armDelaysNs(link, fibreSpeedKmPerS);
  const overheadNs = link.channel?.classicalOverheadNs ?? 0;
  return [first + overheadNs, second + overheadNs];
}

/**
 * Sigma of the difference between the clocks of a link's ends, settled; the grandmaster's own clock is the reference.
 * At least what clock-sync expects then, so that a pair chosen by it is worth what was asked.
 */
function clockDifferenceNs({ grandmaster, ...clock }: ClockSpec, link: Link): number {
  const followers = link.ends.filter((end) => end !== grandmaster).length;
  const stampsNs = servoDifferenceNs(clock.stampJitterPs, followers);
  const asymmetryNs = clock.asymmetryPs / 2000;
  // Of two oscillators that part, as phase: a random walk, and a frequency that wanders.
  const whiteNs = WHITE_NOISE * Math.SQRT2 * clock.whiteAt1S * 1e9 * Math.sqrt(clock.syncIntervalS + 0.3);
  const flickerNs = FLICKER_NOISE * Math.SQRT2 * clock.flickerFloor * 1e9 * Math.max(1, clock.syncIntervalS);
  const squares = asymmetryNs * asymmetryNs + whiteNs * whiteNs + flickerNs * flickerNs;
  return Math.sqrt(stampsNs * stampsNs + followers * squares);
}

/**
 * Sigma of the difference between two synchronised clocks, by the jitter of a stamp.
 * @param followers how many of the two follow another clock: 1 when one is the grandmaster's
 */
export function servoDifferenceNs(stampJitterPs: number, followers: number): number {
  return (SERVO_NOISE * Math.sqrt(followers) * stampJitterPs) / 1000;
}

/**
 * The model of a link that belongs to no topology yet, its photons arriving this much apart (sigma).
 * @throws ParameterError when a parameter of the link cannot be.
 */
export function modelOf(
  link: Link,
  fibreSpeedKmPerS: number,
  arrivalDifferenceNs = 0,
  minimumFidelity?: number,
): LinkModel {
  const { heralding } = link;
  const conditions = conditionsOf(link, fibreSpeedKmPerS, arrivalDifferenceNs);
  const alpha = alphaOf(link, conditions[0] as LinkParameters, minimumFidelity);
  const estimate = meanEstimate(conditions.map((parameters) => estimateLink(parameters, alpha)));
  const { successProbability, weights, announced, meanAttemptPeriodS } = estimate;
  return {
    periodNs: heralding.periodNs,
    meanPeriodNs: heralding.pauses ? meanAttemptPeriodS * 1e9 : heralding.periodNs,
    successProbability,
    weights,
    eigenvalues: qualityOf(estimate),
    announced,
    armDelayNs: armDelaysNs(link, fibreSpeedKmPerS),
    messageDelayNs: messageDelaysNs(link, fibreSpeedKmPerS),
    alpha,
  };
}

/** So many attempts of each window a satellite's link is up stand for all. */
const SAMPLES = 16;
const WINDOWS_MAX = 32;

/** One set of parameters, or several where the channel changes while the link is up. */
function conditionsOf(link: Link, fibreSpeedKmPerS: number, arrivalDifferenceNs: number): readonly LinkParameters[] {
  const { heralding, channel, schedule = [] } = link;
  const exponential = meanPhotonOverlap(arrivalDifferenceNs, heralding.photonLifetimeNs);
  const overlap = photonOverlapOf(heralding, exponential, { arrivalStdS: arrivalDifferenceNs * 1e-9 });
  const at = (timeS: number) =>
    linkParameters(heralding, armChannels(link, fibreSpeedKmPerS, timeS, usualWeather(channel)), overlap);
  if (!isMoving(channel)) return [at(0)];
  return schedule
    .slice(0, WINDOWS_MAX)
    .flatMap(({ fromS, toS }) =>
      Array.from({ length: SAMPLES }, (_, place) => at(fromS + ((place + 0.5) / SAMPLES) * (toS - fromS))),
    );
}

/** The α of a request: the link's own, or the largest that yields the minimum, or else that of the best pair. */
function alphaOf(link: Link, { heralding }: LinkParameters, minimumFidelity: number | undefined): number | undefined {
  if (!("bestEffortFidelity" in link.heralding)) return undefined;
  const { alpha, bestEffortFidelity } = link.heralding;
  return alpha ?? largestAlpha(heralding, minimumFidelity ?? bestEffortFidelity) ?? bestAlpha(heralding);
}
