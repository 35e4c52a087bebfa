import { classicalDelayNs, linkModel, linkNamed, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { chainFrom, swapsIn } from "./chains.ts";
import { type Deed, deedsIn, type Herald, halvesIn, heraldsIn } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

interface Cause {
  readonly place: string;
  readonly atNs: number;
}

/** Two stamps are each rounded to a nanosecond. */
const ROUNDING_NS = 2;

/** Nothing is known anywhere before light can have brought it. */
export const causality: PlainRule = {
  name: "causality",
  isBroken: (history, topology) => {
    const isEarly = (atNs: number, node: string, { place, atNs: since }: Cause) =>
      atNs + ROUNDING_NS < since + classicalDelayNs(topology, place, node);
    if (history.some((told) => isHeraldedEarly(told, topology))) return true;
    if (deedsIn(history).some((deed) => deed.what === "stored" && isUnmade(history, deed))) return true;
    if (history.some((told, index) => isTriedTwice(told, history.slice(0, index), topology))) return true;
    return halvesIn(history).some(({ herald, pair, node, deeds }) => {
      const cause = causeOf(topology, herald);
      const swap = swapsIn(history).find((one) => one.node === node && one.pairs.includes(pair));
      const stored = deeds.filter(({ what }) => what === "stored");
      if (stored.some(({ at }) => isEarly(at, node, cause))) return true;
      if (swap && isEarly(swap.atNs, node, cause)) return true;
      const known = deeds.find(knows);
      const chain = chainFrom(history, pair, node, swap?.index);
      const causes = [
        ...(chain?.heralds ?? []).map((one) => causeOf(topology, one)),
        ...(chain?.swaps ?? []).map((one) => ({ place: one.node, atNs: one.atNs })),
      ];
      return known !== undefined && causes.some((one) => isEarly(known.at, node, one));
    });
  },
};

/** Whether nature has made no pair of that name by then. */
function isUnmade(history: readonly LedgerEvent[], { pair, index }: Deed): boolean {
  return !heraldsIn(history).some((herald) => herald.pair === pair && herald.index < index);
}

function isHeraldedEarly(told: LedgerEvent, topology: Topology): boolean {
  return heraldsIn([told]).some((herald) => told.at + ROUNDING_NS < causeOf(topology, herald).atNs);
}

/**
 * Whether a pair took more attempts than its link has cycles between its emission and that of the pair before it, the
 * one with the highest number among those told of before; nothing is said of one that is told of behind a later one.
 */
function isTriedTwice({ event }: LedgerEvent, before: readonly LedgerEvent[], topology: Topology): boolean {
  if (event?.$case !== "pairHeralded") return false;
  const { pair, attempts, firstEmitted, secondEmitted } = event.pairHeralded;
  const [, station, link = "", number] = /^(([^/]+)\/.*)\/(\d+)$/.exec(pair) ?? [];
  const found = linkNamed(topology, link);
  if (!found) return false;
  const earlier = before
    .flatMap((told) => (told.event?.$case === "pairHeralded" ? [told.event.pairHeralded] : []))
    .filter((other) => other.pair.replace(/\/\d+$/, "") === station)
    .map((other) => ({ ...other, number: Number(other.pair.split("/").at(-1)) }))
    .toSorted((one, other) => other.number - one.number)[0];
  if (!earlier || earlier.number >= Number(number)) return false;
  const elapsedNs = Math.max(firstEmitted - earlier.firstEmitted, secondEmitted - earlier.secondEmitted);
  return attempts > Math.floor((1.001 * elapsedNs) / linkModel(topology, found).periodNs) + 2;
}

/** When the later photon of a pair was at its station. */
function causeOf(topology: Topology, { link, emitted }: Herald): Cause {
  const found = linkNamed(topology, link);
  const arms = found ? linkModel(topology, found).armDelayNs : [0, 0];
  return { place: link, atNs: Math.max(...emitted.map((atNs, end) => atNs + (arms[end] ?? 0))) };
}

/** Whether the Bell index of the whole chain is known to who did this. */
function knows({ told: { event } }: Deed): boolean {
  switch (event?.$case) {
    case "halfDelivered":
      return event.halfDelivered.bellIndex !== undefined;
    case "halfUpgraded":
      return event.halfUpgraded.bellIndex !== undefined;
    case "frameApplied":
      return event.frameApplied.applied !== undefined;
    default:
      return false;
  }
}
