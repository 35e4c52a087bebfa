import type { PeerExpire } from "@bellmesh/wire/link-layer";

/** Each range of pairs is voided once or twice within light time; only what is told again after a break is older. */
const RANGES_MAX = 64;

/** An EXPIRE names no more pairs than the 16-bit sequence of the EGP has. */
const EXPIRE_PAIRS_MAX = 65_535;

interface Voided {
  readonly range: PeerExpire;
  /** By this end, which has to tell the peer; else the peer has told us. */
  readonly byUs: boolean;
}

/**
 * The latest pairs of a link that are void, as half-open ranges [low, high): EXPIRE acts once however often it comes,
 * and what the peer may not have heard before the stream to it broke can be told again.
 */
export class VoidedPairs {
  #ranges: Voided[] = [];

  /** @returns false when all of the range was known to be void. */
  add(range: PeerExpire, byUs: boolean): boolean {
    if (this.#covers(range.stationIncarnation, range.sequenceLow, range.sequenceHigh)) return false;
    this.#ranges.push({ range, byUs });
    if (this.#ranges.length > RANGES_MAX) this.#ranges.shift();
    return true;
  }

  /** What the peer must know. */
  toTell(): PeerExpire[] {
    return this.#ranges.filter(({ byUs }) => byUs).map(({ range }) => range);
  }

  /** The peer has started anew, and has nothing that could be void. */
  forget(): void {
    this.#ranges = [];
  }

  #covers(incarnation: number, low: number, high: number): boolean {
    return this.#ranges.some(
      ({ range: { stationIncarnation, sequenceLow, sequenceHigh } }) =>
        stationIncarnation === incarnation && sequenceLow <= low && high <= sequenceHigh,
    );
  }
}

/** Whether a range names pairs, and not more than there can be. */
export function isSound({ sequenceLow, sequenceHigh }: PeerExpire): boolean {
  return sequenceLow < sequenceHigh && sequenceHigh - sequenceLow <= EXPIRE_PAIRS_MAX;
}
