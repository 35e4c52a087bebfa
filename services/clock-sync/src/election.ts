import { type Effect, effect } from "@bellmesh/mesh";
import { type Instant, SECOND_NS, subjects } from "@bellmesh/wire";
import { ClockState } from "@bellmesh/wire/clock-sync";
import { ClockAnnounce } from "@bellmesh/wire/control";
import { BestMaster, type ClockDataSet, isBetter } from "./best-master.ts";

/** Between two announces of a grandmaster, unless exchanges are rarer (IEEE 1588 default profile). */
const ANNOUNCE_NS = 2 * SECOND_NS;
/** Announce intervals for which nobody better must speak up before a clock that claims to be the best is it. */
const CLAIM_INTERVALS = 2;
const [PRIORITY_NAMED, PRIORITY_USUAL] = [1, 128];
const [CLASS_REFERENCE, CLASS_HELD, CLASS_OTHER] = [6, 7, 248];
const VARIANCE_UNKNOWN = 0xffff;
const nothing: readonly Effect[] = Object.freeze([]);

/** What the election has to know of the clock that votes. */
export interface Voter {
  /** "master" where it is the grandmaster, "held" in holdover; one that was never synchronised has no time to offer. */
  readonly state: "master" | "locked" | "held" | "unlocked";
  /** Whom it follows. */
  readonly grandmaster: string;
  /** When the grandmaster last answered. */
  readonly lastSign: Instant;
}

export interface ElectionOptions {
  readonly network: string;
  readonly node: string;
  /** The topology names this node's clock as the reference. */
  readonly isNamed: boolean;
  readonly syncIntervalNs: number;
  /** What it announces as its accuracy. */
  readonly clockAccuracy: number;
}

/** Who is the grandmaster, by what clocks announce of themselves and by who answers. */
export class Election {
  readonly #options: ElectionOptions;
  readonly #best: BestMaster;
  readonly #announceNs: number;
  #incarnation = 0;
  #announces = 0;
  #announcedAt: Instant | undefined;
  /** Since when this clock claims to be the best. */
  #claimedAt: Instant | undefined;
  #isSilent = false;
  #falsePriority: number | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#announceNs = Math.max(ANNOUNCE_NS, options.syncIntervalNs);
    this.#best = new BestMaster(this.#announceNs);
  }

  /** This clock claims to be the best, and follows nobody. */
  get isClaiming(): boolean {
    return this.#claimedAt !== undefined;
  }

  /** From now on it says nothing, or claims a priority without right; that makes it the grandmaster at once. */
  spoil(isSilent: boolean, falsePriority: number | undefined): void {
    this.#isSilent = isSilent;
    this.#falsePriority = falsePriority;
  }

  start(incarnation: number): void {
    this.#incarnation = incarnation;
  }

  hear(now: Instant, announce: ClockAnnounce): void {
    if (announce.node !== this.#options.node) this.#best.hear(now, announce);
  }

  /** @returns the node of the grandmaster from now on: another one, this one, or the same as before. */
  decide(now: Instant, voter: Voter): string {
    const { grandmaster, lastSign, state } = voter;
    if (this.#falsePriority !== undefined) return this.#options.node;
    const best = this.#best.best(now);
    if (state === "master" || this.#claimedAt !== undefined) {
      if (best && isBetter(best, this.#dataSet(voter))) {
        this.#claimedAt = undefined;
        return best.node;
      }
      if (this.#claimedAt === undefined || now - this.#claimedAt < CLAIM_INTERVALS * this.#announceNs)
        return grandmaster;
      this.#claimedAt = undefined;
      return this.#options.node;
    }
    // The reference of the network follows nobody who is worse: a clock that had claimed to be better, say.
    if (this.#options.isNamed && best && isBetter(this.#dataSet(voter), best)) return this.#options.node;
    const isGone = this.#best.isGone(now, grandmaster, lastSign);
    if (best && (isGone || this.#best.isHeard(now, grandmaster))) return best.node;
    // The reference has the network's time whatever it went by meanwhile; others must once have been synchronised.
    if (isGone && (state === "held" || this.#options.isNamed)) this.#claimedAt = now;
    return grandmaster;
  }

  /** What a clock that is the grandmaster, or claims to be, says every announce interval. */
  announce(now: Instant, voter: Voter): readonly Effect[] {
    if (this.#isSilent || (voter.state !== "master" && !this.isClaiming)) return nothing;
    if (this.#announcedAt !== undefined && now - this.#announcedAt < this.#announceNs) return nothing;
    this.#announcedAt = now;
    this.#announces += 1;
    const { network, node } = this.#options;
    const announce = { ...this.#dataSet(voter), incarnation: this.#incarnation, sequence: this.#announces };
    return [effect.publish(subjects.control(network, node, "announce"), ClockAnnounce, announce)];
  }

  #dataSet({ state }: Voter): ClockDataSet {
    const { node, isNamed, clockAccuracy } = this.#options;
    const clockClass = state === "unlocked" ? CLASS_OTHER : CLASS_HELD;
    const isReference = isNamed || this.#falsePriority !== undefined;
    return {
      node,
      priority1: this.#falsePriority ?? (isNamed ? PRIORITY_NAMED : PRIORITY_USUAL),
      clockClass: isReference ? CLASS_REFERENCE : clockClass,
      clockAccuracy,
      offsetScaledLogVariance: VARIANCE_UNKNOWN,
      priority2: PRIORITY_USUAL,
    };
  }
}

/** How a clock votes, by its state. */
export function voterState(state: ClockState): Voter["state"] {
  switch (state) {
    case ClockState.GRANDMASTER:
      return "master";
    case ClockState.LOCKED:
      return "locked";
    case ClockState.HOLDOVER:
      return "held";
    default:
      return "unlocked";
  }
}
