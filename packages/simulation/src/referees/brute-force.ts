import {
  bellMeasurementNs,
  classicalDelayNs,
  linkModel,
  linkNamed,
  nodeNamed,
  type Topology,
} from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

/**
 * For tests: the rules once more, written as plainly as they can be, each over the whole of a short history without
 * crashes that has come to rest. They share nothing with the referees, know no streaming and no bounds of memory.
 */
export interface PlainRule {
  readonly name: string;
  /** Whether the rule is broken. */
  readonly isBroken: (history: readonly LedgerEvent[], topology: Topology) => boolean;
}

/** Something that happened to one half. */
interface Deed {
  readonly index: number;
  readonly at: number;
  readonly place: string;
  readonly pair: string;
  readonly node: string;
  readonly what: "stored" | "swapped" | "delivered" | "ended" | "retracted" | "upgraded" | "turned";
  readonly told: LedgerEvent;
}

const spendings: readonly Outcome[] = [Outcome.USED, Outcome.DISTILLED, Outcome.MEASURED];

/** All deeds, in order. */
function deedsIn(history: readonly LedgerEvent[]): Deed[] {
  return history.flatMap((told, index) => {
    const place = told.writer.split("/")[1] ?? "";
    const deed = (what: Deed["what"], { pair, node }: { pair: string; node: string }): Deed => {
      return { index, at: told.at, place, pair, node, what, told };
    };
    switch (told.event?.$case) {
      case "halfStored":
        return [deed("stored", told.event.halfStored)];
      case "pairsSwapped": {
        const { node, upstreamPair, downstreamPair } = told.event.pairsSwapped;
        return [deed("swapped", { pair: upstreamPair, node }), deed("swapped", { pair: downstreamPair, node })];
      }
      case "halfDelivered":
        return [deed("delivered", told.event.halfDelivered)];
      case "halfEnded":
        return [deed("ended", told.event.halfEnded)];
      case "halfRetracted":
        return [deed("retracted", told.event.halfRetracted)];
      case "halfUpgraded":
        return [deed("upgraded", told.event.halfUpgraded)];
      case "frameApplied":
        return [deed("turned", told.event.frameApplied)];
      default:
        return [];
    }
  });
}

interface Herald {
  readonly index: number;
  readonly pair: string;
  readonly nodes: readonly string[];
  readonly emitted: readonly number[];
  readonly bell: BellIndex | undefined;
  readonly link: string;
}

/** Every herald; only the first of a name counts. */
function heraldsIn(history: readonly LedgerEvent[]): Herald[] {
  const all = history.flatMap(({ event, writer }, index) => {
    if (event?.$case !== "pairHeralded") return [];
    const { pair, firstNode, secondNode, firstEmitted, secondEmitted, bellIndex: bell } = event.pairHeralded;
    const link = writer.split("/")[1] ?? "";
    return [{ index, pair, nodes: [firstNode, secondNode], emitted: [firstEmitted, secondEmitted], bell, link }];
  });
  return all.filter(({ pair }, index) => all.findIndex((other) => other.pair === pair) === index);
}

const isEnd = ({ what }: Deed) => what === "swapped" || what === "delivered" || what === "ended";

function isSpent(deed: Deed): boolean {
  const { event } = deed.told;
  if (event?.$case === "halfEnded") return spendings.includes(event.halfEnded.outcome);
  return isEnd(deed);
}

/** The deeds done to each half from its herald on. */
function byHalf(history: readonly LedgerEvent[]): { herald: Herald; node: string; deeds: Deed[] }[] {
  const deeds = deedsIn(history);
  return heraldsIn(history).flatMap((herald) =>
    herald.nodes.map((node) => {
      const its = deeds.filter((deed) => deed.pair === herald.pair && deed.node === node && deed.index > herald.index);
      return { herald, node, deeds: its };
    }),
  );
}

/** Deeds done to a half that was not heralded by then. */
function strayIn(history: readonly LedgerEvent[]): Deed[] {
  const heralds = heraldsIn(history);
  return deedsIn(history).filter(
    ({ pair, node, index }) =>
      !heralds.some((one) => one.pair === pair && one.nodes.includes(node) && one.index < index),
  );
}

