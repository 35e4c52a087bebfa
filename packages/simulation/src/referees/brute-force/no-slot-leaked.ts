import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { controllerRestartsIn, natureRestartsIn } from "./crashes.ts";
import { deedsIn, isEnd } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** A half in a slot, from one place of the history to another; slots are numbered per link, and apart in storage. */
interface Stay {
  readonly pair: string;
  readonly node: string;
  readonly slot: string;
  readonly isInStorage: boolean;
  readonly from: number;
  readonly incarnation: number;
  /** Undefined where it never ends. */
  readonly until: number | undefined;
}

/**
 * A slot holds one half at a time, a half is in one slot at a time, and in none at last; but that nature lost, and of
 * which its node-controller may know no more.
 */
export const noSlotLeaked: PlainRule = {
  name: "no-slot-leaked",
  isBroken: (history) => {
    const stays = staysIn(history);
    const isLeaked = stays.some((stay) => stay.until === undefined && !isForgotten(history, stay, stays));
    const collide = stays.some((stay, index) => stays.slice(index + 1).some((later) => collides(history, stay, later)));
    return isLeaked || collide || isMovedFromNowhere(history, stays);
  },
};

/** Every stay in the order of beginnings. A stay ends with the half, or with its move elsewhere. */
function staysIn(history: readonly LedgerEvent[]): Stay[] {
  const deeds = deedsIn(history);
  return deeds.flatMap((deed): Stay[] => {
    const { pair, node, index: from, told } = deed;
    const { event, incarnation } = told;
    const until = deeds.find(
      (one) => one.index > from && one.pair === pair && one.node === node && (isEnd(one) || one.what === "moved"),
    )?.index;
    if (event?.$case === "halfStored") {
      const { link, slot } = event.halfStored;
      return [{ pair, node, slot: `${node} ${link} ${slot}`, isInStorage: false, from, incarnation, until }];
    }
    if (event?.$case === "halfMoved") {
      const slot = `${node} storage ${event.halfMoved.storageSlot}`;
      return [{ pair, node, slot, isInStorage: true, from, incarnation, until }];
    }
    return [];
  });
}

/** Whether two halves are in one slot at once, or one half in two. */
function collides(history: readonly LedgerEvent[], earlier: Stay, later: Stay): boolean {
  if (earlier.until !== undefined && later.from >= earlier.until) return false;
  if (earlier.pair === later.pair && earlier.node === later.node) return true;
  return earlier.slot === later.slot && !isVacated(history, earlier, later);
}

/** Nature lost the half, and its node-controller was started again since: nobody is in that slot any more. */
function isVacated(history: readonly LedgerEvent[], earlier: Stay, later: Stay): boolean {
  return later.incarnation > earlier.incarnation && natureRestartsIn(history, earlier.from, later.from);
}

/** Nature lost the half, and its node-controller was started again since, or shows by its slot that it was. */
function isForgotten(history: readonly LedgerEvent[], stay: Stay, stays: readonly Stay[]): boolean {
  if (!natureRestartsIn(history, stay.from)) return false;
  if (controllerRestartsIn(history, stay.node, stay.from)) return true;
  return stays.some((later) => later.from > stay.from && later.slot === stay.slot && isVacated(history, stay, later));
}

/** Only what stands in a communication slot can be moved. */
function isMovedFromNowhere(history: readonly LedgerEvent[], stays: readonly Stay[]): boolean {
  return deedsIn(history).some(
    ({ what, pair, node, index }) =>
      what === "moved" &&
      !stays.some((stay) => stay.pair === pair && stay.node === node && stay.until === index && !stay.isInStorage),
  );
}
