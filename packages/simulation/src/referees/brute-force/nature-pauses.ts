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

/** Whether an instant lies in the last pause of nature before this place, at which nature may speak itself. */
export function isInLastPause(history: readonly LedgerEvent[], place: number, atNs: number): boolean {
  const news = pausesIn(history).filter(({ index }) => index <= place);
  const last = news.findLastIndex(({ isPause }, one) => isPause && news[one - 1]?.isPause !== true);
  const goesOnNs = news.slice(last).find(({ isPause }) => !isPause)?.at ?? Number.POSITIVE_INFINITY;
  return last >= 0 && atNs > (news[last]?.at ?? 0) && atNs <= goesOnNs;
}
