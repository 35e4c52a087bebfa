import { RecentMap } from "@bellmesh/mesh";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** What a process wrote this long before it crashed may not have reached anybody else. */
const UNHEARD_NS = 1e9;
const ENDS_MIN = 4096;

interface Told {
  readonly writer: string;
  readonly incarnation: number;
  readonly atNs: number;
}

/**
 * Who said last that a half had ended, and whether a crash followed before anybody else can be sure to have heard it.
 * Two processes cannot agree over a crash of either on what the other has heard (two generals; Gray 1978): what a
 * node wrote just before it crashed nature may end again as lost, and what nature measured just before it crashed the
 * node may end again as discarded. Anything older counts as heard.
 */
export class LastWords {
  readonly #ends = new RecentMap<Told>(ENDS_MIN);
  /** By writer and incarnation: when it was last heard. */
  readonly #lastNs = new Map<string, number[]>();

  /** To be told of every event. */
  note({ writer, incarnation, at }: LedgerEvent): void {
    let lastNs = this.#lastNs.get(writer);
    if (!lastNs) {
      lastNs = [];
      this.#lastNs.set(writer, lastNs);
    }
    lastNs[incarnation] = at;
  }

  /** This event says how a half ended. */
  ended(half: string, { writer, incarnation, at }: LedgerEvent): void {
    this.#ends.set(half, { writer, incarnation, atNs: at });
  }

  /**
   * Whether who ended this half fell silent within a second of it.
   * @param isOfCrash the word on it now says itself that there was a crash; else another incarnation must have spoken.
   */
  mayBeUnheard(half: string, { writer, incarnation }: LedgerEvent, isOfCrash: boolean): boolean {
    const told = this.#ends.get(half);
    if (told === undefined || (told.writer === writer && told.incarnation === incarnation)) return false;
    const heardNs = this.#lastNs.get(told.writer) ?? [];
    if (!isOfCrash && heardNs.length <= told.incarnation + 1) return false;
    const lastNs = heardNs[told.incarnation] ?? told.atNs;
    return lastNs - told.atNs <= UNHEARD_NS;
  }
}