function ownersAreMixed(history: readonly LedgerEvent[]): boolean {
  const deeds = deedsIn(history);
  if (deeds.some(({ place, node }) => place !== node && place !== "nature")) return true;
  const heralds = heraldsIn(history);
  const isElsewhere = (deed: Deed) => heralds.some(({ pair, index }) => pair === deed.pair && index < deed.index);
  if (strayIn(history).some((deed) => deed.what === "stored" && isElsewhere(deed))) return true;
  return byHalf(history).some(({ deeds: its }) => {
    const ends = its.findIndex(isEnd);
    const stored = its.filter(({ what }, index) => what === "stored" && (ends === -1 || index < ends));
    if (stored.length > 1) return true;
    const delivered = its.filter(({ what }) => what === "delivered");
    if (new Set(delivered.map(requestOf)).size > 1) return true;
    return delivered.some((deed) => {
      const before = history
        .slice(0, deed.index)
        .flatMap(({ event }) =>
          event?.$case === "requestAccepted" && event.requestAccepted.requestId === requestOf(deed)
            ? [event.requestAccepted]
            : [],
        );
      const request = before.at(-1);
      return request !== undefined && request.headEnd !== deed.node && request.tailEnd !== deed.node;
    });
  });
}

function requestOf({ told: { event } }: Deed): string {
  return event?.$case === "halfDelivered" ? event.halfDelivered.requestId : "";
}

function isSpentTwice(history: readonly LedgerEvent[]): boolean {
  if (strayIn(history).some(isSpent)) return true;
  return byHalf(history).some(({ deeds }) => {
    const [first, ...later] = deeds.filter(isEnd);
    return first !== undefined && isSpent(first) && later.some(isSpent);
  });
}

function doesNotAddUp(history: readonly LedgerEvent[]): boolean {
  const halves = byHalf(history);
  if (strayIn(history).some(isEnd)) return true;
  if (halves.some(({ deeds }) => !deeds.some(isEnd))) return true;
  const kind = (deed: Deed) =>
    deed.told.event?.$case === "halfEnded" ? `ended ${deed.told.event.halfEnded.outcome}` : deed.what;
  const isTwice = halves.some(({ deeds }) => {
    const [first, ...later] = deeds.filter(isEnd);
    return first !== undefined && later.some((deed) => isSpent(deed) && kind(deed) === kind(first));
  });
  return isTwice || history.some((told, index) => miscounts(history, told, index));
}

function miscounts(history: readonly LedgerEvent[], { event }: LedgerEvent, index: number): boolean {
  if (event?.$case !== "requestEnded") return false;
  const { requestId, node, delivered } = event.requestEnded;
  const before = history.slice(0, index).map((told) => told.event);
  const accepted = before.findLastIndex(
    (one) => one?.$case === "requestAccepted" && one.requestAccepted.requestId === requestId,
  );
  const request = before[accepted];
  if (request?.$case !== "requestAccepted" || request.requestAccepted.headEnd !== node) return false;
  let count = 0;
  for (const one of before.slice(accepted)) {
    if (one?.$case === "halfDelivered" && one.halfDelivered.requestId === requestId && one.halfDelivered.node === node)
      count += 1;
    if (one?.$case === "halfRetracted" && one.halfRetracted.requestId === requestId && one.halfRetracted.node === node)
      count -= 1;
  }
  return count !== delivered;
}

function isCloned(history: readonly LedgerEvent[]): boolean {
  const halves = byHalf(history);
  const isUsedWhenGone = halves.some(({ deeds }) => {
    const end = deeds.findIndex(isEnd);
    return end !== -1 && deeds.slice(end).some(({ what }) => what === "stored" || what === "turned");
  });
  const isWithItself = history.some(
    ({ event }) =>
      event?.$case === "pairsSwapped" && event.pairsSwapped.upstreamPair === event.pairsSwapped.downstreamPair,
  );
  const isInTwo = halves.some(({ herald, node }) => {
    const told = history.slice(herald.index).flatMap(({ event }) => {
      if (event?.$case !== "pairFidelity") return [];
      const { firstPair, firstNode, secondPair, secondNode } = event.pairFidelity;
      return [`${firstPair} ${firstNode}`, `${secondPair} ${secondNode}`].filter(
        (one) => one === `${herald.pair} ${node}`,
      );
    });
    return told.length > 1;
  });
  return isUsedWhenGone || isWithItself || isInTwo;
}

