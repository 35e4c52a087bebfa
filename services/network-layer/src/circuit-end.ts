import { type Effect, effect, SmallMap } from "@bellmesh/mesh";
import type { HardwareInForce, NodeHardware } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { Expire, Track } from "@bellmesh/wire/feedforward";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { HalfEnd } from "@bellmesh/wire/node-controller";
import { CircuitRequests } from "./circuit-requests.ts";
import { afterFinalPauli, claimedFidelity, type Ends } from "./claimed-fidelity.ts";
import { FarEnd } from "./far-end.ts";
import { type Delivered, FinishedPairs, farNameIn, numberName } from "./finished-pairs.ts";
import { HalfOrders, type PairName, type Worth } from "./half-orders.ts";
import { type PathBudget, pathBudget } from "./path-budget.ts";
import { type HeadRequest, missPolicyOf, type RequestTerms } from "./request.ts";
import type { TailTallies } from "./tail-tallies.ts";
import type { HeldHalf, Surroundings, VirtualCircuit } from "./virtual-circuit.ts";

/** TRACKs that came before their halves; one more, and the one that waited longest is answered with EXPIRE. */
const EARLY_TRACKS_MAX = 1024;

/** An unknown index is one of four: the pair is worth 1/4 (F of the maximally mixed state). */
const unknownIndex: Worth = {
  bellIndex: undefined,
  claimedFidelity: 0.25,
  feedforwardNs: 0,
  feedforwardMissed: true,
};

/** So many pairs in a row given up under a minimum fidelity, and the request ends: it would hardly ever get one. */
const GIVEN_UP_IN_A_ROW_MAX = 2000;

interface Confirmation {
  readonly track: Track;
  readonly measuredAt: Instant;
}

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
  /** At the tail-end: its TRACK has come, the FORWARD of its request not yet. */
  confirmation: Confirmation | undefined;
}

/** What the network layer is told of requests. */
export interface EndReports {
  /** A pair of the request was delivered, or given up, here at the head-end. */
  progressed(now: Instant, effects: Effect[], request: HeadRequest): void;
  /** The feedforward of a pair missed its deadline here. */
  missed(): void;
  /**
   * At the tail-end: a pair of the request was ordered to be delivered, or taken back. `sum` of the numbers of those
   * that stand, where they are as many as the request asked for.
   */
  counted(effects: Effect[], circuit: VirtualCircuit, requestId: string, sum: number | undefined): void;
}

/**
 * One end of a circuit. A half is held until the other end's TRACK confirms it. Whoever gives a half up says so, in a
 * way that reaches the other end even where a repeater has lost its records.
 */
export class CircuitEnd {
  readonly timer: string;
  readonly #circuit: VirtualCircuit;
  readonly #isHead: boolean;
  readonly #hardware: HardwareInForce;
  readonly #ends: Ends;
  readonly #linkPrefix: string;
  #budget: PathBudget;
  readonly #orders: HalfOrders;
  readonly #farEnd: FarEnd;
  readonly #reports: EndReports;
  readonly #tallies: TailTallies;
  readonly #requests: CircuitRequests;
  readonly #inTransit = new SmallMap<string, InTransit>();
  readonly #early = new SmallMap<string, Confirmation>();
  readonly #finished = new FinishedPairs();
  #timerDue: Instant | undefined;

  constructor(
    circuit: VirtualCircuit,
    hardware: HardwareInForce,
    surroundings: Surroundings,
    reports: EndReports,
    tallies: TailTallies,
  ) {
    const { nodes } = circuit;
    const [first, last] = [nodes[0], nodes.at(-1)].map((name) => hardware.of(name as string) as NodeHardware);
    const [headEnd, tailEnd] = [first as NodeHardware, last as NodeHardware];
    this.#circuit = circuit;
    this.#hardware = hardware;
    this.#isHead = circuit.position === 0;
    this.#ends = this.#isHead ? { near: headEnd, far: tailEnd } : { near: tailEnd, far: headEnd };
    this.#linkPrefix = `${circuit.links[this.#isHead ? 0 : circuit.links.length - 1]}/`;
    this.#budget = pathBudget(hardware.topology, circuit);
    this.#orders = new HalfOrders(surroundings, this.#ends.far.name, this.#isHead);
    this.#farEnd = new FarEnd(circuit, surroundings);
    this.#reports = reports;
    this.#tallies = tallies;
    this.#requests = new CircuitRequests(this.#budget);
    this.timer = `end:${circuit.id}`;
  }

