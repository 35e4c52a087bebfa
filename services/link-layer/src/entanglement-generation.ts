import { type Effect, effect, type Method, StandingStream, type StreamNumbers } from "@bellmesh/mesh";
import { type Link, type LinkModel, linkModel, type Topology } from "@bellmesh/topology";
import { after, type Instant, pairId, SECOND_NS } from "@bellmesh/wire";
import type { Herald } from "@bellmesh/wire/feedforward";
import type { EventsResponse } from "@bellmesh/wire/link-layer";
import type { SlotsRequest } from "@bellmesh/wire/node-controller";
import { type GenerateRequest, type GenerateResponse, SeriesEnd } from "@bellmesh/wire/physical-link";
import type { QueueItem } from "./create-queue.ts";
import { DistributedQueue } from "./distributed-queue.ts";

/** A series of attempts is armed for at most this long; then it is armed anew. */
const SERIES_NS = 3_600 * SECOND_NS;
/** How long to wait before arming again after the two ends missed each other. */
const RETRY_NS = 1_000_000;

/** What generation asks of the link layer around it. */
export interface Surroundings {
  /** To the node's quantum memory manager. */
  slots(effects: Effect[], request: SlotsRequest): void;
  /** To the network layer. */
  announce(effects: Effect[], event: Omit<EventsResponse, "sequence">): void;
  /** To the link's other end. */
  expirePeer(effects: Effect[], link: string, stationIncarnation: number, low: number, high: number): void;
}

interface Armed {
  readonly item: QueueItem;
  readonly slot: number;
}

/**
 * EGP at one end of one link: serves the head of the queue while there is a free communication slot, and turns
 * heralds into OKs. Sequence numbers are the station's; a gap means heralds were missed, and everything missed is
 * expired at both ends (Dahlberg et al. 2019, reply handling of the EGP).
 */
export class EntanglementGeneration {
  readonly link: Link;
  readonly queue: DistributedQueue;
  readonly station: StandingStream<GenerateRequest, GenerateResponse>;
  readonly retryTimer: string;
  readonly #model: LinkModel;
  readonly #remoteNode: string;
  readonly #surroundings: Surroundings;
  readonly #freeSlots: number[] = [];
  #incarnation = 0;
  #armed: Armed | undefined;
  #trusted = false;
  #retryAt: Instant | undefined;
  #stationIncarnation = 0;
  /** The station's next pair sequence as far as this end knows; 0: unknown. */
  #expectedSequence = 0;

