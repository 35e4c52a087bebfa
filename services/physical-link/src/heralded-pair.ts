import { type BellIndex, shifted } from "@bellmesh/bell";
import { ChangingSky, estimateLink, type HeraldedPair as Heralded, photonOverlap } from "@bellmesh/hardware";
import type { Entropy } from "@bellmesh/mesh";
import {
  type ArmChannel,
  armChannels,
  type BeamWay,
  channelStepS,
  type Link,
  linkParameters,
  photonOverlapOf,
} from "@bellmesh/topology";
import { SECOND_NS } from "@bellmesh/wire";
import type { XState } from "@bellmesh/wire/quantum-state";

import { canClick, type Disturbance, UNDISTURBED, withDarkCounts } from "./link-faults.ts";

const PICOSECONDS_PER_NS = 1000;
/** Offsets of which the yield is kept. */
const YIELDS_MAX = 1024;

/** A pair's state as nature is told of it: Bell-diagonal where that is all there is to know. */
export interface CreatedState {
  /** Empty where there is more. */
  readonly bellWeights: number[];
  readonly xState: XState | undefined;
}

/** What may be announced of one attempt. */
export interface Announcement {
  readonly bellIndex: BellIndex;
  /** Of this announcement or one before it in the list, among the successes. */
  readonly cumulative: number;
  readonly state: CreatedState;
}

/** What one attempt of a link yields. */
export interface AttemptYield {
  /** How far apart the photons arrive, in whole picoseconds. */
  readonly photonOffsetPs: number;
  readonly successProbability: number;
  readonly announcements: readonly Announcement[];
}

/**
 * What attempts of one link yield, by `estimateLink`, for photons that need not arrive together, with the
 * bright-state population that the ends have agreed on, and through the sky as it is. Offsets count in whole
 * picoseconds, so that the ledger can tell exactly which state was heralded. Answers are kept while nothing but the
 * offset changes: synchronised clocks come back to the same few.
 */
export class HeraldedPair {
  readonly #link: Link;
  readonly #fibreSpeedKmPerS: number;
  readonly #stepS: number;
  readonly #skies: readonly [ChangingSky, ChangingSky] | undefined;
  /** What the arms do to photons in the latest step. */
  #arms: readonly [ArmChannel, ArmChannel];
  /** By photon offset, for the latest α, step and disturbance. */
  readonly #yields = new Map<number, AttemptYield>();
  #lastAlpha: number | undefined;
  #lastStep = 0;
  #disturbance = UNDISTURBED;

  constructor(link: Link, fibreSpeedKmPerS: number, entropy: Entropy) {
    this.#link = link;
    this.#fibreSpeedKmPerS = fibreSpeedKmPerS;
    this.#stepS = channelStepS(link);
    this.#skies = skiesOf(link, entropy);
    this.#arms = this.#armsIn(0);
  }

  /** From now on something befalls photons and detectors. */
  disturb(disturbance: Disturbance): void {
    this.#disturbance = disturbance;
    this.#arms = this.#armsIn(this.#lastStep);
    this.#yields.clear();
  }

  /**
   * What an attempt yields when the photons arrive this far apart.
   * @param atNs true time, of which only the step of the channel counts
   */
  attemptYield(arrivalDifferenceNs: number, alpha: number | undefined, atNs: number): AttemptYield {
    const photonOffsetPs = Math.round(Math.abs(arrivalDifferenceNs) * PICOSECONDS_PER_NS);
    const step = this.#stepS === Number.POSITIVE_INFINITY ? 0 : Math.floor(atNs / (this.#stepS * SECOND_NS));
    if (step !== this.#lastStep || alpha !== this.#lastAlpha) {
      if (step !== this.#lastStep) this.#arms = this.#armsIn(step);
      this.#lastStep = step;
      this.#lastAlpha = alpha;
      this.#yields.clear();
    }
    let known = this.#yields.get(photonOffsetPs);
    if (known === undefined) {
      known = this.#yieldOf(photonOffsetPs, alpha);
      if (this.#yields.size === YIELDS_MAX) this.#yields.clear();
      this.#yields.set(photonOffsetPs, known);
    }
    return known;
  }

  #yieldOf(photonOffsetPs: number, alpha: number | undefined): AttemptYield {
    const heralding = withDarkCounts(this.#link.heralding, this.#disturbance);
    if (!canClick(heralding, this.#disturbance)) return { photonOffsetPs, successProbability: 0, announcements: [] };
    const offsetNs = photonOffsetPs / PICOSECONDS_PER_NS;
    const exponential = photonOverlap(offsetNs, heralding.photonLifetimeNs);
    const overlap = photonOverlapOf(heralding, exponential, { arrivalOffsetS: offsetNs * 1e-9 });
    const { successProbability, pair } = estimateLink(linkParameters(heralding, this.#arms, overlap), alpha);
    const { transmission } = this.#disturbance;
    // Schemes that are given by what they yield know no arms.
    const share = "emissionEfficiency" in heralding ? 1 : transmission * transmission;
    return { photonOffsetPs, successProbability: share * successProbability, announcements: announcementsOf(pair) };
  }

  #armsIn(step: number): readonly [ArmChannel, ArmChannel] {
    // In the middle of the step, where it is one.
    const timeS = this.#stepS === Number.POSITIVE_INFINITY ? 0 : (step + 0.5) * this.#stepS;
    const weather = this.#skies?.map((sky) => sky.at(timeS).factor) as [number, number] | undefined;
    const [first, second] = armChannels(this.#link, this.#fibreSpeedKmPerS, timeS, weather);
    const dimmed = (arm: ArmChannel) => ({ ...arm, transmission: arm.transmission * this.#disturbance.transmission });
    return this.#disturbance === UNDISTURBED ? [first, second] : [dimmed(first), dimmed(second)];
  }
}

/** Weather over each arm: a pure function of the seed, the link and the instant. */
function skiesOf({ name, channel }: Link, entropy: Entropy): readonly [ChangingSky, ChangingSky] | undefined {
  const weather = (channel as BeamWay | undefined)?.weather;
  if (weather === undefined) return undefined;
  const sky = (arm: number) =>
    new ChangingSky(weather, (aspect, place) => entropy.fresh(`link.${name}.sky.${arm}.${aspect}.${place}`).gaussian());
  return [sky(0), sky(1)];
}

function announcementsOf({ announced, isBellDiagonal }: Heralded): readonly Announcement[] {
  let cumulative = 0;
  return announced.map(({ index, probability, matrix, weights }) => {
    cumulative += probability;
    const state = isBellDiagonal
      ? { bellWeights: [...shifted(weights, index)], xState: undefined }
      : { bellWeights: [], xState: { ...matrix } };
    return { bellIndex: index, cumulative, state };
  });
}

/**
 * What is announced of a success.
 * @param chance uniform in [0, 1)
 */
export function announced({ announcements }: AttemptYield, chance: number): Announcement {
  // The shares may sum to a little less than 1 by rounding.
  return announcements.find(({ cumulative }) => chance < cumulative) ?? (announcements.at(-1) as Announcement);
}
