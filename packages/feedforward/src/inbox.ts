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
  readonly #senders = new Map<string, Applied>();

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
    const key = `${from} ${kind}`;
    let applied = this.#senders.get(key);
    if (!applied) {
      const subject = subjects.feedforward(this.#network, this.#place, from, "ack");
      applied = { subject, incarnation, contiguous: 0, beyond: new Set() };
      this.#senders.set(key, applied);
    } else if (incarnation > applied.incarnation) {
      applied.incarnation = incarnation;
      applied.contiguous = 0;
      applied.beyond.clear();
    }
    return applied;
  }
}

/** Gaps that senders left by giving up are forgotten once this many messages lie beyond them. */
const BEYOND_MAX = 4096;

/** Whether this sequence is seen for the first time; remembers it. */
function isFirst(applied: Applied, sequence: number): boolean {
  if (sequence <= applied.contiguous || applied.beyond.has(sequence)) return false;
  if (sequence !== applied.contiguous + 1) {
    applied.beyond.add(sequence);
    if (applied.beyond.size > BEYOND_MAX) {
      applied.contiguous = Math.min(...applied.beyond) - 1;
      while (applied.beyond.delete(applied.contiguous + 1)) applied.contiguous += 1;
    }
    return true;
  }
  applied.contiguous = sequence;
  while (applied.beyond.delete(applied.contiguous + 1)) applied.contiguous += 1;
  return true;
}
