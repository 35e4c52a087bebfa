import { channelStepS, type Link } from "@bellmesh/topology";
import { SECOND_NS } from "@bellmesh/wire";

/** A piece of true time in which attempts may go on, all under the same conditions. */
export interface Stretch {
  readonly fromNs: number;
  /** The first instant after it; Infinity when there is none. */
  readonly toNs: number;
  /** Whether the link goes down at its end. */
  readonly endsDown: boolean;
}

/**
 * When a link attempts: in the windows of its schedule, between pauses for its phase, and anew whenever its channel has
 * changed. A pure function of true time.
 */
export class AttemptStretches {
  readonly #windows: readonly { readonly fromNs: number; readonly toNs: number }[];
  readonly #everyNs: number;
  readonly #pauseNs: number;
  readonly #stepNs: number;

  constructor(link: Link) {
    const { schedule, heralding } = link;
    this.#windows = (schedule ?? [{ fromS: 0, toS: Number.POSITIVE_INFINITY }]).map(({ fromS, toS }) => ({
      fromNs: Math.round(fromS * SECOND_NS),
      toNs: Math.round(toS * SECOND_NS),
    }));
    const { everyNs, durationNs } = heralding.pauses?.stabilisation ?? {
      everyNs: Number.POSITIVE_INFINITY,
      durationNs: 0,
    };
    this.#everyNs = everyNs;
    this.#pauseNs = durationNs;
    this.#stepNs = channelStepS(link) * SECOND_NS;
  }

  /** The first stretch that is not over at an instant, from there on; undefined when the link never comes again. */
  from(instantNs: number): Stretch | undefined {
    for (const window of this.#windows) {
      if (window.toNs <= instantNs) continue;
      const fromNs = this.#afterPause(Math.max(instantNs, window.fromNs));
      if (fromNs >= window.toNs) continue;
      const toNs = Math.min(window.toNs, this.#pauseAfter(fromNs), this.#stepAfter(fromNs));
      return { fromNs, toNs, endsDown: toNs === window.toNs && Number.isFinite(toNs) };
    }
    return undefined;
  }

  /** The instant itself, or the end of the pause it lies in. */
  #afterPause(instantNs: number): number {
    const turnNs = this.#everyNs + this.#pauseNs;
    if (!Number.isFinite(turnNs)) return instantNs;
    const turn = Math.floor(instantNs / turnNs);
    return instantNs - turn * turnNs < this.#everyNs ? instantNs : (turn + 1) * turnNs;
  }

  #pauseAfter(instantNs: number): number {
    const turnNs = this.#everyNs + this.#pauseNs;
    return Number.isFinite(turnNs) ? Math.floor(instantNs / turnNs) * turnNs + this.#everyNs : Number.POSITIVE_INFINITY;
  }

  #stepAfter(instantNs: number): number {
    return Number.isFinite(this.#stepNs)
      ? (Math.floor(instantNs / this.#stepNs) + 1) * this.#stepNs
      : Number.POSITIVE_INFINITY;
  }
}
