import { type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

/** Takes events one by one; `late` when one comes behind events that it may have led to. */
export type Enter = (event: LedgerEvent, late: boolean) => void;

type Case = NonNullable<LedgerEvent["event"]>["$case"];

/**
 * Which of two events of one instant comes first, where different writers wrote them: what leads to the other. Nature
 * says what a crash has lost before the node stores anything anew; it sees a delivery when the node has recorded it.
 */
const ranks: Readonly<Record<Case, number>> = {
  faultBegan: 0,
  natureRestarted: 0,
  controllerRestarted: 0,
  hardwareChanged: 0,
  clockChecked: 0,
  clockTrustChanged: 0,
  requestAccepted: 1,
  requestRefused: 1,
  circuitInstalled: 2,
  pairHeralded: 3,
  attemptsMade: 3,
  halfStored: 5,
  halfMoved: 5,
  qubitMoved: 5,
  pairsSwapped: 6,
  frameApplied: 7,
  halfDelivered: 8,
  halfUpgraded: 9,
  pairFidelity: 10,
  halfRetracted: 11,
  halfMeasured: 10,
  emulatorLimit: 12,
  halfEnded: 13,
  circuitTornDown: 14,
  requestEnded: 15,
  census: 15,
  faultEnded: 16,
};
const LOST_RANK = 4;
const LAST_RANK = 17;

interface Placed {
  readonly event: LedgerEvent;
  readonly atNs: number;
}

/**
 * Puts the events of many writers, which come in any order, into one in which nothing stands before what led to it.
 *
 * Instants do most of it: a message carries the instant when it was sent, its receiver acts no earlier, and a process
 * never goes back; so an event's instant is not before those of the events that led to it (Lamport 1978), whatever the
 * clocks of the machines. What a writer wrote keeps the order of its numbers, and ties go by kind. An event is let
 * through once nothing earlier can come any more; how long that takes is for the caller to know.
 */
export class CausalOrder {
  readonly #writers = new Map<string, WriterQueue>();
  readonly #enter: Enter;
  #held = 0;
  #late = 0;
  /** The last event let through. */
  #lastNs = 0;
  #lastRank = -1;

  constructor(enter: Enter) {
    this.#enter = enter;
  }

  /** Events that are held back. */
  get held(): number {
    return this.#held;
  }

  /** Events that came too late for their place. */
  get late(): number {
    return this.#late;
  }

  /** Takes an event, of which there must be no other with its number. */
  add(event: LedgerEvent): void {
    let queue = this.#writers.get(event.writer);
    if (queue === undefined) {
      queue = new WriterQueue();
      this.#writers.set(event.writer, queue);
    }
    queue.add(event);
    this.#held += 1;
  }

  /** Lets through, in order, what happened up to this instant. */
  release(untilNs: number): void {
    const runs = [...this.#writers.values()].map((queue) => queue.take(untilNs)).filter((run) => run.length > 0);
    const [lastNs, lastRank] = [this.#lastNs, this.#lastRank];
    for (const { event, atNs } of merged(runs)) {
      const rank = rankOf(event);
      const isPast = atNs < lastNs || (atNs === lastNs && rank < lastRank);
      const late = isPast || (this.#writers.get(event.writer) as WriterQueue).wasPassed(event);
      if (late) this.#late += 1;
      this.#held -= 1;
      if (atNs > this.#lastNs) [this.#lastNs, this.#lastRank] = [atNs, rank];
      else if (atNs === this.#lastNs) this.#lastRank = Math.max(this.#lastRank, rank);
      this.#enter(event, late);
    }
  }
}

/** What one writer wrote and is held back, in the order of its numbers. */
class WriterQueue {
  #events: LedgerEvent[] = [];
  #taken = 0;
  #takenNs = 0;
  #last: LedgerEvent | undefined;

  add(event: LedgerEvent): void {
    const events = this.#events;
    let place = events.length;
    while (place > this.#taken && isBefore(event, events[place - 1] as LedgerEvent)) place -= 1;
    if (place === events.length) events.push(event);
    else events.splice(place, 0, event);
  }

  /** Takes out what happened up to then, each event no earlier than the one before it. */
  take(untilNs: number): Placed[] {
    const run: Placed[] = [];
    for (let event = this.#events[this.#taken]; event; event = this.#events[this.#taken]) {
      const atNs = Math.max(this.#takenNs, event.at);
      if (atNs > untilNs) break;
      this.#takenNs = atNs;
      this.#taken += 1;
      run.push({ event, atNs });
    }
    if (this.#taken > 1024 || this.#taken === this.#events.length) {
      this.#events = this.#events.slice(this.#taken);
      this.#taken = 0;
    }
    return run;
  }

  /** Notes that an event goes through; true when a later one of this writer has gone before it. */
  wasPassed(event: LedgerEvent): boolean {
    if (this.#last !== undefined && isBefore(event, this.#last)) return true;
    this.#last = event;
    return false;
  }
}

function isBefore(a: LedgerEvent, b: LedgerEvent): boolean {
  return a.incarnation < b.incarnation || (a.incarnation === b.incarnation && a.sequence < b.sequence);
}

/** Several runs, each in order, as one: by instant, then by kind. */
function merged(runs: readonly (readonly Placed[])[]): readonly Placed[] {
  const [only = []] = runs;
  if (runs.length < 2) return only;
  const sorted = runs
    .flatMap((run, writer) => run.map((placed) => ({ placed, writer })))
    .sort((a, b) => a.placed.atNs - b.placed.atNs);
  const result: Placed[] = [];
  for (let first = 0; first < sorted.length; ) {
    const { atNs } = (sorted[first] as (typeof sorted)[number]).placed;
    const tied = new Map<number, Placed[]>();
    for (; sorted[first]?.placed.atNs === atNs; first++) {
      const { placed, writer } = sorted[first] as (typeof sorted)[number];
      const run = tied.get(writer);
      if (run) run.push(placed);
      else tied.set(writer, [placed]);
    }
    appendTied([...tied.values()], result);
  }
  return result;
}

/**
 * Of all runs that goes first which has the event of the lowest rank, with what stands before it there: a half that is
 * stored comes before its swap, also when its node has ended another half before it stored this one. But none goes
 * whose next event tells of a pair of which another run has yet to tell what led to it: nature may have swapped other
 * halves at the instant of a delivery.
 */
function appendTied(runs: readonly Placed[][], result: Placed[]): void {
  const lowest = runs.map(lowestFrom);
  const next = runs.map(() => 0);
  for (;;) {
    const open = runs.flatMap((run, place) => ((next[place] as number) < run.length ? [place] : []));
    if (open.length === 0) return;
    const left = (place: number) => (runs[place] as Placed[]).slice(next[place]);
    const free = open.filter((place) => !open.some((other) => other !== place && leadsTo(left(other), left(place)[0])));
    const rankFrom = (place: number) => lowest[place]?.[next[place] as number] as number;
    const chosen = (free.length > 0 ? free : open).reduce((best, place) =>
      rankFrom(place) < rankFrom(best) ? place : best,
    );
    result.push((runs[chosen] as Placed[])[next[chosen] as number] as Placed);
    next[chosen] = (next[chosen] as number) + 1;
  }
}

/** Whether some of these events comes before another by its kind, and tells of the same pair. */
function leadsTo(events: readonly Placed[], placed: Placed | undefined): boolean {
  if (placed === undefined) return false;
  const [rank, pairs] = [rankOf(placed.event), pairsOf(placed.event)];
  return events.some(({ event }) => rankOf(event) < rank && pairsOf(event).some((pair) => pairs.includes(pair)));
}

const PAIR_FIELDS = ["pair", "upstreamPair", "downstreamPair", "firstPair", "secondPair"];

/** The link pairs that an event tells of. */
function pairsOf({ event }: LedgerEvent): readonly unknown[] {
  if (event === undefined) return [];
  const told = Object.entries(event).find(([name]) => name === event.$case)?.[1] as Readonly<Record<string, unknown>>;
  return PAIR_FIELDS.flatMap((field) => told[field] ?? []);
}

/** For each place of a run the lowest rank from there on. */
function lowestFrom(run: readonly Placed[]): readonly number[] {
  const lowest = run.map(({ event }) => rankOf(event));
  for (let place = run.length - 2; place >= 0; place -= 1) {
    lowest[place] = Math.min(lowest[place] as number, lowest[place + 1] as number);
  }
  return lowest;
}

function rankOf({ event }: LedgerEvent): number {
  if (event === undefined) return LAST_RANK;
  if (event.$case === "halfEnded" && event.halfEnded.outcome === Outcome.LOST_CRASH) return LOST_RANK;
  return ranks[event.$case] ?? LAST_RANK;
}