interface Cause {
  readonly place: string;
  readonly atNs: number;
}

interface Swap {
  readonly index: number;
  readonly node: string;
  readonly pairs: readonly [string, string];
  readonly atNs: number;
}

/** Swaps of two different halves that were both there. */
function swapsIn(history: readonly LedgerEvent[]): Swap[] {
  const halves = byHalf(history);
  const isThere = (pair: string, node: string, index: number) =>
    halves.some(
      (half) =>
        half.herald.pair === pair &&
        half.node === node &&
        half.herald.index < index &&
        !half.deeds.some((deed) => isEnd(deed) && deed.index < index),
    );
  return history.flatMap(({ event }, index) => {
    if (event?.$case !== "pairsSwapped") return [];
    const { node, upstreamPair, downstreamPair, measuredAt: atNs } = event.pairsSwapped;
    if (upstreamPair === downstreamPair) return [];
    if (!isThere(upstreamPair, node, index) || !isThere(downstreamPair, node, index)) return [];
    return [{ index, node, pairs: [upstreamPair, downstreamPair] as const, atNs }];
  });
}

function isTooEarly(history: readonly LedgerEvent[], topology: Topology): boolean {
  const light = (from: string, to: string) => classicalDelayNs(topology, from, to);
  const heralds = heraldsIn(history);
  const swaps = swapsIn(history);
  const causeOf = (herald: Herald): Cause => {
    const found = linkNamed(topology, herald.link);
    const arms = found ? linkModel(topology, found).armDelayNs : [0, 0];
    const came = herald.emitted.map((atNs, end) => atNs + (arms[end] ?? 0));
    return { place: herald.link, atNs: Math.max(...came) };
  };
  const isEarly = (atNs: number, node: string, { place, atNs: since }: Cause) => atNs + 2 < since + light(place, node);
  const causes = (pair: string, node: string, before: number): Cause[] => {
    const herald = heralds.find((one) => one.pair === pair && one.index < before);
    if (!herald) return [];
    const far = herald.nodes.find((other) => other !== node) ?? "";
    const swap = swaps.find((one) => one.node === far && one.pairs.includes(pair) && one.index < before);
    if (!swap) return [causeOf(herald)];
    const next = swap.pairs[0] === pair ? swap.pairs[1] : swap.pairs[0];
    return [causeOf(herald), { place: far, atNs: swap.atNs }, ...causes(next, far, before)];
  };
  if (heralds.some((herald) => (history[herald.index]?.at ?? 0) + 2 < causeOf(herald).atNs)) return true;
  return byHalf(history).some(({ herald, node, deeds }) => {
    const swap = swaps.find((one) => one.node === node && one.pairs.includes(herald.pair));
    const stored = deeds.filter(({ what }) => what === "stored");
    if (stored.some(({ at }) => isEarly(at, node, causeOf(herald)))) return true;
    if (swap && isEarly(swap.atNs, node, causeOf(herald))) return true;
    const known = deeds.find(knows);
    const all = causes(herald.pair, node, swap?.index ?? history.length);
    return known !== undefined && all.some((cause) => isEarly(known.at, node, cause));
  });
}

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