  /** Halves held here for the circuit. */
  get held(): number {
    return this.#inTransit.size;
  }

  /** Hardware of the network has changed. What has been sent of pairs in transit stays as it was. */
  renew(): void {
    this.#budget = pathBudget(this.#hardware.topology, this.#circuit);
    this.#requests.renew(this.#budget);
  }

  /** A request joins the circuit; `head` at its head-end. */
  register(now: Instant, effects: Effect[], terms: RequestTerms, head?: HeadRequest): void {
    this.#requests.add(terms, head);
    for (const transit of this.#inTransit.values()) {
      const { confirmation } = transit;
      if (confirmation?.track.requestId === terms.requestId) this.#confirm(now, effects, transit, confirmation);
    }
  }

  /** A request has left the circuit. */
  deregister(requestId: string): void {
    this.#requests.remove(requestId);
  }

  // ——— Halves ———

  /** A link pair of the circuit is here: numbers it (head-end), and sends its TRACK. */
  linkOk(now: Instant, effects: Effect[], half: HeldHalf, active: boolean): void {
    const request = this.#isHead ? this.#requests.nextToServe() : undefined;
    if (!active || this.#finished.isGone(half.pair) || (this.#isHead && !request)) {
      this.#finished.giveUp(half.pair);
      this.#orders.discard(effects, nameless(half.pair), HalfEnd.DISCARDED, false);
      this.#answerEarly(now, effects, half.pair);
      return;
    }
    if (request) {
      request.lastPairSequence += 1;
      request.inTransit += 1;
    }
    const { usefulForNs, graceNs } = this.#requests.deadlines(request?.requestId);
    const transit: InTransit = {
      half,
      since: now,
      request,
      pairSequence: request?.lastPairSequence ?? 0,
      dueAt: half.emittedAt + usefulForNs,
      degraded: false,
      confirmation: undefined,
    };
    this.#inTransit.set(half.pair, transit);
    const lastUse = transit.dueAt + graceNs;
    this.#farEnd.track(now, effects, half, nameOf(transit), Number.isFinite(lastUse) ? Math.ceil(lastUse) : 0);
    const early = this.#early.get(half.pair);
    if (early) {
      this.#early.delete(half.pair);
      this.#confirm(now, effects, transit, early);
    }
    if (!this.#inTransit.has(half.pair)) return;
    this.#watch(effects, this.#dueNext(transit));
    if (this.#waitsForSwaps(now)) this.#orders.move(effects, half.pair);
  }

  /** The half is being moved into storage. */
  moving(pair: string, startedAt: Instant): void {
    const transit = this.#inTransit.get(pair);
    if (transit) transit.half.movedAt = startedAt;
  }

  /** Over a single link a TRACK takes no longer than light does, which is not worth a move. */
  #waitsForSwaps(now: Instant): boolean {
    return this.#ends.near.at(now).memory.storage !== undefined && this.#circuit.links.length > 1;
  }

  /** The link layer voided the pair, announced or not. */
  voided(now: Instant, effects: Effect[], pair: string): void {
    this.#endPair(now, effects, pair, false, false);
    this.#answerEarly(now, effects, pair);
  }

  /** The node-controller does not hold this half: what was ordered for it has not happened. */
  lost(now: Instant, effects: Effect[], pair: string): void {
    const transit = this.#inTransit.get(pair);
    if (transit) {
      this.#endPair(now, effects, pair, false, false);
      return;
    }
    if (!this.#finished.isDelivered(pair)) return;
    const done = this.#finished.giveUp(pair) as Delivered;
    this.#farEnd.expire(now, effects, done, false);
    this.#takeBack(now, effects, done);
  }

  /** The node's memory has gone, and every half here with it. */
  abandon(now: Instant, effects: Effect[]): void {
    for (const pair of this.#inTransit.keys()) this.#endPair(now, effects, pair, false, false);
  }

  /** Deadlines and orphan leases. */
  due(now: Instant, effects: Effect[]): void {
    this.#timerDue = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const transit of this.#inTransit.values()) {
      if (this.#dueNext(transit) <= now) this.#missed(now, effects, transit);
      if (this.#inTransit.get(transit.half.pair) === transit) next = Math.min(next, this.#dueNext(transit));
    }
    this.#watch(effects, next);
  }

  // ——— Messages about pairs ———

  /** The other end's TRACK. */
  track(now: Instant, effects: Effect[], track: Track, measuredAt: Instant): void {
    const pair = track.linkCorrelator;
    const transit = this.#inTransit.get(pair);
    if (transit) {
      this.#confirm(now, effects, transit, { track, measuredAt });
    } else if (this.#finished.isGone(pair)) {
      this.#farEnd.expire(now, effects, { requestId: track.requestId, pairSequence: track.pairSequence, pair }, false);
    } else if (!this.#finished.isDelivered(pair)) {
      this.#early.set(pair, { track, measuredAt });
      if (this.#early.size > EARLY_TRACKS_MAX) this.#forgetEarliest(now, effects);
    }
  }

  /** EXPIRE: whatever stands here for this pair is void. */
  expire(now: Instant, effects: Effect[], expire: Expire): void {
    const { linkCorrelator, feedforwardMissed } = expire;
    if (linkCorrelator.startsWith(this.#linkPrefix)) {
      this.#endPair(now, effects, linkCorrelator, feedforwardMissed, true);
      return;
    }
    // Straight from the other end, which names the pair as it knows it.
    const farName = farNameIn(expire);
    const done = this.#finished.giveUpFar(farName);
    if (!done) {
      this.#orders.giveUpFar(effects, farName, feedforwardMissed);
      return;
    }
    this.#orders.retract(effects, done, feedforwardMissed);
    this.#takeBack(now, effects, done);
  }

  // ——— Confirmation ———

  #confirm(now: Instant, effects: Effect[], transit: InTransit, confirmation: Confirmation): void {
    const { half, request } = transit;
    const { pair } = half;
    const { track, measuredAt } = confirmation;
    const requestId = request?.requestId ?? track.requestId;
    const pairSequence = request ? transit.pairSequence : track.pairSequence;
    const terms = this.#requests.terms(requestId);
    if (!terms) {
      transit.confirmation = confirmation; // its FORWARD is on another way, and decides what to report
      return;
    }
    const farName = this.#isHead ? track.originCorrelator : numberName(requestId, pairSequence);
    const name: Delivered = { requestId, pairSequence, pair, farName, request };
    if (this.#finished.isGoneFar(farName)) {
      this.#giveUp(now, effects, transit, name, false); // the other end has said so
      return;
    }
    const isLate = !transit.degraded && now >= transit.dueAt;
    if (isLate) this.#reports.missed();
    const claimed = claimedFidelity(now, half, track, this.#ends);
    const headEnd = this.#isHead ? this.#ends.near : this.#ends.far;
    const corrected = afterFinalPauli(claimed, track.outcome, terms.finalState, headEnd.at(now));
    if (!isWanted(terms, corrected, isLate)) {
      this.#giveUp(now, effects, transit, name, isLate);
      this.#farEnd.expire(now, effects, name, isLate);
      return;
    }
    this.#inTransit.delete(pair);
    this.#finished.delivered(name);
    const feedforwardNs = Math.max(0, now - measuredAt);
    const worth: Worth = {
      bellIndex: track.outcome,
      // At the head-end the gate is still to come, and its node-controller counts it.
      claimedFidelity: this.#isHead ? claimed : corrected,
      feedforwardNs,
      feedforwardMissed: isLate,
    };
    if (transit.degraded) this.#orders.upgrade(effects, name, worth);
    else this.#orders.deliver(now, effects, name, worth, terms, farName);
    this.#count(effects, name, 1);
    if (request) {
      request.deliveredSum += pairSequence;
      this.#settle(now, effects, request, 1);
    }
  }

  /** At the tail-end: the head-end is told when all that was asked is delivered. */
  #count(effects: Effect[], { requestId, pairSequence }: Delivered, by: 1 | -1): void {
    const asked = this.#isHead ? undefined : this.#requests.terms(requestId)?.pairs;
    if (asked === undefined) return;
    const sum = this.#tallies.count(requestId, asked, pairSequence, by);
    this.#reports.counted(effects, this.#circuit, requestId, sum);
  }

  // ——— Misses and EXPIRE ———

  /** When something must be done about a half if nothing is heard of it. */
  #dueNext({ since, dueAt, degraded, request }: InTransit): number {
    const lease = since + this.#budget.orphanLeaseNs;
    const { graceNs } = this.#requests.deadlines(request?.requestId);
    // A miss policy that never misses leaves the lease; so does a deadline that lies beyond it.
    if (graceNs === Number.POSITIVE_INFINITY || (lease < dueAt && !degraded)) return lease;
    return degraded || !canDegrade(request) ? dueAt + graceNs : dueAt;
  }

  #missed(now: Instant, effects: Effect[], transit: InTransit): void {
    const { half, request, dueAt } = transit;
    const isLate = dueAt <= now;
    if (isLate && !transit.degraded) this.#reports.missed();
    if (isLate && canDegrade(request) && !transit.degraded && now < dueAt + request.graceNs) {
      transit.degraded = true;
      this.#orders.deliver(now, effects, nameOf(transit), unknownIndex, request, "");
      return; // it counts as in transit until its index is known, so that the request does not end before
    }
    this.#endPair(now, effects, half.pair, isLate, false);
  }

  /**
   * Ends this end's half, wherever it has got to, and tells the other end. `heard`: because an EXPIRE came hop by hop.
   * Even then the other end may not know: a repeater that has lost its records answers what it once forwarded.
   */
  #endPair(now: Instant, effects: Effect[], pair: string, missed: boolean, heard: boolean): void {
    const transit = this.#inTransit.get(pair);
    if (transit) {
      const name = nameOf(transit);
      this.#giveUp(now, effects, transit, name, missed);
      this.#farEnd.expire(now, effects, name, missed, heard);
      return;
    }
    const done = this.#finished.giveUp(pair);
    if (!done) return;
    this.#orders.retract(effects, done, missed);
    this.#farEnd.expire(now, effects, done, missed, heard);
    this.#takeBack(now, effects, done);
  }

  #giveUp(now: Instant, effects: Effect[], transit: InTransit, name: PairName, missed: boolean): void {
    const { request, degraded } = transit;
    this.#inTransit.delete(name.pair);
    this.#finished.giveUp(name.pair);
    if (degraded) this.#orders.retract(effects, name, missed);
    else this.#orders.discard(effects, name, HalfEnd.EXPIRED, missed);
    if (request) this.#settle(now, effects, request, 0);
  }

  /** A TRACK that came before its half, whose half will now never come. */
  #answerEarly(now: Instant, effects: Effect[], pair: string): void {
    const early = this.#early.get(pair);
    if (!early) return;
    this.#early.delete(pair);
    this.#finished.giveUp(pair);
    const { requestId, pairSequence } = early.track;
    this.#farEnd.expire(now, effects, { requestId, pairSequence, pair }, false);
  }

