import { fidelityOf, memoryDecay, multiply } from "@bellmesh/bell";
import { type Effect, effect } from "@bellmesh/mesh";
import type { TopologyNode } from "@bellmesh/topology";
import { type Instant, SECOND_NS } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { HalfEnd } from "@bellmesh/wire/node-controller";
import { usefulForNs } from "./feedforward-deadline.ts";
import type { PathBudget } from "./path-budget.ts";
import { type HeadRequest, missPolicyOf, type RequestTerms, wantsPair } from "./request.ts";
import { type HeldHalf, neighbour, Remembered, type Surroundings, type VirtualCircuit } from "./virtual-circuit.ts";

/** Finished pairs remembered for an EXPIRE or TRACK that may still come. */
const FINISHED_PAIRS_MAX = 4096;

/** A half whose TRACK has not come yet. */
interface InTransit {
  readonly half: HeldHalf;
  readonly since: Instant;
  /** At the head-end: which request it is for, and its number there. */
  readonly request: HeadRequest | undefined;
  readonly pairSequence: number;
  /** When its feedforward misses; Infinity where it never does. */
  readonly dueAt: number;
  /** Delivered with the index unknown; the bits may come until `dueAt` + grace. */
  degraded: boolean;
}

interface Delivered {
  readonly requestId: string;
  readonly pairSequence: number;
  readonly pair: string;
}

interface Confirmation {
  readonly track: Track;
  readonly measuredAt: Instant;
}

/** What the network layer is told of requests. */
export interface EndReports {
  /** A pair of the request was delivered, or given up, here at the head-end. */
  progressed(now: Instant, effects: Effect[], request: HeadRequest): void;
  /** The feedforward of a pair missed its deadline here. */
  missed(): void;
}

/**
 * One end of a circuit. A half is held until the other end's TRACK confirms it; whoever gives a half up says so:
 * the tail-end hop by hop with the pair's name, the head-end straight to the tail-end with the pair's number,
 * which works even where a repeater has lost its records.
 */
export class CircuitEnd {
  readonly timer: string;
  readonly #circuit: VirtualCircuit;
  readonly #isHead: boolean;
  readonly #near: TopologyNode;
  readonly #far: TopologyNode;
  readonly #budget: PathBudget;
  readonly #surroundings: Surroundings;
  readonly #reports: EndReports;
  readonly #inTransit = new Map<string, InTransit>();
  readonly #early = new Map<string, Confirmation>();
  readonly #delivered = new Remembered<Delivered>(FINISHED_PAIRS_MAX);
  readonly #deliveredByNumber = new Remembered<Delivered>(FINISHED_PAIRS_MAX);
  readonly #gone = new Remembered<true>(FINISHED_PAIRS_MAX);
  readonly #goneNumbers = new Remembered<true>(FINISHED_PAIRS_MAX);
  /** Requests of the circuit, oldest first. */
  readonly #heads: HeadRequest[] = [];
  readonly #terms = new Map<string, RequestTerms & { readonly usefulForNs: number }>();
  /** Requests that still want pairs, oldest first. */
  readonly #active: string[] = [];
  #timerDue: Instant | undefined;

  constructor(circuit: VirtualCircuit, budget: PathBudget, surroundings: Surroundings, reports: EndReports) {
    this.#circuit = circuit;
    this.#isHead = circuit.position === 0;
    this.#near = this.#isHead ? budget.headEnd : budget.tailEnd;
    this.#far = this.#isHead ? budget.tailEnd : budget.headEnd;
    this.#budget = budget;
    this.#surroundings = surroundings;
    this.#reports = reports;
    this.timer = `end:${circuit.id}`;
  }

  /** Halves held here for the circuit. */
  get held(): number {
    return this.#inTransit.size;
  }

