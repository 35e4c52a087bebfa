import type { BellIndex } from "@bellmesh/wire/bell";
import type { HalfDelivered, LedgerEvent } from "@bellmesh/wire/ledger";
import { chainFrom, endOf } from "./chains.ts";
import { halvesIn, type PlainHalf } from "./deeds.ts";
import { oncePerHistory } from "./once-per-history.ts";

/** A half whose end was its delivery, and how that stands at the end of the history. */
export interface Delivery {
  readonly half: PlainHalf;
  readonly index: number;
  readonly atNs: number;
  readonly told: HalfDelivered;
  /** It was taken back. */
  readonly isRetracted: boolean;
  /** The index last announced for it, at its delivery or by an upgrade. */
  readonly announced: BellIndex | undefined;
}

/** Every delivery of a half that was there. */
export const deliveriesIn = oncePerHistory((history: readonly LedgerEvent[]): readonly Delivery[] =>
  halvesIn(history).flatMap((half) => {
    const end = endOf(history, half);
    const { event } = end?.told ?? {};
    if (!end || event?.$case !== "halfDelivered") return [];
    const after = half.deeds.filter(({ index }) => index > end.index);
    const retraction = after.find(({ what }) => what === "retracted");
    const upgrades = after.flatMap(({ told, index }) =>
      told.event?.$case === "halfUpgraded" && index < (retraction?.index ?? history.length)
        ? [told.event.halfUpgraded.bellIndex]
        : [],
    );
    const told = event.halfDelivered;
    const announced = upgrades.length > 0 ? upgrades.at(-1) : told.bellIndex;
    return [{ half, index: end.index, atNs: end.at, told, isRetracted: retraction !== undefined, announced }];
  }),
);

/** The delivery of the half that this one is entangled with; undefined where that was not delivered. */
export function otherEndOf(history: readonly LedgerEvent[], { pair, node }: PlainHalf): Delivery | undefined {
  const far = chainFrom(history, pair, node)?.far;
  return deliveriesIn(history).find(({ half }) => half.pair === far?.pair && half.node === far.node);
}
