import { type Effect, effect, SmallMap } from "@bellmesh/mesh";
import { after, type FeedforwardKind, type Instant, subjects } from "@bellmesh/wire";
import { type Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";

/** The one timer of an outbox, set for its next repetition. */
export const REPEAT_TIMER = "feedforward.repeat";

const REPEAT_AFTER_MIN_NS = 2_000_000;
const REPEAT_AFTER_ROUND_TRIPS = 3;
const REPEAT_AFTER_MAX_NS = 256_000_000;
/** A receiver that has acknowledged nothing for so long hears nothing, or is not heard. */
const SILENT_AFTER_NS = 2 * REPEAT_AFTER_MAX_NS;

/** What an outbox has done so far. */
export interface OutboxCounters {
  sent: number;
  repeated: number;
  /** Given up unacknowledged, because it had become too late to be of use. */
  abandoned: number;
}

interface Unacknowledged {
  readonly message: Feedforward;
  repeatAt: Instant;
  repeatAfterNs: number;
}

/** One receiver and kind: the numbering of what it is sent, and what it has not acknowledged yet. */
interface Channel {
  readonly to: string;
  readonly subject: string;
  readonly repeatAfterNs: number;
  readonly unacknowledged: SmallMap<number, Unacknowledged>;
  lastSequence: number;
  /** Whether something has been acknowledged since it was last looked through, and when that was last so. */
  hasAnswered: boolean;
  answeredAt: number;
}

/**
 * Sends feedforward over a bus that loses messages: every message is repeated, at growing intervals, until its
 * receiver acknowledges it or its `notAfter` has come. The receiver's Inbox makes repetition harmless. To a receiver
 * that is silent only the oldest message goes on being repeated at the longest interval, until it answers: a cut in one
 * direction would make a storm of all the others.
 */
export class Outbox {
  readonly counters: OutboxCounters = { sent: 0, repeated: 0, abandoned: 0 };
  readonly #network: string;
  readonly #place: string;
  readonly #delayNs: (to: string) => number;
  readonly #channels: Channel[] = [];
  /** By receiver, then by kind. */
  readonly #channelsTo = new Map<string, Map<FeedforwardKind, Channel>>();
  #incarnation = 0;
  #pending = 0;
  #timerDue: Instant | undefined;

  /** `delayNs` is the one-way classical delay to a place: repetition starts after a few round trips. */
  constructor(network: string, place: string, delayNs: (to: string) => number) {
    this.#network = network;
    this.#place = place;
    this.#delayNs = delayNs;
  }

  /** To be called before anything is sent: receivers tell restarts apart by it. */
  start(incarnation: number): void {
    this.#incarnation = incarnation;
  }

  /** Messages not acknowledged yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Sends one message, appending to `effects`. `notAfter` 0: worth repeating for ever. */
  send(
    now: Instant,
    effects: Effect[],
    to: string,
    kind: FeedforwardKind,
    payload: NonNullable<Feedforward["payload"]>,
    measuredAt: Instant,
    notAfter: number,
  ): void {
    const channel = this.#channel(to, kind);
    channel.lastSequence += 1;
    const sequence = channel.lastSequence;
    const message: Feedforward = { sequence, incarnation: this.#incarnation, measuredAt, notAfter, payload };
    const repeatAt = after(now, channel.repeatAfterNs);
    channel.unacknowledged.set(sequence, { message, repeatAt, repeatAfterNs: channel.repeatAfterNs });
    this.#pending += 1;
    this.counters.sent += 1;
    effects.push(effect.publish(channel.subject, Feedforward, message));
    if (this.#timerDue === undefined || repeatAt < this.#timerDue) this.#setTimer(effects, repeatAt);
  }

  /** The receiver `from` has these; appends to `effects`. */
  acknowledged(effects: Effect[], from: string, acknowledgement: Acknowledgement): void {
    if (acknowledgement.incarnation !== this.#incarnation) return; // meant for who we were before a restart
    const channel = this.#channelsTo.get(from)?.get(acknowledgement.kind as FeedforwardKind);
    if (!channel) return;
    channel.hasAnswered = true;
    for (const sequence of acknowledgement.sequences) {
      if (channel.unacknowledged.delete(sequence)) this.#pending -= 1;
    }
    if (this.#pending === 0 && this.#timerDue !== undefined) {
      effects.push(effect.cancelTimer(REPEAT_TIMER));
      this.#timerDue = undefined;
    }
  }

  /**
   * REPEAT_TIMER has come: sends again what is due, gives up what is too late. `abandoned` is told of the latter, for
   * a receiver that waits for the message must learn in some other way that it will not come. It may have come all
   * the same: then only its acknowledgements were lost.
   */
  repeat(now: Instant, abandoned?: (effects: Effect[], to: string, message: Feedforward) => void): Effect[] {
    const effects: Effect[] = [];
    this.#timerDue = undefined;
    let next: Instant | undefined;
    for (const channel of this.#channels) {
      if (channel.hasAnswered) channel.answeredAt = now;
      channel.hasAnswered = false;
      const isSilent = now - channel.answeredAt > SILENT_AFTER_NS;
      let probe: Unacknowledged | undefined;
      for (const entry of channel.unacknowledged.values()) {
        if (entry.message.notAfter !== 0 && now >= entry.message.notAfter) {
          channel.unacknowledged.delete(entry.message.sequence);
          this.#pending -= 1;
          this.counters.abandoned += 1;
          abandoned?.(effects, channel.to, entry.message);
          continue;
        }
        const isSlow = entry.repeatAfterNs === REPEAT_AFTER_MAX_NS;
        if (isSlow) probe ??= entry;
        if (entry.repeatAt <= now) {
          if (!isSilent || !isSlow || entry === probe) {
            effects.push(effect.publish(channel.subject, Feedforward, entry.message));
            this.counters.repeated += 1;
          }
          entry.repeatAfterNs = Math.min(entry.repeatAfterNs * 2, REPEAT_AFTER_MAX_NS);
          entry.repeatAt = after(now, entry.repeatAfterNs);
          // What is too late is given up when it is, not an interval later: somebody may wait to be told.
          if (entry.message.notAfter !== 0 && entry.repeatAt > entry.message.notAfter) {
            entry.repeatAt = entry.message.notAfter as Instant;
          }
        }
        if (next === undefined || entry.repeatAt < next) next = entry.repeatAt;
      }
    }
    // `abandoned` may have sent something, on a channel that had been looked through.
    if (next !== undefined && (this.#timerDue === undefined || next < this.#timerDue)) this.#setTimer(effects, next);
    return effects;
  }

  #setTimer(effects: Effect[], due: Instant): void {
    this.#timerDue = due;
    effects.push(effect.setTimer(REPEAT_TIMER, due));
  }

  #channel(to: string, kind: FeedforwardKind): Channel {
    let byKind = this.#channelsTo.get(to);
    if (!byKind) {
      byKind = new Map();
      this.#channelsTo.set(to, byKind);
    }
    let channel = byKind.get(kind);
    if (!channel) {
      const roundTripNs = 2 * this.#delayNs(to);
      channel = {
        to,
        subject: subjects.feedforward(this.#network, this.#place, to, kind),
        repeatAfterNs: Math.max(REPEAT_AFTER_MIN_NS, REPEAT_AFTER_ROUND_TRIPS * roundTripNs),
        unacknowledged: new SmallMap(),
        lastSequence: 0,
        hasAnswered: false,
        answeredAt: Number.NEGATIVE_INFINITY,
      };
      byKind.set(kind, channel);
      this.#channels.push(channel);
    }
    return channel;
  }
}
