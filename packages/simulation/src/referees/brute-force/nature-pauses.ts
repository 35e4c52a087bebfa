import type { FaultEntry } from "@bellmesh/wire/fault";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { oncePerHistory } from "./once-per-history.ts";

/** What a history says of nature's standing still: places at which it is paused, and at which it goes on. */
const pausesIn = oncePerHistory((history: readonly LedgerEvent[]) => {
  const isOfNature = (fault: FaultEntry | undefined) =>
    /^(nature|quantum-state\/.*)$/.test(JSON.parse(fault?.target ?? "{}").process ?? "") &&
    !JSON.parse(fault?.args ?? "{}").inStep;
  return history.flatMap(({ event, writer, at }, index) => {
    if (event?.$case === "faultBegan" && isOfNature(event.faultBegan.fault)) {
      return [{ index, at, isPause: event.faultBegan.fault?.kind === "pause" }];
    }
    const goesOn = event?.$case === "faultEnded" && isOfNature(event.faultEnded.fault);
    return goesOn || writer.startsWith("quantum-state/") ? [{ index, at, isPause: false }] : [];
  });
});

/** Since when nature has been paused, when nothing says by this place that it goes on; undefined when it is not. */
export function pausedSince(history: readonly LedgerEvent[], place: number): number | undefined {
  const news = pausesIn(history).filter(({ index }) => index < place);
  return news[news.findLastIndex(({ isPause }) => !isPause) + 1]?.at;
}