  #forgetEarliest(now: Instant, effects: Effect[]): void {
    const [earliest] = this.#early.keys();
    if (earliest !== undefined) this.#answerEarly(now, effects, earliest);
  }

  /** One pair less in transit; `delivered` of it were delivered. */
  #settle(now: Instant, effects: Effect[], request: HeadRequest, delivered: 0 | 1): void {
    request.delivered += delivered;
    request.inTransit -= 1;
    request.givenUpInARow = delivered === 1 ? 0 : request.givenUpInARow + 1;
    if (request.minFidelity !== undefined && request.givenUpInARow >= GIVEN_UP_IN_A_ROW_MAX) {
      request.ending ??= "min-fidelity";
    }
    this.#reports.progressed(now, effects, request);
  }

  /** A delivery that was counted does not count any more. */
  #takeBack(now: Instant, effects: Effect[], done: Delivered): void {
    this.#count(effects, done, -1);
    const { request } = done;
    if (!request) return;
    request.delivered -= 1;
    request.deliveredSum -= done.pairSequence;
    this.#reports.progressed(now, effects, request);
  }

  #watch(effects: Effect[], due: number): void {
    if (!Number.isFinite(due) || (this.#timerDue !== undefined && this.#timerDue <= due)) return;
    this.#timerDue = Math.ceil(due) as Instant;
    effects.push(effect.setTimer(this.timer, this.#timerDue));
  }
}

/** The pair as far as this end knows it: its number at the head-end, nothing but the link pair at the tail-end. */
function nameOf({ request, pairSequence, half: { pair } }: InTransit): PairName {
  return { requestId: request?.requestId ?? "", pairSequence, pair };
}

function nameless(pair: string): PairName {
  return { requestId: "", pairSequence: 0, pair };
}

/** Whether a pair that is worth this much is delivered: DISCARD takes none that is late or below the minimum. */
function isWanted(terms: RequestTerms, claimed: number, isLate: boolean): boolean {
  if (missPolicyOf(terms) !== MissPolicy.DISCARD) return true;
  return !isLate && claimed >= (terms.minFidelity ?? 0);
}

/**
 * Whether a half may be handed out before its index is known. The tail-end does not know which pair it is before the
 * TRACK comes; and where a final state was asked the head-end must correct before the application has the half.
 */
function canDegrade(request: HeadRequest | undefined): request is HeadRequest {
  return request !== undefined && missPolicyOf(request) === MissPolicy.DEGRADE && request.finalState === undefined;
}
