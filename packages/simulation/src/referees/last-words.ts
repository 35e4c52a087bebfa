import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** What a process wrote this long before it crashed may not have reached anybody else. */
const UNHEARD_NS = 1e9;

/** Who said something, and when. */
export interface Word {
  readonly writer: string;
  readonly incarnation: number;
  readonly atNs: number;
}

/**
 * Whether a crash followed on somebody's word that a half had ended, before anybody else can be sure to have heard it.
 * Two processes cannot agree over a crash of either on what the other has heard (two generals; Gray 1978): what a
 * node wrote just before it crashed nature may end again as lost, and what nature measured just before it crashed the
 * node may end again as discarded. Anything older counts as heard.
 */
export class LastWords {
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

  /**
   * Whether who said that a half had ended fell silent within a second of it.
   * @param told the word on its end; undefined where nobody has said anything
   * @param isOfCrash the word on it now says itself that there was a crash; else another incarnation must have spoken.
   */
  mayBeUnheard(told: Word | undefined, { writer, incarnation }: LedgerEvent, isOfCrash: boolean): boolean {
    if (told === undefined || (told.writer === writer && told.incarnation === incarnation)) return false;
    const heardNs = this.#lastNs.get(told.writer) ?? [];
    if (!isOfCrash && heardNs.length <= told.incarnation + 1) return false;
    const lastNs = heardNs[told.incarnation] ?? told.atNs;
    return lastNs - told.atNs <= UNHEARD_NS;
  }
}