function isOutOfMemory(history: readonly LedgerEvent[], topology: Topology): boolean {
  const slots = (node: string) => nodeNamed(topology, node)?.memory.communicationSlots ?? 0;
  if (
    history.some(({ event }) => event?.$case === "halfStored" && event.halfStored.slot >= slots(event.halfStored.node))
  )
    return true;
  const { cutoffS, clock } = topology;
  if (cutoffS === undefined) return false;
  return byHalf(history).some(({ herald, node, deeds }) => {
    const hardware = nodeNamed(topology, node);
    if (!hardware) return false;
    const allowedNs = cutoffS * 1e9 + bellMeasurementNs(hardware) + (6 * clock.stampJitterPs) / 1000 + 10;
    const [end] = deeds.filter(isEnd);
    if (end?.told.event?.$case !== "pairsSwapped") return false;
    const emittedNs = herald.emitted[herald.nodes.indexOf(node)] ?? 0;
    const { measuredAt } = end.told.event.pairsSwapped;
    return measuredAt - emittedNs > allowedNs + foundOffNs(history, node, measuredAt);
  });
}

/** What a clock that had been trusted was found to be off by, from 30 s before until 10 s after. */
function foundOffNs(history: readonly LedgerEvent[], node: string, atNs: number): number {
  const found = history.flatMap(({ event, at }, index) => {
    if (event?.$case !== "clockChecked" || at < atNs - 30e9 || at > atNs + 10e9) return [];
    const checked = event.clockChecked;
    const wasTrusted = history
      .slice(0, index)
      .some(
        ({ event }) =>
          event?.$case === "clockChecked" &&
          event.clockChecked.node === checked.node &&
          event.clockChecked.promisesPs > 0,
      );
    return wasTrusted && [checked.node, checked.grandmaster].includes(node) ? [checked.offsetPs / 1000] : [];
  });
  return Math.max(0, ...found);
}

function isMisnamed(history: readonly LedgerEvent[]): boolean {
  const ids = history.flatMap(({ event }) => (event?.$case === "pairHeralded" ? [event.pairHeralded.pair] : []));
  return new Set(ids).size < ids.length || ids.some((id) => !/^[^/]+\/.*\/\d+$/.test(id));
}

function isNeverEnding(history: readonly LedgerEvent[]): boolean {
  return history.some(({ event }, index) => {
    if (event?.$case !== "requestAccepted") return false;
    const { requestId, headEnd } = event.requestAccepted;
    return !history
      .slice(index)
      .some((told) =>
        told.event?.$case === "requestEnded"
          ? told.event.requestEnded.requestId === requestId && told.event.requestEnded.node === headEnd
          : told.event?.$case === "controllerRestarted" && told.event.controllerRestarted.node === headEnd,
      );
  });
}

/** Ends of a half, in their order: one, but for what no-double-spend judges, and one retraction of a delivery. */
function hasNoOneOutcome(history: readonly LedgerEvent[]): boolean {
  if (history.some(({ event }) => event?.$case === "halfEnded" && event.halfEnded.outcome === Outcome.UNSPECIFIED))
    return true;
  if (strayIn(history).some((deed) => isAfterwards(deed) || (deed.what === "ended" && !isSpent(deed)))) return true;
  return byHalf(history).some(({ deeds }) => {
    let state = "live";
    for (const deed of deeds.filter((one) => isEnd(one) || isAfterwards(one))) {
      if (isAfterwards(deed)) {
        if (state !== "delivered") return true;
        if (deed.what === "retracted") state = "given up";
      } else if (state === "live") {
        state = deed.what === "delivered" ? "delivered" : isSpent(deed) ? "spent" : "given up";
      } else if (state === "given up" || !isSpent(deed)) return true;
    }
    return state === "live";
  });
}

const isAfterwards = ({ what }: Deed) => what === "retracted" || what === "upgraded";

/** Rules by the names of their referees. */
export const plainRules: readonly PlainRule[] = [
  { name: "ids-unique", isBroken: isMisnamed },
  { name: "one-owner", isBroken: ownersAreMixed },
  { name: "no-double-spend", isBroken: isSpentTwice },
  { name: "one-terminal-outcome", isBroken: hasNoOneOutcome },
  { name: "conservation", isBroken: doesNotAddUp },
  { name: "no-cloning", isBroken: isCloned },
  { name: "causality", isBroken: isTooEarly },
  { name: "memory-kept", isBroken: isOutOfMemory },
  { name: "requests-end", isBroken: isNeverEnding },
];
