import type { FidelityBudget, LedgerEvent } from "@bellmesh/wire/ledger";

/** For tests: something done to a history, at a place of it. */
export type Change =
  | { readonly kind: "drop" | "double"; readonly from: number }
  | { readonly kind: "move"; readonly from: number; readonly to: number }
  | { readonly kind: "later"; readonly from: number; readonly ns: number }
  | { readonly kind: "mix"; readonly from: number; readonly to: number; readonly field: string }
  | { readonly kind: "alter"; readonly what: number; readonly from: number }
  | { readonly kind: "alter-every"; readonly what: number; readonly step: number };

/** Fields that an event may have as another has them: they say to whom something happened, what, or when. */
export const mixedFields = [
  "pair",
  "upstreamPair",
  "node",
  "requestId",
  "headEnd",
  "slot",
  "delivered",
  "measuredAt",
  "bellIndex",
];

interface Told {
  readonly [field: string]: unknown;
  readonly bellIndex?: unknown;
  readonly outcome?: unknown;
  readonly intended?: unknown;
  readonly node?: unknown;
  readonly bit?: unknown;
  readonly promisedPs?: unknown;
  readonly promisesPs?: unknown;
  readonly budget?: unknown;
}
const plus = (field: string, by: number) => (told: Told) => ({ ...told, [field]: Number(told[field]) + by });

/** What may be altered in an event that has a field, by the field's name. */
const alterations = {
  bellIndex: (told: Told) => ({ ...told, bellIndex: turned(told.bellIndex) }),
  outcome: (told: Told) => ({ ...told, outcome: typeof told.outcome === "object" ? turned(told.outcome) : 5 }),
  intended: (told: Told) => ({ ...told, intended: turned(told.intended) }),
  slot: plus("slot", 1),
  storageSlot: plus("storageSlot", 1),
  pairSequence: plus("pairSequence", 1),
  peer: (told: Told) => ({ ...told, peer: told.node }),
  fidelityPpt: plus("fidelityPpt", -3e10),
  claimedFidelityPpb: plus("claimedFidelityPpb", 3e7),
  photonOffsetPs: plus("photonOffsetPs", 1e7),
  bit: (told: Told) => ({ ...told, bit: !told.bit }),
  axis: plus("axis", 1),
  timers: plus("timers", 1),
  streams: plus("streams", 1),
  calls: plus("calls", 1),
  messagesSent: plus("messagesSent", 20_000),
  offsetPs: plus("offsetPs", 1e12),
  promisedPs: (told: Told) => ({ ...told, promisedPs: Number(told.promisedPs) === 0 ? 300 : 0 }),
  settledNs: (told: Told) => ({ ...told, settledNs: undefined }),
  promisesPs: (told: Told) => ({ ...told, promisesPs: Number(told.promisesPs) === 0 ? 300 : 0 }),
  budget: (told: Told) => ({ ...told, budget: withMoreWaiting(told.budget as FidelityBudget | undefined) }),
  attempts: plus("attempts", 100_000),
} satisfies Record<string, (told: Told) => Told>;
type Alteration = keyof typeof alterations;

const alteredFields = Object.keys(alterations) as readonly Alteration[];

function withMoreWaiting(budget: FidelityBudget | undefined): FidelityBudget | undefined {
  return budget && { ...budget, waits: budget.waits.map((wait) => ({ ...wait, lossPpt: wait.lossPpt + 1e9 })) };
}

function turned(index: unknown) {
  const { x = false, z = false } = (index ?? {}) as { x?: boolean; z?: boolean };
  return x ? { x: false, z: !z } : { x: true, z };
}

/** The history to which that was done; itself where nothing has the field. */
export function changed(events: readonly LedgerEvent[], one: Change): readonly LedgerEvent[] {
  if (events.length === 0) return events;
  if (one.kind === "alter" || one.kind === "alter-every") {
    const present = alteredFields.filter((field) => placesOf(events, field).length > 0);
    const field = present[one.what % present.length];
    if (field === undefined) return events;
    const having = placesOf(events, field);
    const chosen =
      one.kind === "alter" ? [one.from % having.length] : [...having.keys()].filter((n) => n % one.step === 0);
    const places = chosen.map((n) => having[n]);
    return events.map((event, index) => (places.includes(index) ? altered(event, field) : event));
  }
  const index = one.from % events.length;
  const event = events[index] as LedgerEvent;
  switch (one.kind) {
    case "drop":
      return events.toSpliced(index, 1);
    case "double":
      return events.toSpliced(index, 0, event);
    case "move":
      return events.toSpliced(index, 1).toSpliced(one.to % events.length, 0, event);
    case "later":
      return events.toSpliced(index, 1, { ...event, at: event.at + one.ns });
    case "mix":
      return events.toSpliced(index, 1, mixed(event, events[one.to % events.length] as LedgerEvent, one.field));
  }
}

function toldIn({ event }: LedgerEvent): Told {
  return (Object.values(event ?? {}).at(-1) ?? {}) as Told;
}

function placesOf(events: readonly LedgerEvent[], field: Alteration): number[] {
  return [...events.keys()].filter((index) => field in toldIn(events[index] as LedgerEvent));
}

function altered(event: LedgerEvent, field: Alteration): LedgerEvent {
  const copy = structuredClone(event);
  const told = toldIn(copy);
  Object.assign(told, alterations[field](told));
  return copy;
}

/** An event with a field as another event has it, where both have it. */
function mixed(event: LedgerEvent, other: LedgerEvent, field: string): LedgerEvent {
  const copy = structuredClone(event);
  const [mine, theirs] = [toldIn(copy), toldIn(other)];
  if (field in mine && field in theirs) Object.assign(mine, { [field]: theirs[field] });
  return copy;
}
