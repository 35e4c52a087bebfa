import type { PairQuality } from "@bellmesh/bell";
import { type Effect, effect, type Method, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import type { Link, LinkModel } from "@bellmesh/topology";
import { after, type Instant, pairId, SECOND_NS } from "@bellmesh/wire";
import type { Herald } from "@bellmesh/wire/feedforward";
import type { EventsResponse, PeerExpire } from "@bellmesh/wire/link-layer";
import type { SlotsRequest } from "@bellmesh/wire/node-controller";
import { type GenerateRequest, type GenerateResponse, SeriesEnd } from "@bellmesh/wire/physical-link";
import type { CreateQueue, QueueItem } from "./create-queue.ts";
import type { FidelityEstimation } from "./fidelity-estimation.ts";
import { VoidedPairs } from "./voided-pairs.ts";

/** A series of attempts is armed for at most this long; then it is armed anew. */
const SERIES_NS = 3_600 * SECOND_NS;
/** How long to wait before arming again after the two ends missed each other; doubled while they go on doing so. */
const RETRY_MIN_NS = 1_000_000;
const RETRY_MAX_NS = 64_000_000;
/** Real queue sequences start at 1: to stop this one is to ask where the station stands. */
const NO_ITEM = { queue: 0, sequence: 0 } as const;

/** The ends, or their clocks and the link's, were not at one. */
const missedEachOther: readonly SeriesEnd[] = [
  SeriesEnd.OUT_OF_WINDOW,
  SeriesEnd.QUEUE_MISMATCH,
  SeriesEnd.ALPHA_MISMATCH,
  SeriesEnd.LINK_DOWN,
];

/** What generation asks of the link layer around it. */
export interface Surroundings {
  /** To the node's quantum memory manager. */
  slots(effects: Effect[], request: SlotsRequest): void;
  /** To the network layer; it gets its sequence then. */
  announce(effects: Effect[], event: EventsResponse): void;
  /** To the link's other end. */
  expirePeer(effects: Effect[], range: PeerExpire): void;
  /** A request of this node has all its pairs. */
  done(effects: Effect[], item: QueueItem): void;
  /** The link's schedule has no more time for a request. */
  neverUpAgain(effects: Effect[], item: QueueItem): void;
}

interface Armed {
  readonly item: QueueItem;
  /** As it was armed: the item gets another place when the ends agree anew. */
  readonly queueSequence: number;
  readonly slot: number;
  readonly firstCycle: number;
  /** What it yields, with the α it was armed with. */
  readonly model: LinkModel;
}

/**
 * EGP at one end of one link: serves the head of the queue while there is a free communication slot, and turns
 * heralds into OKs. Sequence numbers are the station's; a gap means heralds were missed, and everything missed is
 * expired at both ends (Dahlberg et al. 2019, reply handling of the EGP).
 */
export class EntanglementGeneration {
  readonly station: StandingStream<GenerateRequest, GenerateResponse>;
  readonly retryTimer: string;
  readonly voided = new VoidedPairs();
  readonly #link: Link;
  readonly #node: string;
  readonly #remoteNode: string;
  readonly #timing: Pick<LinkModel, "periodNs" | "messageDelayNs">;
  readonly #estimation: FidelityEstimation;
  /** What it claims of pairs without right. */
  #falseGoodness: PairQuality | undefined;
  /** From the start of a cycle to this end's emission in it: the nearer end fires later, so that photons meet. */
  readonly #triggerDelayNs: number;
  readonly #queue: CreateQueue;
  readonly #surroundings: Surroundings;
  readonly #freeSlots: number[] = [];
  #incarnation = 0;
  #armed: Armed | undefined;
  #trusted = false;
  /** Not to be armed until the retry timer comes. */
  #held: QueueItem | undefined;
  #retryAfterNs = RETRY_MIN_NS;
  /** Whether the station has said where it stands since its stream was opened. */
  #stationAnswered = false;
  /** 0: nothing was heard of the station yet. */
  #stationIncarnation = 0;
  /** The station's next pair sequence as far as this end knows; 0: unknown. */
  #expectedSequence = 0;

  constructor(
    link: Link,
    node: string,
    timing: Pick<LinkModel, "periodNs" | "armDelayNs" | "messageDelayNs">,
    estimation: FidelityEstimation,
    queue: CreateQueue,
    surroundings: Surroundings,
    generate: Method<GenerateRequest, GenerateResponse>,
    numbers: StreamNumbers,
  ) {
    const isFirst = link.ends[0] === node;
    this.#link = link;
    this.#node = node;
    this.#remoteNode = isFirst ? link.ends[1] : link.ends[0];
    this.#timing = timing;
    this.#estimation = estimation;
    this.#triggerDelayNs = Math.max(...timing.armDelayNs) - timing.armDelayNs[isFirst ? 0 : 1];
    this.#queue = queue;
    this.#surroundings = surroundings;
    this.station = new StandingStream(`physical-link/${link.name}`, generate, numbers);
    this.retryTimer = `retry:${link.name}`;
  }

  start(effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.#openStation(effects);
  }

  /** The memory manager lends a slot; it stays lent until a herald fills it. */
  granted(now: Instant, effects: Effect[], slot: number): void {
    this.#freeSlots.push(slot);
    this.advance(now, effects);
  }

  /** The memory manager has gone, and every slot lent with it. */
  slotsLost(effects: Effect[]): void {
    this.#disarm(effects);
    this.#freeSlots.length = 0;
  }

  /** Whether the clock is good enough to hit the detection window of this link. */
  clockReported(now: Instant, effects: Effect[], uncertaintyPs: number): void {
    const trusted = uncertaintyPs <= this.#link.heralding.detectionWindowNs * 500;
    if (trusted !== this.#trusted) effects.push(this.#trustChanged(trusted, uncertaintyPs));
    this.#trusted = trusted;
    if (trusted) this.advance(now, effects);
    else this.#disarm(effects);
  }

  /** The station's stream has ended; what was armed on it is armed no more. @returns whether it was that stream */
  stationEnded(now: Instant, effects: Effect[], stream: Stream): boolean {
    if (!this.station.ended(now, effects, stream)) return false;
    this.#stationAnswered = false;
    this.#release();
    return true;
  }

  /** @returns whether the timer was one of generation's. */
  timer(now: Instant, effects: Effect[], timer: string): boolean {
    if (timer === this.retryTimer) this.#held = undefined;
    else if (timer === this.station.timer) this.#openStation(effects);
    else return false;
    this.advance(now, effects);
    return true;
  }

  /** Arms the head of the queue if everything needed is there; disarms what is no longer the head. */
  advance(now: Instant, effects: Effect[]): void {
    const item = this.#queue.head();
    if (this.#armed && this.#armed.item !== item) this.#disarm(effects);
    if (this.#armed || !item || item === this.#held || !this.#trusted || !this.#stationAnswered) return;
    if (this.#isDown(now, effects, item)) return;
    const slot = this.#freeSlots.shift();
    if (slot === undefined) return;
    const { periodNs } = this.#timing;
    const model = this.#estimation.modelFor(item.create);
    const firstCycle = Math.ceil(now / periodNs);
    const until = Math.min(after(now, SERIES_NS), item.timeoutAt ?? Number.POSITIVE_INFINITY);
    const { queueSequence } = item;
    this.#armed = { item, queueSequence, slot, firstCycle, model };
    this.station.send(effects, {
      link: this.#link.name,
      command: {
        $case: "arm",
        arm: {
          queueId: { queue: 0, sequence: queueSequence },
          firstCycle,
          stride: 1,
          untilCycle: Math.max(firstCycle, Math.floor(until / periodNs)),
          expectedSequence: this.#expectedSequence,
          incarnation: this.#incarnation,
          usefulForNs: 0,
          alpha: model.alpha,
        },
      },
    });
  }

  /** Whether the link is down: then the request waits until it comes, or ends when it never does. */
  #isDown(now: Instant, effects: Effect[], item: QueueItem): boolean {
    const upNs = this.#estimation.nextUpNs(now);
    if (upNs <= now) return false;
    if (upNs === Number.POSITIVE_INFINITY) {
      this.#surroundings.neverUpAgain(effects, item);
      this.advance(now, effects);
    } else this.#hold(now, effects, item, upNs - now);
    return true;
  }

  /** A herald, for the first time; `late` when it is past its usefulness. */
  heralded(now: Instant, effects: Effect[], herald: Herald, late: boolean): void {
    const { pairSequence, stationIncarnation } = herald;
    this.#adopt(effects, stationIncarnation);
    if (stationIncarnation < this.#stationIncarnation) {
      this.#void(effects, stationIncarnation, pairSequence, pairSequence + 1);
      return;
    }
    const expected = this.#expectedSequence || pairSequence;
    if (pairSequence < expected) {
      // Voided when the gap was seen, or armed by a former incarnation of this end, which may have told nobody.
      if (herald.armedIncarnation !== this.#incarnation) {
        this.#void(effects, stationIncarnation, pairSequence, pairSequence + 1);
      }
      return;
    }
    this.#expectedSequence = pairSequence + 1;
    const armed = this.#armed;
    const isOurs = armed !== undefined && this.#isFor(herald, armed);
    if (isOurs && !late && pairSequence === expected) this.#ok(now, effects, herald, armed);
    else {
      this.#void(effects, stationIncarnation, expected, pairSequence + 1);
      if (isOurs) this.#release();
    }
    this.advance(now, effects);
  }

  /** The station ended the armed series without a success, or answered to a stop. */
  seriesEnded(now: Instant, effects: Effect[], { reason, queueId, nextSequence, incarnation }: GenerateResponse): void {
    this.#adopt(effects, incarnation);
    if (queueId?.sequence === NO_ITEM.sequence) {
      this.#stationAnswered = true;
      this.#standsAt(effects, nextSequence);
      this.advance(now, effects);
      return;
    }
    const expected = this.#expectedSequence;
    if (reason === SeriesEnd.MISSED_HERALD) {
      // An end that has seen no herald yet has missed the latest one.
      this.#missedUpTo(effects, expected || nextSequence - 1, nextSequence);
    }
    const armed = this.#armed;
    if (!armed || armed.queueSequence !== queueId?.sequence) {
      // An answer to what was stopped meanwhile. Missed heralds were for what is armed now, or are what it waits for.
      if (this.#expectedSequence === expected) return;
      this.#disarm(effects);
      this.advance(now, effects);
      return;
    }
    this.#release();
    if (missedEachOther.includes(reason)) {
      this.#hold(now, effects, armed.item, this.#retryAfterNs);
      this.#retryAfterNs = Math.min(2 * this.#retryAfterNs, RETRY_MAX_NS);
    } else this.#retryAfterNs = RETRY_MIN_NS;
    this.advance(now, effects);
  }

  /** The peer missed heralds: what they announced is void here too. */
  expiredByPeer(now: Instant, effects: Effect[], range: PeerExpire): void {
    const { stationIncarnation, sequenceLow, sequenceHigh } = range;
    if (!this.voided.add(range, false)) return;
    const expected = this.#expectedSequence;
    if (stationIncarnation === this.#stationIncarnation && sequenceHigh > expected) {
      // Heralds this end has not seen yet, and will not act on when they come.
      if (expected !== 0) {
        this.#void(effects, stationIncarnation, expected, sequenceLow);
        this.#expectedSequence = sequenceHigh;
        this.#disarm(effects);
      }
      this.#missed(effects, stationIncarnation, Math.max(sequenceLow, expected), sequenceHigh);
    }
    this.#announceExpire(effects, range);
    this.advance(now, effects);
  }

  /** A later incarnation of the station is there: the last herald of the former may have been lost with it. */
  #adopt(effects: Effect[], incarnation: number): void {
    const former = this.#stationIncarnation;
    if (incarnation <= former) return;
    const expected = this.#expectedSequence;
    this.#stationIncarnation = incarnation;
    this.#expectedSequence = 0;
    if (former !== 0 && expected !== 0) this.#void(effects, former, expected, expected + 1);
  }

  /**
   * The station's answer to a new stream. Nothing is armed before it has come: a herald under way is for what is armed
   * no more, and this end always knows which incarnation of the station it was armed with.
   */
  #standsAt(effects: Effect[], nextSequence: number): void {
    const expected = this.#expectedSequence;
    if (expected !== 0) this.#missedUpTo(effects, expected, nextSequence);
    else {
      this.#expectedSequence = nextSequence;
      // The latest herald was for a former incarnation of this end, and may have found nobody there.
      this.#missed(effects, this.#stationIncarnation, Math.max(1, nextSequence - 1), nextSequence);
    }
  }

  #missedUpTo(effects: Effect[], expected: number, nextSequence: number): void {
    if (nextSequence <= expected) return;
    this.#expectedSequence = nextSequence;
    this.#void(effects, this.#stationIncarnation, expected, nextSequence);
  }

  /** Whether a herald is for what is armed now, and not for what was armed before under the same queue id. */
  #isFor({ armedIncarnation, queueId, cycle }: Herald, { queueSequence, firstCycle }: Armed): boolean {
    return armedIncarnation === this.#incarnation && queueId?.sequence === queueSequence && cycle >= firstCycle;
  }

  /** From now on it claims a fidelity that its pairs need not have; undefined ends that. */
  claim(fidelity: number | undefined): void {
    const eigenvalue = fidelity === undefined ? undefined : (4 * fidelity - 1) / 3;
    this.#falseGoodness =
      eigenvalue === undefined ? undefined : { x: eigenvalue, y: eigenvalue, z: eigenvalue, relaxed: undefined };
  }

  #ok(now: Instant, effects: Effect[], herald: Herald, armed: Armed): void {
    const { item, slot, model } = armed;
    const { pair, bellIndex, clockDifferencePs } = herald;
    const emittedAt = Math.round(herald.cycle * this.#timing.periodNs) + this.#triggerDelayNs;
    const link = this.#link.name;
    this.#armed = undefined;
    this.#retryAfterNs = RETRY_MIN_NS;
    this.#surroundings.slots(effects, {
      link,
      message: { $case: "occupied", occupied: { slot, pair, bellIndex, emittedAt } },
    });
    this.#surroundings.announce(effects, {
      sequence: 0,
      link,
      createId: item.createId,
      purposeId: item.create.purposeId,
      originatedHere: item.originatedHere,
      event: {
        $case: "ok",
        ok: {
          pair,
          bellIndex,
          goodness: this.#falseGoodness ?? this.#estimation.goodnessOf(model, clockDifferencePs),
          emittedAt,
          remoteNode: this.#remoteNode,
        },
      },
    });
    item.remaining -= 1;
    if (item.remaining > 0) return;
    if (item.originatedHere) this.#surroundings.done(effects, item);
    else {
      // The originator says whether it has them all, too: arming meanwhile would meet its next request.
      const [first, second] = this.#timing.messageDelayNs;
      this.#hold(now, effects, item, RETRY_MIN_NS + first + second);
    }
  }

  /** Pairs [low, high) are worth nothing: their halves here end, the network layer and the peer are told. */
  #void(effects: Effect[], stationIncarnation: number, sequenceLow: number, sequenceHigh: number): void {
    if (sequenceLow >= sequenceHigh) return;
    const range = { stationIncarnation, sequenceLow, sequenceHigh };
    if (!this.voided.add(range, true)) return;
    this.#missed(effects, stationIncarnation, sequenceLow, sequenceHigh);
    this.#announceExpire(effects, range);
    this.#surroundings.expirePeer(effects, range);
  }

  /** The halves of pairs [low, high) here, if there are any, are given up. */
  #missed(effects: Effect[], stationIncarnation: number, low: number, high: number): void {
    const link = this.#link.name;
    for (let sequence = low; sequence < high; sequence += 1) {
      const pair = pairId(link, stationIncarnation, sequence);
      this.#surroundings.slots(effects, { link, message: { $case: "missed", missed: { pair } } });
    }
  }

  #announceExpire(effects: Effect[], expire: PeerExpire): void {
    this.#surroundings.announce(effects, {
      sequence: 0,
      link: this.#link.name,
      createId: 0,
      purposeId: 0,
      originatedHere: false,
      event: { $case: "expire", expire },
    });
  }

  #trustChanged(isTrusted: boolean, uncertaintyPs: number): Effect {
    const changed = { link: this.#link.name, node: this.#node, isTrusted };
    const bound = Number.isFinite(uncertaintyPs) ? { uncertaintyPs } : {};
    return effect.record({ $case: "clockTrustChanged", clockTrustChanged: { ...changed, ...bound } });
  }

  #openStation(effects: Effect[]): void {
    this.station.open(effects);
    this.station.send(effects, { link: this.#link.name, command: { $case: "stop", stop: { queueId: NO_ITEM } } });
  }

  #hold(now: Instant, effects: Effect[], item: QueueItem, forNs: number): void {
    this.#held = item;
    effects.push(effect.setTimer(this.retryTimer, after(now, forNs)));
  }

  /** The armed slot is free again. */
  #release(): void {
    if (this.#armed) this.#freeSlots.push(this.#armed.slot);
    this.#armed = undefined;
  }

  #disarm(effects: Effect[]): void {
    const armed = this.#armed;
    if (!armed) return;
    this.#release();
    this.station.send(effects, {
      link: this.#link.name,
      command: { $case: "stop", stop: { queueId: { queue: 0, sequence: armed.queueSequence } } },
    });
  }
}
