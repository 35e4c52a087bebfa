import type { Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";

/** One half in memory. */
export interface Half {
  readonly pair: string;
  readonly link: string;
  readonly slot: number;
  /** It stands in the slot of its link; false once it has been moved into storage. */
  inSlot: boolean;
  /** Its storage slot, from the order to move it there; undefined when it was not moved. */
  storageSlot: number | undefined;
  /**
   * `swapping` from the order to the outcome; `held` by an application after delivery, until it is released, or
   * `measured` by it; `doubtful` while nature has to say whether it is still there.
   */
  state: "stored" | "swapping" | "held" | "measured" | "doubtful";
  /** When what was done to it last is over. */
  freeAt: Instant;
}

/** A half that has come into a slot of its link. */
export function storedHalf(now: Instant, pair: string, link: string, slot: number): Half {
  return { pair, link, slot, inSlot: true, storageSlot: undefined, state: "stored", freeAt: now };
}

/** A half handed to its application: with which index, when, and what it is claimed to be worth then. */
export interface Handover {
  readonly index: BellIndex | undefined;
  readonly at: Instant;
  readonly claimedFidelity: number;
}
