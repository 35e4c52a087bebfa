import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** What a function says of a history, worked out once for each: plain rules ask the same again and again. */
export function oncePerHistory<Found>(
  find: (history: readonly LedgerEvent[]) => Found,
): (history: readonly LedgerEvent[]) => Found {
  const found = new WeakMap<readonly LedgerEvent[], Found>();
  return (history) => {
    const known = found.get(history);
    if (known !== undefined) return known;
    const now = find(history);
    found.set(history, now);
    return now;
  };
}
