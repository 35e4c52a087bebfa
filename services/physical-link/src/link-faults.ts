import { ActiveFaults, driftClock, type Entropy, type FaultChange } from "@bellmesh/mesh";
import { type EntropyStream, exp } from "@bellmesh/numerics";
import type { Heralding, Link } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { End } from "./end.ts";
import type { Announcement, HeraldedPair } from "./heralded-pair.ts";

/** What becomes of photons and detectors while faults befall a link. */
export interface Disturbance {
  /** What of each arm's transmission is left. */
  readonly transmission: number;
  /** Per detector and window; undefined for the usual one. */
  readonly darkCountProbability: number | undefined;
  /** No detector clicks. */
  readonly isBlind: boolean;
}

export const UNDISTURBED: Disturbance = Object.freeze({
  transmission: 1,
  darkCountProbability: undefined,
  isBlind: false,
});

const NEPER_PER_DB = Math.LN10 / 10;
/** A cut fibre as a number: far less light than any detector's noise, and nothing is divided by it. */
const DARK = 1e-30;

/** The faults that befall one link: its fibre, its detectors, and what its station says. */
export class LinkFaults {
  readonly #active = new ActiveFaults();
  readonly #link: Link;
  readonly #ends: readonly End[];
  readonly #heraldedPair: HeraldedPair;
  /** Draws which heralds are spoilt. */
  readonly #chance: EntropyStream;

  constructor(link: Link, ends: readonly End[], heraldedPair: HeraldedPair, entropy: Entropy) {
    this.#link = link;
    this.#ends = ends;
    this.#heraldedPair = heraldedPair;
    this.#chance = entropy.stream(`link.${link.name}.faults`);
  }

  /** What has to be done when something begins or ends; undefined where it does not befall this link. */
  deed(now: Instant, change: FaultChange): (() => void) | undefined {
    const { target, kind } = change.fault;
    if (kind === "clock-drift") {
      const clock = this.#ends.find(({ name }) => name === target.node)?.timing.clock;
      return clock && (() => driftClock(clock, change, now));
    }
    if (!("link" in target) || target.link !== this.#link.name) return undefined;
    return () => {
      this.#active.change(change);
      this.#heraldedPair.disturb(this.#disturbance);
    };
  }

  get #disturbance(): Disturbance {
    const active = this.#active;
    const isCut = active.of("fibre-cut").length + active.of("cable-cut").length > 0;
    const lossDb = active.of("loss-drift").reduce((sum, { args }) => sum + args.db, 0);
    const bursts = active.of("dark-count-burst").map(({ args }) => args.probability);
    return {
      transmission: isCut ? DARK : exp(-NEPER_PER_DB * lossDb),
      darkCountProbability: bursts.length > 0 ? Math.max(...bursts) : undefined,
      isBlind: active.of("detector-blindness").length > 0,
    };
  }

  /** What a station that lies makes of a herald: nothing but noise behind it, or another name for it. */
  spoilt(honest: Announcement): Announcement {
    const active = this.#active;
    if (active.all.length === 0) return honest;
    let told = honest;
    for (const { args } of active.of("false-herald")) {
      if (this.#chance.uniform() < args.probability)
        told = { ...told, state: { bellWeights: [0.25, 0.25, 0.25, 0.25], xState: undefined } };
    }
    for (const { args } of active.of("wrong-bell-index")) {
      const { x, z } = told.bellIndex;
      if (this.#chance.uniform() < args.probability) told = { ...told, bellIndex: { x, z: !z } };
    }
    return told;
  }
}

/** The heralding with other detectors. Schemes that are given by what they yield have none. */
export function withDarkCounts(heralding: Heralding, { darkCountProbability }: Disturbance): Heralding {
  if (darkCountProbability === undefined || !("darkCountProbability" in heralding)) return heralding;
  return { ...heralding, darkCountProbability: Math.max(darkCountProbability, heralding.darkCountProbability) };
}

/** Whether anything can click, however rarely. */
export function canClick(heralding: Heralding, { transmission, isBlind }: Disturbance): boolean {
  if (isBlind) return false;
  return transmission > DARK || ("darkCountProbability" in heralding && heralding.darkCountProbability > 0);
}