  /** A request joins the circuit. */
  register(terms: RequestTerms, head?: HeadRequest): void {
    const { minFidelity } = terms;
    const useful =
      minFidelity === undefined || missPolicyOf(terms) === MissPolicy.AGE
        ? Number.POSITIVE_INFINITY
        : usefulForNs(this.#budget.fresh, [this.#near, this.#far], minFidelity);
    this.#terms.set(terms.requestId, { ...terms, usefulForNs: useful });
    this.#active.push(terms.requestId);
    if (head) this.#heads.push(head);
  }

  /** A request has left the circuit. */
  deregister(requestId: string): void {
    const at = this.#heads.findIndex((head) => head.requestId === requestId);
    if (at !== -1) this.#heads.splice(at, 1);
    const active = this.#active.indexOf(requestId);
    if (active !== -1) this.#active.splice(active, 1);
    // Its terms stay while pairs of it may be under way; they are few and small.
    while (this.#terms.size > FINISHED_PAIRS_MAX) {
      for (const oldest of this.#terms.keys()) {
        this.#terms.delete(oldest);
        break;
      }
    }
  }

  /** A link pair of the circuit is here: numbers it (head-end), and sends its TRACK. */
  linkOk(now: Instant, effects: Effect[], half: HeldHalf, active: boolean): void {
    const request = this.#isHead ? this.#heads.find(wantsPair) : undefined;
    if (!active || this.#gone.get(half.pair) || (this.#isHead && !request)) {
      this.#discard(effects, half.pair, HalfEnd.DISCARDED, undefined, 0, false);
      this.#answerEarly(now, effects, half.pair);
      return;
    }
    if (request) {
      request.lastPairSequence += 1;
      request.inTransit += 1;
    }
    const pairSequence = request?.lastPairSequence ?? 0;
    const terms = this.#terms.get(request?.requestId ?? this.#oldestRequest());
    const dueAt = half.emittedAt + (terms?.usefulForNs ?? Number.POSITIVE_INFINITY);
    const transit: InTransit = { half, since: now, request, pairSequence, dueAt, degraded: false };
    this.#inTransit.set(half.pair, transit);
    this.#sendTrack(now, effects, transit);
    const early = this.#early.get(half.pair);
    if (early) {
      this.#early.delete(half.pair);
      this.#confirm(now, effects, transit, early);
    } else {
      this.#watch(effects, Math.min(dueAt, now + this.#budget.orphanLeaseNs));
    }
  }

  /** The other end's TRACK. */
  track(now: Instant, effects: Effect[], track: Track, measuredAt: Instant): void {
    const transit = this.#inTransit.get(track.linkCorrelator);
    if (transit) {
      this.#confirm(now, effects, transit, { track, measuredAt });
    } else if (this.#gone.get(track.linkCorrelator)) {
      this.#tellOtherEnd(now, effects, track.linkCorrelator, track.requestId, track.pairSequence, false);
    } else if (!this.#delivered.get(track.linkCorrelator)) {
      this.#early.set(track.linkCorrelator, { track, measuredAt });
    }
  }

  /** EXPIRE: whatever stands here for this pair is void. */
  expire(now: Instant, effects: Effect[], expire: Expire): void {
    if (expire.linkCorrelator === "") {
      this.#expireNumber(effects, expire);
      return;
    }
    this.#endPair(now, effects, expire.linkCorrelator, expire.feedforwardMissed, true);
  }

  /** The link layer voided the pair, announced or not. */
  voided(now: Instant, effects: Effect[], pair: string): void {
    this.#endPair(now, effects, pair, false, false);
    this.#answerEarly(now, effects, pair);
  }

  /** Deadlines and orphan leases. */
  due(now: Instant, effects: Effect[]): void {
    this.#timerDue = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const transit of [...this.#inTransit.values()]) {
      const at = this.#dueNext(transit);
      if (at <= now) this.#missed(now, effects, transit);
      if (this.#inTransit.get(transit.half.pair) === transit) next = Math.min(next, this.#dueNext(transit));
    }
    this.#watch(effects, next);
  }

  // ——— Confirmation ———

  #confirm(now: Instant, effects: Effect[], transit: InTransit, { track, measuredAt }: Confirmation): void {
    const { half, request } = transit;
    const requestId = request?.requestId ?? track.requestId;
    const pairSequence = request ? transit.pairSequence : track.pairSequence;
    this.#inTransit.delete(half.pair);
    if (this.#goneNumbers.get(`${requestId} ${pairSequence}`)) {
      this.#discard(effects, half.pair, HalfEnd.EXPIRED, requestId, pairSequence, false);
      return; // the head-end gave it up and has said so
    }
    const done: Delivered = { requestId, pairSequence, pair: half.pair };
    this.#delivered.set(half.pair, done);
    this.#deliveredByNumber.set(`${requestId} ${pairSequence}`, done);
    const bellIndex = track.outcome;
    if (transit.degraded) {
      this.#surroundings.memory(effects, {
        $case: "upgrade",
        upgrade: { requestId, pairSequence, pair: half.pair, bellIndex },
      });
    } else {
      const feedforwardNs = Math.max(0, now - measuredAt);
      const claimed = this.#claimedFidelity(now, half, track);
      this.#deliver(effects, done, bellIndex, claimed, feedforwardNs);
    }
    // A pair delivered degraded was counted then.
    if (request && !transit.degraded) this.#settle(now, effects, request, 1);
  }

  #deliver(
    effects: Effect[],
    { requestId, pairSequence, pair }: Delivered,
    bellIndex: BellIndex | undefined,
    claimedFidelity: number,
    feedforwardNs: number,
  ): void {
    this.#surroundings.memory(effects, {
      $case: "deliver",
      deliver: {
        requestId,
        pairSequence,
        peer: this.#far.name,
        pair,
        bellIndex,
        claimedFidelity,
        feedforwardNs,
        headEnd: this.#isHead,
        finalState: this.#terms.get(requestId)?.finalState,
      },
    });
  }

  /** From ages and parameters alone, as of now: both end halves, and what the TRACK tells of all between. */
  #claimedFidelity(now: Instant, half: HeldHalf, track: Track): number {
    const { memory: near } = this.#near;
    const { memory: far } = this.#far;
    const nearS = Math.max(0, now - half.emittedAt) / SECOND_NS;
    const farS = Math.max(0, now - track.originEmittedAt) / SECOND_NS;
    const waited = multiply(memoryDecay(near.t1S, near.t2S, nearS), memoryDecay(far.t1S, far.t2S, farS));
    return fidelityOf(multiply(track.quality ?? { x: 0, y: 0, z: 0 }, waited));
  }

  #sendTrack(now: Instant, effects: Effect[], { half, request, pairSequence, dueAt }: InTransit): void {
    const track: Track = {
      circuit: this.#circuit.id,
      downstream: this.#isHead,
      originCorrelator: half.pair,
      linkCorrelator: half.pair,
      outcome: half.bellIndex,
      requestId: request?.requestId ?? "",
      pairSequence,
      epoch: 0,
      quality: half.goodness,
      originEmittedAt: half.emittedAt,
    };
    const to = neighbour(this.#circuit, this.#isHead ? "downstream" : "upstream");
    this.#surroundings.track(now, effects, to, track, now, Number.isFinite(dueAt) ? dueAt : 0);
  }

  // ——— Misses and EXPIRE ———

  #dueNext({ since, dueAt, degraded, request }: InTransit): number {
    const lease = since + this.#budget.orphanLeaseNs;
    const terms = this.#terms.get(request?.requestId ?? this.#oldestRequest());
    const degrades = terms !== undefined && missPolicyOf(terms) === MissPolicy.DEGRADE;
    // The tail-end does not know which pair it is before the TRACK comes, so it cannot deliver early: it waits.
    const graceNs = degrades && (degraded || !this.#isHead) ? terms.graceNs : 0;
    return Math.min(lease, dueAt + graceNs);
  }

  #missed(now: Instant, effects: Effect[], transit: InTransit): void {
    const { half, request, dueAt } = transit;
    const isLate = dueAt <= now;
    if (isLate && !transit.degraded) this.#reports.missed();
    const degrades = request !== undefined && missPolicyOf(request) === MissPolicy.DEGRADE;
    if (isLate && degrades && !transit.degraded && now < dueAt + request.graceNs) {
      transit.degraded = true;
      const { requestId } = request;
      // An unknown index is one of four: the pair is worth 1/4 (F of the maximally mixed state).
      this.#deliver(effects, { requestId, pairSequence: transit.pairSequence, pair: half.pair }, undefined, 0.25, 0);
      this.#settle(now, effects, request, 1);
      return;
    }
    this.#endPair(now, effects, half.pair, isLate, false);
    this.#tellOtherEnd(now, effects, half.pair, request?.requestId ?? "", transit.pairSequence, isLate);
  }

  /** Ends this end's half, wherever it has got to. `told`: the other end or a repeater said so. */
  #endPair(now: Instant, effects: Effect[], pair: string, missed: boolean, told: boolean): void {
    const transit = this.#inTransit.get(pair);
    this.#gone.set(pair, true);
    if (transit) {
      const { request, pairSequence } = transit;
      this.#inTransit.delete(pair);
      if (request) this.#goneNumbers.set(`${request.requestId} ${pairSequence}`, true);
      if (transit.degraded && request) {
        this.#retract(effects, { requestId: request.requestId, pairSequence, pair }, missed);
        request.delivered -= 1;
        this.#reports.progressed(now, effects, request);
      } else {
        this.#discard(effects, pair, HalfEnd.EXPIRED, request?.requestId, pairSequence, missed);
        if (request) this.#settle(now, effects, request, 0);
      }
      // A repeater that answers may have forgotten what it once forwarded: the tail-end hears it from the head-end.
      if (told && request) this.#tellOtherEnd(now, effects, pair, request.requestId, pairSequence, missed);
      return;
    }
    const done = this.#delivered.get(pair);
    if (!done) return;
    this.#delivered.delete(pair);
    this.#retract(effects, done, missed);
    const head = this.#heads.find(({ requestId }) => requestId === done.requestId);
    if (head) {
      head.delivered -= 1;
      this.#reports.progressed(now, effects, head);
    }
  }

  #expireNumber(effects: Effect[], { requestId, pairSequence, feedforwardMissed }: Expire): void {
    const number = `${requestId} ${pairSequence}`;
    this.#goneNumbers.set(number, true);
    const done = this.#deliveredByNumber.get(number);
    if (!done || !this.#delivered.delete(done.pair)) return;
    this.#deliveredByNumber.delete(number);
    this.#gone.set(done.pair, true);
    this.#retract(effects, done, feedforwardMissed);
  }

  #tellOtherEnd(
    now: Instant,
    effects: Effect[],
    pair: string,
    requestId: string,
    pairSequence: number,
    feedforwardMissed: boolean,
  ): void {
    const straight = this.#isHead && requestId !== "" && pairSequence !== 0;
    const to = straight ? this.#far.name : neighbour(this.#circuit, this.#isHead ? "downstream" : "upstream");
    this.#surroundings.expire(now, effects, to, {
      circuit: this.#circuit.id,
      downstream: this.#isHead,
      linkCorrelator: straight ? "" : pair,
      feedforwardMissed,
      requestId,
      pairSequence,
    });
  }

  /** A TRACK that came before its half, whose half will now never come. */
  #answerEarly(now: Instant, effects: Effect[], pair: string): void {
    const early = this.#early.get(pair);
    if (!early) return;
    this.#early.delete(pair);
    this.#tellOtherEnd(now, effects, pair, early.track.requestId, early.track.pairSequence, false);
  }

  /** One pair less in transit; `delivered` of it were delivered. */
  #settle(now: Instant, effects: Effect[], request: HeadRequest, delivered: 0 | 1): void {
    request.delivered += delivered;
    request.inTransit -= 1;
    this.#reports.progressed(now, effects, request);
  }

  #discard(
    effects: Effect[],
    pair: string,
    reason: HalfEnd,
    requestId: string | undefined,
    pairSequence: number,
    feedforwardMissed: boolean,
  ): void {
    this.#gone.set(pair, true);
    this.#surroundings.memory(effects, {
      $case: "discard",
      discard: { pair, reason, requestId: requestId ?? "", pairSequence, feedforwardMissed },
    });
  }

  #retract(effects: Effect[], { requestId, pairSequence, pair }: Delivered, feedforwardMissed: boolean): void {
    this.#surroundings.memory(effects, {
      $case: "retract",
      retract: { requestId, pairSequence, pair, feedforwardMissed },
    });
  }

  #watch(effects: Effect[], due: number): void {
    if (!Number.isFinite(due) || (this.#timerDue !== undefined && this.#timerDue <= due)) return;
    this.#timerDue = Math.ceil(due) as Instant;
    effects.push(effect.setTimer(this.timer, this.#timerDue));
  }

  #oldestRequest(): string {
    return this.#active[0] ?? "";
  }
}
