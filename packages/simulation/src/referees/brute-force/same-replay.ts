import type { LedgerEvent } from "@bellmesh/wire/ledger";

/**
 * For tests: whether a replay left the same, written plainly. Exactly: the same events, as often, at the same instants,
 * but for faults and censuses; otherwise the same outcomes of the same requests.
 */
export function isSameReplay(
  plain: readonly LedgerEvent[],
  replayed: readonly LedgerEvent[],
  isExact: boolean,
): boolean {
  const tell = isExact ? eventsIn : outcomesIn;
  const [expected, found] = [tell(plain), tell(replayed)];
  const count = (one: string, all: readonly string[]) => all.filter((other) => other === one).length;
  return [...expected, ...found].every((one) => count(one, expected) === count(one, found));
}

function eventsIn(history: readonly LedgerEvent[]): readonly string[] {
  const apart = ["census", "faultBegan", "faultEnded"];
  return history
    .filter(({ event }) => event && !apart.includes(event.$case))
    .map(({ writer, at, event }) => JSON.stringify([writer, at, event]));
}

/** Each request's end, told by its head-end, and each number at each end, once for each that was not taken back. */
function outcomesIn(history: readonly LedgerEvent[]): readonly string[] {
  const ends = history.flatMap(({ event }, index) => {
    if (event?.$case !== "requestEnded") return [];
    const { requestId, node, reason, delivered } = event.requestEnded;
    const headEnd = history
      .slice(0, index)
      .flatMap((one) => (one.event?.$case === "requestAccepted" ? [one.event.requestAccepted] : []))
      .findLast((one) => one.requestId === requestId)?.headEnd;
    return headEnd === node ? [`${requestId} ${reason} ${delivered}`] : [];
  });
  const numbers = (told: { requestId: string; node: string; pairSequence: number }) =>
    `${told.requestId} ${told.node} ${told.pairSequence}`;
  const given = history.flatMap(({ event }) =>
    event?.$case === "halfDelivered" ? [numbers(event.halfDelivered)] : [],
  );
  const takenBack = history.flatMap(({ event }) =>
    event?.$case === "halfRetracted" ? [numbers(event.halfRetracted)] : [],
  );
  const kept = [...new Set([...given, ...takenBack])].map((one) => {
    const count = (all: readonly string[]) => all.filter((other) => other === one).length;
    return `${one} ${count(given) - count(takenBack)}`;
  });
  return [...ends, ...kept.filter((one) => !one.endsWith(" 0"))];
}
