import type { BellIndex } from "@bellmesh/wire/bell";
import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import { oncePerHistory } from "./once-per-history.ts";

/** Something that happened to one half, at its place in the history. */
export interface Deed {
  readonly index: number;
  readonly at: number;
  readonly place: string;
  readonly pair: string;
  readonly node: string;
  readonly what: "stored" | "moved" | "swapped" | "delivered" | "ended" | "retracted" | "upgraded" | "turned";
  readonly told: LedgerEvent;
}

/** A pair's beginning; only the first herald of a name counts. */
export interface Herald {
  readonly index: number;
  readonly pair: string;
  readonly nodes: readonly string[];
  readonly emitted: readonly number[];
  readonly bell: BellIndex | undefined;
  readonly link: string;
  readonly photonOffsetPs: number;
}

/** A half and what was done to it from its herald on. */
export interface PlainHalf {
  readonly herald: Herald;
  readonly pair: string;
  readonly node: string;
  readonly deeds: readonly Deed[];
}

const spendings: readonly Outcome[] = [Outcome.USED, Outcome.DISTILLED, Outcome.MEASURED];

/** Whether a half is gone from its node's memory after this deed. */
export const isEnd = ({ what }: Deed) => what === "swapped" || what === "delivered" || what === "ended";

/** Whether a deed is an end by which the half was of use. */
export function isSpent(deed: Deed): boolean {
  const { event } = deed.told;
  if (event?.$case === "halfEnded") return spendings.includes(event.halfEnded.outcome);
  return isEnd(deed);
}

/** All deeds, in order. */
export const deedsIn = oncePerHistory((history: readonly LedgerEvent[]): readonly Deed[] =>
  history.flatMap((told, index) => {
    const place = told.writer.split("/")[1] ?? "";
    const deed = (what: Deed["what"], { pair, node }: { pair: string; node: string }): Deed => {
      return { index, at: told.at, place, pair, node, what, told };
    };
    switch (told.event?.$case) {
      case "halfStored":
        return [deed("stored", told.event.halfStored)];
      case "halfMoved":
        return [deed("moved", told.event.halfMoved)];
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
  }),
);

/** Every herald; only the first of a name counts. */
export const heraldsIn = oncePerHistory((history: readonly LedgerEvent[]): readonly Herald[] => {
  const all = history.flatMap(({ event }, index) => {
    if (event?.$case !== "pairHeralded") return [];
    const { pair, firstNode, secondNode, firstEmitted, secondEmitted, photonOffsetPs } = event.pairHeralded;
    const link = pair.split("/")[0] ?? "";
    const [nodes, emitted] = [
      [firstNode, secondNode],
      [firstEmitted, secondEmitted],
    ] as const;
    return [{ index, pair, nodes, emitted, bell: event.pairHeralded.bellIndex, link, photonOffsetPs }];
  });
  return all.filter(({ pair }, index) => all.findIndex((other) => other.pair === pair) === index);
});

/** The deeds done to each half from its herald on. */
export const halvesIn = oncePerHistory((history: readonly LedgerEvent[]): readonly PlainHalf[] => {
  const deeds = deedsIn(history);
  return heraldsIn(history).flatMap((herald) =>
    herald.nodes.map((node) => {
      const { pair } = herald;
      const its = deeds.filter((deed) => deed.pair === pair && deed.node === node && deed.index > herald.index);
      return { herald, pair, node, deeds: its };
    }),
  );
});

/** Deeds done to a half that was not heralded by then. */
export function strayIn(history: readonly LedgerEvent[]): Deed[] {
  const heralds = heraldsIn(history);
  return deedsIn(history).filter(
    ({ pair, node, index }) =>
      !heralds.some((one) => one.pair === pair && one.nodes.includes(node) && one.index < index),
  );
}