  constructor(
    topology: Topology,
    link: Link,
    node: string,
    surroundings: Surroundings,
    generate: Method<GenerateRequest, GenerateResponse>,
    numbers: StreamNumbers,
  ) {
    this.link = link;
    this.#model = linkModel(topology, link);
    this.#remoteNode = link.ends[0] === node ? link.ends[1] : link.ends[0];
    this.#surroundings = surroundings;
    this.queue = new DistributedQueue(link.ends[0] === node, this.#model);
    this.station = new StandingStream(`physical-link/${link.name}`, generate, numbers);
    this.retryTimer = `retry:${link.name}`;
  }

  get remoteNode(): string {
    return this.#remoteNode;
  }

  get model(): LinkModel {
    return this.#model;
  }

  start(incarnation: number): void {
    this.#incarnation = incarnation;
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
    this.#trusted = uncertaintyPs <= this.link.heralding.detectionWindowNs * 500;
    if (this.#trusted) this.advance(now, effects);
    else this.#disarm(effects);
  }

  stationLost(): void {
    if (this.#armed) this.#freeSlots.push(this.#armed.slot);
    this.#armed = undefined;
  }

  /** Arms the head of the queue if everything needed is there; disarms what is no longer the head. */
  advance(now: Instant, effects: Effect[]): void {
    const item = this.queue.queue.head();
    if (this.#armed && this.#armed.item !== item) this.#disarm(effects);
    if (this.#armed || !item || !this.#trusted || !this.station.isOpen || this.#retryAt !== undefined) return;
    const slot = this.#freeSlots.shift();
    if (slot === undefined) return;
    const { periodNs } = this.#model;
    const firstCycle = Math.ceil(now / periodNs);
    const until = Math.min(after(now, SERIES_NS), item.timeoutAt ?? Number.POSITIVE_INFINITY);
    this.#armed = { item, slot };
    this.station.send(effects, {
      link: this.link.name,
      command: {
        $case: "arm",
        arm: {
          queueId: { queue: 0, sequence: item.queueSequence },
          firstCycle,
          stride: 1,
          untilCycle: Math.max(firstCycle, Math.floor(until / periodNs)),
          expectedSequence: this.#expectedSequence,
          incarnation: this.#incarnation,
          usefulForNs: 0,
        },
      },
    });
  }

  /** A herald, for the first time; `late` when it is past its usefulness. */
  heralded(now: Instant, effects: Effect[], herald: Herald, late: boolean): void {
    const { pairSequence, stationIncarnation } = herald;
    if (stationIncarnation !== this.#stationIncarnation) {
      if (stationIncarnation < this.#stationIncarnation) {
        this.#void(effects, stationIncarnation, pairSequence, pairSequence + 1);
        return;
      }
      this.#stationIncarnation = stationIncarnation;
      this.#expectedSequence = 0;
    }
    const expected = this.#expectedSequence || pairSequence;
    if (pairSequence < expected) return; // voided when the gap was seen
    this.#expectedSequence = pairSequence + 1;
    const armed = this.#armed;
    const ours =
      armed !== undefined &&
      herald.armedIncarnation === this.#incarnation &&
      herald.queueId?.sequence === armed.item.queueSequence;
    if (pairSequence > expected || late || !ours) {
      this.#void(effects, stationIncarnation, expected, pairSequence + 1);
      if (ours) this.#release();
    } else {
      this.#ok(effects, herald, armed);
    }
    this.advance(now, effects);
  }

  /** The station ended the armed series without a success. */
  seriesEnded(now: Instant, effects: Effect[], response: GenerateResponse): void {
    const { reason, nextSequence, incarnation } = response;
    if (incarnation > this.#stationIncarnation) {
      this.#stationIncarnation = incarnation;
      this.#expectedSequence = 0;
    }
    // An end that has seen no herald yet has missed the latest one.
    const expected = this.#expectedSequence || nextSequence - 1;
    if (reason === SeriesEnd.MISSED_HERALD && nextSequence > expected) {
      this.#void(effects, incarnation, expected, nextSequence);
      this.#expectedSequence = nextSequence;
    }
    if (this.#armed?.item.queueSequence !== response.queueId?.sequence) return; // an answer to what was stopped meanwhile
    this.#release();
    if (reason === SeriesEnd.OUT_OF_WINDOW || reason === SeriesEnd.QUEUE_MISMATCH) {
      this.#retryAt = after(now, RETRY_NS);
      effects.push(effect.setTimer(this.retryTimer, this.#retryAt));
    }
    this.advance(now, effects);
  }

  retry(now: Instant, effects: Effect[]): void {
    this.#retryAt = undefined;
    this.advance(now, effects);
  }

  /** The peer missed heralds: what they announced is void here too. */
  expiredByPeer(now: Instant, effects: Effect[], incarnation: number, low: number, high: number): void {
    if (incarnation === this.#stationIncarnation && high > this.#expectedSequence) {
      // Heralds this end has not seen yet, and will not act on when they come.
      for (let sequence = Math.max(low, this.#expectedSequence); sequence < high; sequence += 1) {
        this.#missed(effects, pairId(this.link.name, incarnation, sequence));
      }
      this.#expectedSequence = high;
      this.#disarm(effects);
    }
    this.#announceExpire(effects, incarnation, low, high);
    this.advance(now, effects);
  }

  #ok(effects: Effect[], herald: Herald, armed: Armed): void {
    const { item, slot } = armed;
    const { pair, bellIndex } = herald;
    const emittedAt = herald.cycle * this.#model.periodNs;
    const link = this.link.name;
    this.#armed = undefined;
    this.#surroundings.slots(effects, {
      link,
      message: { $case: "occupied", occupied: { slot, pair, bellIndex, emittedAt } },
    });
    this.#surroundings.announce(effects, {
      link,
      createId: item.createId,
      purposeId: item.create.purposeId,
      originatedHere: item.originatedHere,
      event: {
        $case: "ok",
        ok: { pair, bellIndex, goodness: this.#model.eigenvalues, emittedAt, remoteNode: this.#remoteNode },
      },
    });
    item.remaining -= 1;
    if (item.remaining === 0) this.queue.queue.remove(item); // the other end counts the same heralds
  }

  /** Pairs [low, high) are worth nothing: their halves here end, both network layers and the peer are told. */
  #void(effects: Effect[], incarnation: number, low: number, high: number): void {
    for (let sequence = low; sequence < high; sequence += 1) {
      this.#missed(effects, pairId(this.link.name, incarnation, sequence));
    }
    this.#announceExpire(effects, incarnation, low, high);
    this.#surroundings.expirePeer(effects, this.link.name, incarnation, low, high);
  }

  #missed(effects: Effect[], pair: string): void {
    this.#surroundings.slots(effects, { link: this.link.name, message: { $case: "missed", missed: { pair } } });
  }

  #announceExpire(effects: Effect[], stationIncarnation: number, low: number, high: number): void {
    this.#surroundings.announce(effects, {
      link: this.link.name,
      createId: 0,
      purposeId: 0,
      originatedHere: false,
      event: { $case: "expire", expire: { stationIncarnation, sequenceLow: low, sequenceHigh: high } },
    });
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
      link: this.link.name,
      command: { $case: "stop", stop: { queueId: { queue: 0, sequence: armed.item.queueSequence } } },
    });
  }
}
