import { type Effect, effect } from "@bellmesh/mesh";
import { type FeedforwardKind, type Instant, subjects } from "@bellmesh/wire";
import { Acknowledgement, type Feedforward } from "@bellmesh/wire/feedforward";

/** What to do with a message: apply it, apply it as one that came too late, or nothing. */
export type Admission = "fresh" | "late" | "duplicate";

/** What an inbox has seen so far. */
export interface InboxCounters {
  fresh: number;
  late: number;
  duplicate: number;
  /** From a former incarnation of the sender, after a message of the present one. */
  former: number;
}

/** What one sender has already had applied: everything to `contiguous`, and these beyond. */
interface Applied {
  readonly subject: string;
  incarnation: number;
  contiguous: number;
  readonly beyond: Set<number>;
}

/**
 * Receives feedforward exactly once: acknowledges every copy, admits the first.
 * A duplicated correction would cancel itself silently, because Paulis are XOR.
 */
export class Inbox {
  readonly counters: InboxCounters = { fresh: 0, late: 0, duplicate: 0, former: 0 };
  readonly #network: string;
  readonly #place: string;
  /** By sender, then by kind. */
  readonly #senders = new Map<string, Map<FeedforwardKind, Applied>>();

  constructor(network: string, place: string) {
    this.#network = network;
    this.#place = place;
  }

  /** Admits a message of `kind` from `from` once, and acknowledges it, appending to `effects`. */
  admit(now: Instant, effects: Effect[], from: string, kind: FeedforwardKind, message: Feedforward): Admission {
    const applied = this.#sender(from, kind, message.incarnation);
    effects.push(
      effect.publish(applied.subject, Acknowledgement, {
        incarnation: message.incarnation,
        sequences: [message.sequence],
        kind,
      }),
    );
    if (message.incarnation < applied.incarnation) {
      this.counters.former += 1;
      return "duplicate";
    }
    if (!isFirst(applied, message.sequence)) {
      this.counters.duplicate += 1;
      return "duplicate";
    }
    if (message.notAfter !== 0 && now >= message.notAfter) {
      this.counters.late += 1;
      return "late";
    }
    this.counters.fresh += 1;
    return "fresh";
  }

  #sender(from: string, kind: FeedforwardKind, incarnation: number): Applied {
    let byKind = this.#senders.get(from);
    if (!byKind) {
      byKind = new Map();
      this.#senders.set(from, byKind);
    }
    let applied = byKind.get(kind);
    if (!applied) {
      const subject = subjects.feedforward(this.#network, this.#place, from, "ack");
      applied = { subject, incarnation, contiguous: 0, beyond: new Set() };
      byKind.set(kind, applied);
    } else if (incarnation > applied.incarnation) {
      applied.incarnation = incarnation;
      applied.contiguous = 0;
      applied.beyond.clear();
    }
    return applied;
  }
}

/**
 * How far back sequences are told apart: what is further behind the latest one counts as applied. A sender leaves a
 * gap for good with every message it gives up, and gaps must not be remembered for ever.
 */
const WINDOW = 4096;

/** Whether this sequence is seen for the first time; remembers it. */
function isFirst(applied: Applied, sequence: number): boolean {
  if (sequence <= applied.contiguous || applied.beyond.has(sequence)) return false;
  if (sequence === applied.contiguous + 1) applied.contiguous = sequence;
  else {
    applied.beyond.add(sequence);
    if (sequence - WINDOW > applied.contiguous) closeGaps(applied, sequence - WINDOW);
  }
  while (applied.beyond.size > 0 && applied.beyond.delete(applied.contiguous + 1)) applied.contiguous += 1;
  return true;
}

/** Takes everything up to `last` for applied; costs as much as there is to forget, however far it goes. */
function closeGaps(applied: Applied, last: number): void {
  if (last - applied.contiguous > applied.beyond.size) {
    for (const sequence of applied.beyond) if (sequence <= last) applied.beyond.delete(sequence);
  } else {
    for (let sequence = applied.contiguous + 1; sequence <= last; sequence += 1) applied.beyond.delete(sequence);
  }
  applied.contiguous = last;
}
