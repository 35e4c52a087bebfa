import type { BellIndex } from "@bellmesh/wire/bell";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { type Deed, type Herald, halvesIn, heraldsIn, isEnd, type PlainHalf } from "./deeds.ts";
import { oncePerHistory } from "./once-per-history.ts";

/** A measurement of two halves of one node, which were both there. */
export interface Swap {
  readonly index: number;
  readonly node: string;
  readonly pairs: readonly [string, string];
  readonly atNs: number;
  readonly outcome: BellIndex | undefined;
}

/** From a half over swaps to the half that it is entangled with. */
export interface Chain {
  readonly heralds: readonly Herald[];
  readonly swaps: readonly Swap[];
  readonly far: { readonly pair: string; readonly node: string };
}

/** Swaps of two different halves that were both there. */
export const swapsIn = oncePerHistory((history: readonly LedgerEvent[]): readonly Swap[] =>
  history.reduce<readonly Swap[]>((earlier, { event }, index) => {
    if (event?.$case !== "pairsSwapped") return earlier;
    const { node, upstreamPair, downstreamPair, measuredAt: atNs, outcome } = event.pairsSwapped;
    const areThere = [upstreamPair, downstreamPair].every((pair) =>
      halvesIn(history).some((half) => isOne(half, { pair, node }) && isThere(half, index, earlier)),
    );
    if (upstreamPair === downstreamPair || !areThere) return earlier;
    return earlier.concat({ index, node, pairs: [upstreamPair, downstreamPair], atNs, outcome });
  }, []),
);

const isOne = (a: { pair: string; node: string }, b: { pair: string; node: string }) =>
  a.pair === b.pair && a.node === b.node;

function isThere({ herald, deeds }: PlainHalf, before: number, swaps: readonly Swap[]): boolean {
  return herald.index < before && !deeds.some((deed) => deed.index < before && isEndGiven(deed, swaps));
}

function isEndGiven(deed: Deed, swaps: readonly Swap[]): boolean {
  return isEnd(deed) && (deed.what !== "swapped" || swaps.some(({ index }) => index === deed.index));
}

/** How a half ended; undefined where it has not. A swap with a half that is not there is none. */
export function endOf(history: readonly LedgerEvent[], { deeds }: PlainHalf): Deed | undefined {
  return deeds.find((deed) => isEndGiven(deed, swapsIn(history)));
}

/** The chain from a half, as it stands before a place of the history; undefined for a half that was not heralded. */
export function chainFrom(
  history: readonly LedgerEvent[],
  pair: string,
  node: string,
  before = history.length,
): Chain | undefined {
  const herald = heraldsIn(history).find((one) => one.pair === pair && one.nodes.includes(node) && one.index < before);
  if (!herald) return undefined;
  const far = herald.nodes[herald.nodes[0] === node ? 1 : 0] ?? "";
  const swap = swapsIn(history).find((one) => one.node === far && one.pairs.includes(pair) && one.index < before);
  if (!swap) return { heralds: [herald], swaps: [], far: { pair, node: far } };
  const next = swap.pairs[0] === pair ? swap.pairs[1] : swap.pairs[0];
  const rest = chainFrom(history, next, far, before);
  if (!rest) return undefined;
  return { heralds: [herald, ...rest.heralds], swaps: [swap, ...rest.swaps], far: rest.far };
}
