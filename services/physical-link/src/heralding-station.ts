import { Outbox, REPEAT_TIMER } from "@bellmesh/feedforward";
import {
  type Address,
  ClockCorrections,
  Code,
  type Context,
  type Effect,
  effect,
  type FaultChange,
  failure,
  methodsOf,
  NodeClocks,
  StandingStream,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { classicalDelayNs, type Link, linkModel, type Topology } from "@bellmesh/topology";
import { type Instant, pairId, publisherOf } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import {
  type Arm,
  type GenerateRequest,
  type GenerateResponse,
  type QueueId,
  SeriesEnd,
} from "@bellmesh/wire/physical-link";
import {
  type CreatePairsRequest,
  type CreatePairsResponse,
  QuantumStateServiceDefinition,
} from "@bellmesh/wire/quantum-state";
import { type AttemptPlan, planOf } from "./attempt-plan.ts";
import { AttemptSeries, type CommonCycles, isSame, paired } from "./attempt-series.ts";
import { checkedArm } from "./checked-arm.ts";
import { linkOf, type PhysicalLinkConfig } from "./config.ts";
import { clockDifferencePs, type End, endsOf, recent } from "./end.ts";
import { heraldOf, usefulForDefaultNs } from "./herald-of.ts";
import { type AttemptYield, announced, HeraldedPair } from "./heralded-pair.ts";
import { LinkFaults } from "./link-faults.ts";
import { ReportedSeries } from "./reported-series.ts";
import type { StationCounters } from "./station-counters.ts";
import { createdPair, type Success } from "./success.ts";
import { UnannouncedPair } from "./unannounced-pair.ts";

const { createPairs } = methodsOf(QuantumStateServiceDefinition);

const nothing: readonly Effect[] = Object.freeze([]);

/** Due when the series is decided, or when an end that is armed alone has fired its last. */
const SERIES_TIMER = "series";

/**
 * The heralding station of one link (the midpoint of MHP). Pairs the armed series of both ends, decides each with one
 * draw, and says nothing before both photons of the deciding attempt would have arrived.
 */
export class HeraldingStation {
  readonly counters: StationCounters = { heralds: 0, attempts: 0, permissionDenied: 0, seriesEnded: 0 };
  readonly #topology: Topology;
  readonly #link: Link;
  readonly #ends: readonly [End, End];
  readonly #chance: EntropyStream;
  readonly #heraldedPair: HeraldedPair;
  readonly #faults: LinkFaults;
  readonly #alpha: number | undefined;
  readonly #plan: AttemptPlan | undefined;
  readonly #nature: StandingStream<CreatePairsRequest, CreatePairsResponse>;
  readonly #outbox: Outbox;
  readonly #corrections = new ClockCorrections();
  #natureListens = false;
  readonly #reported: ReportedSeries;
  #incarnation = 0;
  readonly #unannounced = new UnannouncedPair();
  /** Cycles before this one have been tried. */
  #unspentCycle = 0;
  #series: AttemptSeries | undefined;
  #yield: AttemptYield | undefined;
  #timerDue: number | undefined;

  constructor(context: Context<PhysicalLinkConfig>) {
    const { topology } = context.config;
    this.#topology = topology;
    this.#link = linkOf(context);
    this.#ends = endsOf(this.#link, topology, new NodeClocks(context.entropy, topology.clock));
    this.#chance = context.entropy.stream(`link.${this.#link.name}.herald`);
    this.#plan = planOf(this.#link, this.#ends, context.entropy);
    this.#alpha = linkModel(topology, this.#link).alpha;
    this.#heraldedPair = new HeraldedPair(this.#link, topology.fibreSpeedKmPerS, context.entropy);
    this.#faults = new LinkFaults(this.#link, this.#ends, this.#heraldedPair, context.entropy);
    this.#nature = new StandingStream("quantum-state/nature", createPairs, new StreamNumbers());
    this.#reported = new ReportedSeries(this.#nature, this.#ends);
    this.#outbox = new Outbox(topology.name, this.#link.name, (to) => classicalDelayNs(topology, this.#link.name, to));
  }

  started(incarnation: number): readonly Effect[] {
    const effects: Effect[] = [effect.health(false, "nature is not reached yet")];
    this.#incarnation = incarnation;
    this.#outbox.start(incarnation);
    this.#nature.open(effects);
    return effects;
  }

  timer(now: Instant, timer: string): readonly Effect[] {
    if (timer === REPEAT_TIMER) {
      return this.#outbox.repeat(now, (effects, to, message) => this.#heraldAbandoned(effects, to, message));
    }
    const effects: Effect[] = [];
    if (timer === SERIES_TIMER) {
      this.#timerDue = undefined;
      this.#settle(now, effects);
      this.#pairUp(now, effects, 0);
    } else if (timer === this.#nature.timer) {
      this.#nature.open(effects);
    }
    return effects;
  }

  /** An end never acknowledged a herald and waits for it still: it is told on its stream, which loses nothing. */
  #heraldAbandoned(effects: Effect[], to: string, { payload }: Feedforward): void {
    const end = this.#ends.find(({ name }) => name === to);
    if (payload?.$case !== "herald" || !payload.herald.queueId || !end) return;
    this.#send(effects, end, payload.herald.queueId, SeriesEnd.MISSED_HERALD, 0);
  }

  // Nature

  /** Nature listens, or has a pair: the ends are told of it, and will find it whichever way their operations take. */
  natureAnswered(now: Instant, answer: CreatePairsResponse, stream: Stream): readonly Effect[] {
    if (!this.#nature.is(stream)) return nothing;
    if (answer.pair !== "") return this.#announce(now, answer.pair);
    const effects: Effect[] = [];
    this.#reported.asked(effects, answer.reportAttempts ?? false, this.#series);
    if (this.#natureListens) return effects;
    effects.push(effect.health(true));
    this.#natureListens = true;
    this.#giveUp(effects);
    this.#pairUp(now, effects, 0);
    return effects;
  }

  #announce(now: Instant, pair: string): readonly Effect[] {
    const effects: Effect[] = [];
    for (const { to, herald, heraldedAt, notAfter } of this.#unannounced.confirmed(pair)) {
      this.#outbox.send(now, effects, to.name, "herald", { $case: "herald", herald }, heraldedAt, notAfter);
    }
    this.#pairUp(now, effects, 0);
    return effects;
  }

  /** What nature has not confirmed before it was away the ends void, and it is asked to discard what there is of it. */
  #giveUp(effects: Effect[]): void {
    for (const { to, herald } of this.#unannounced.giveUp()) {
      if (to.armed) this.#endArm(effects, to, SeriesEnd.MISSED_HERALD, 0);
      else if (herald.queueId) this.#send(effects, to, herald.queueId, SeriesEnd.MISSED_HERALD, 0);
    }
  }

  /** Whether nature hears of the next pair, and the ends have been told of the last. */
  get #mayHerald(): boolean {
    return this.#natureListens && !this.#unannounced.isThere;
  }

  /** Without nature nothing can be heralded: the ends stay armed, the series goes on when nature is back. */
  natureEnded(now: Instant, stream: Stream): readonly Effect[] {
    const effects: Effect[] = [];
    if (!this.#nature.ended(now, effects, stream)) return nothing;
    this.#cut(now, effects); // a success of this very instant is lost with the nature that should have made it
    this.#natureListens = false;
    effects.push(effect.health(false, "nature is not reached"));
    this.#pairUp(now, effects, 0);
    return effects;
  }

  // Clocks and feedforward

  /** A correction moves every cycle to come: the series is cut here and drawn anew from its next cycle. */
  correctClock(now: Instant, correction: ClockCorrection, subject: string): readonly Effect[] {
    const end = this.#ends.find(({ name }) => name === correction.node);
    const segment = end && this.#corrections.admit(correction, subject);
    if (!segment) return nothing;
    return this.#redrawn(now, () => end.correct(now, segment, correction));
  }

  /** A fault of the link, or of an end's oscillator, has begun or ended. */
  befallen(now: Instant, change: FaultChange): readonly Effect[] {
    const deed = this.#faults.deed(now, change);
    return deed ? this.#redrawn(now, deed) : nothing;
  }

  /** Something has changed for every attempt to come: the series is cut here and drawn anew. */
  #redrawn(now: Instant, change: () => void): readonly Effect[] {
    const effects: Effect[] = [];
    this.#settle(now, effects);
    const attemptsBefore = this.#cut(now, effects);
    change();
    this.#pairUp(now, effects, attemptsBefore);
    return effects;
  }

  acknowledged(acknowledgement: Acknowledgement, subject: string): readonly Effect[] {
    const effects: Effect[] = [];
    this.#outbox.acknowledged(effects, publisherOf(subject), acknowledgement);
    return effects;
  }

  // Ends

  opened(now: Instant, stream: Stream<GenerateResponse>, from: Address): readonly Effect[] {
    const end = this.#ends.find(({ name }) => from === `link-layer/${name}`);
    if (!end) {
      this.counters.permissionDenied += 1;
      const message = `${from} is no end of ${this.#link.name}`;
      return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "PERMISSION_DENIED"))];
    }
    const effects: Effect[] = [];
    if (end.stream !== undefined) {
      effects.push(effect.close(end.stream, failure(Code.ABORTED, "the end has opened a later stream", "SUPERSEDED")));
      this.#disarm(now, effects, end);
    }
    end.stream = stream;
    return effects;
  }

  ended(now: Instant, stream: Stream): readonly Effect[] {
    const end = this.#ends.find((candidate) => candidate.stream === stream);
    if (!end) return nothing;
    const effects: Effect[] = [];
    end.stream = undefined;
    this.#disarm(now, effects, end);
    return effects;
  }

  commanded(now: Instant, request: GenerateRequest, stream: Stream<GenerateResponse>): readonly Effect[] {
    const end = this.#ends.find((candidate) => candidate.stream === stream);
    if (!end) return nothing; // still under way when the stream was closed
    const effects: Effect[] = [];
    const { command } = request;
    if (request.link !== this.#link.name) {
      this.#refuse(now, effects, end, `this is the station of ${this.#link.name}, not of ${request.link}`);
    } else if (command?.$case === "arm") {
      this.#arm(now, effects, end, command.arm);
    } else if (command?.$case === "stop" && command.stop.queueId) {
      this.#stop(now, effects, end, command.stop.queueId);
    } else {
      this.#refuse(now, effects, end, "a request arms a series or stops the one of a queue id");
    }
    return effects;
  }

  #arm(now: Instant, effects: Effect[], end: End, arm: Arm): void {
    const armed = checkedArm(arm, this.#link.heralding.periodNs, this.#alpha);
    if (typeof armed === "string") {
      this.#refuse(now, effects, end, armed);
      return;
    }
    this.#settle(now, effects);
    this.#cut(now, effects);
    end.armed = recent(now, end, armed);
    if (arm.expectedSequence > 0 && arm.expectedSequence < this.#unannounced.nextAnnounced) {
      this.#endArm(effects, end, SeriesEnd.MISSED_HERALD, 0);
    }
    this.#pairUp(now, effects, 0);
  }

  /** The series did not succeed if its success lies in the future: nothing that was drawn is revealed. */
  #stop(now: Instant, effects: Effect[], end: End, queueId: QueueId): void {
    this.#settle(now, effects);
    if (!end.armed || !isSame(end.armed.queueId, queueId)) {
      this.#send(effects, end, queueId, SeriesEnd.STOPPED, 0);
      return;
    }
    const inSeries = this.#series !== undefined;
    const attempts = this.#cut(now, effects);
    for (const stopped of inSeries ? this.#ends : [end]) this.#endArm(effects, stopped, SeriesEnd.STOPPED, attempts);
    this.#pairUp(now, effects, 0);
  }

  #refuse(now: Instant, effects: Effect[], end: End, message: string): void {
    if (end.stream !== undefined) {
      effects.push(effect.close(end.stream, failure(Code.INVALID_ARGUMENT, message, "INVALID_COMMAND")));
    }
    end.stream = undefined;
    this.#disarm(now, effects, end);
  }

  #disarm(now: Instant, effects: Effect[], end: End): void {
    if (!end.armed) return;
    this.#settle(now, effects);
    this.#cut(now, effects);
    end.armed = undefined;
    this.#pairUp(now, effects, 0);
  }

  // Series

  /** Says what is known by now: the outcome of a decided series, and ends that fired alone to their last cycle. */
  #settle(now: Instant, effects: Effect[]): void {
    if (this.#timerDue !== undefined && now < this.#timerDue) return;
    if (this.#series) {
      // What follows a pause may be known by now, too.
      for (let series = this.#series; series && series.knownNs <= now; ) {
        this.#decide(now, effects, series);
        series = this.#series;
      }
      return;
    }
    for (const end of this.#ends) {
      if (end.armed && this.#mayHerald && end.arrivedNs(end.armed.untilCycle) <= now) {
        this.#endArm(effects, end, SeriesEnd.NO_CLASSICAL_OTHER, 0);
      }
    }
  }

  #decide(now: Instant, effects: Effect[], series: AttemptSeries): void {
    this.#series = undefined;
    this.#unspentCycle = series.decidingCycle + 1;
    const attempts = series.attemptsMade(series.decidingCycle);
    this.#made(effects, attempts - series.attemptsBefore);
    if (series.succeeds) this.#herald(now, effects, series, attempts);
    else if (series.limit === "pause") this.#pairUp(now, effects, attempts);
    else this.#endBoth(effects, series.limit === "down" ? SeriesEnd.LINK_DOWN : SeriesEnd.UNTIL, attempts);
  }

  #made(effects: Effect[], attempts: number): void {
    this.counters.attempts += attempts;
    this.#plan?.made(attempts);
    this.#reported.stopped(effects, attempts);
  }

  /** Ends the series at this instant, undecided. @returns the attempts made in it */
  #cut(now: Instant, effects: Effect[]): number {
    const series = this.#series;
    if (!series) return 0;
    this.#series = undefined;
    const cycle = Math.min(this.#ends[0].lastArrivedCycle(now), this.#ends[1].lastArrivedCycle(now));
    const attempts = series.attemptsMade(cycle);
    const made = attempts - series.attemptsBefore;
    this.#made(effects, made);
    if (made > 0) this.#unspentCycle = series.cycles.firstCycle + (made - 1) * series.cycles.stride + 1;
    return attempts;
  }

  /** Starts a series when both ends are armed and the next pair may be heralded; sets the timer for what comes next. */
  #pairUp(now: Instant, effects: Effect[], attemptsBefore: number): void {
    const [first, second] = this.#ends;
    if (!this.#series && this.#mayHerald && first.armed && second.armed) {
      const pairing = paired(first.armed, second.armed, this.#unspentCycle);
      if (pairing === "mismatch") this.#endBoth(effects, SeriesEnd.QUEUE_MISMATCH);
      else if (pairing === "alpha-mismatch") this.#endBoth(effects, SeriesEnd.ALPHA_MISMATCH);
      else if (pairing === "never") this.#endBoth(effects, SeriesEnd.NO_CLASSICAL_OTHER);
      else if (pairing !== "apart") this.#start(now, effects, pairing, attemptsBefore);
    }
    this.#setTimer(now, effects);
  }

  /** Draws the series, unless the two photons of its first cycle miss each other. */
  #start(now: Instant, effects: Effect[], common: CommonCycles, attemptsBefore: number): void {
    const planned = this.#plan ? this.#plan.next(common) : ({ cycles: common, limit: "until" } as const);
    if (planned === "down" || planned === "over") {
      this.#endBoth(effects, planned === "down" ? SeriesEnd.LINK_DOWN : SeriesEnd.UNTIL, attemptsBefore);
      return;
    }
    const { cycles, limit } = planned;
    const [first, second] = this.#ends;
    const emittedNs = first.emittedNs(cycles.firstCycle);
    const startNs = Math.max(now, emittedNs) as Instant;
    const arrivalDifferenceNs = first.timing.clock.offsetNs(startNs) - second.timing.clock.offsetNs(startNs);
    if (Math.abs(arrivalDifferenceNs) > this.#link.heralding.detectionWindowNs / 2) {
      this.#endBoth(effects, SeriesEnd.OUT_OF_WINDOW, attemptsBefore);
      return;
    }
    this.#yield = this.#heraldedPair.attemptYield(arrivalDifferenceNs, first.armed?.alpha, emittedNs);
    const { successProbability } = this.#yield;
    const attempts = successProbability > 0 ? this.#chance.geometric(successProbability) : Number.POSITIVE_INFINITY;
    const series = new AttemptSeries(cycles, attempts, attemptsBefore, limit);
    series.firstEmittedNs = first.emittedNs(series.decidingCycle);
    series.secondEmittedNs = second.emittedNs(series.decidingCycle);
    series.knownNs = Math.max(series.firstEmittedNs + first.flightNs, series.secondEmittedNs + second.flightNs);
    this.#series = series;
    this.#reported.started(effects, series);
  }

  #herald(now: Instant, effects: Effect[], series: AttemptSeries, attempts: number): void {
    if (!this.#yield) throw new Error("a series was drawn from a yield");
    const { bellIndex, state } = this.#faults.spoilt(announced(this.#yield, this.#chance.uniform()));
    const pairSequence = this.#unannounced.number();
    this.counters.heralds += 1;
    const success: Success = {
      ends: this.#ends,
      series,
      attempts,
      pair: pairId(this.#link.name, this.#incarnation, pairSequence),
      pairSequence,
      stationIncarnation: this.#incarnation,
      bellIndex,
      state,
      photonOffsetPs: this.#yield.photonOffsetPs,
      clockDifferencePs: clockDifferencePs(now, this.#ends, this.#topology.clock.syncIntervalS),
    };
    const heralds = this.#ends.map((end) => heraldOf(end, success, now, usefulForDefaultNs(this.#topology)));
    this.#unannounced.hold(heralds);
    this.#nature.send(effects, createdPair(success));
  }

  #endBoth(effects: Effect[], reason: SeriesEnd, attempts = 0): void {
    for (const end of this.#ends) this.#endArm(effects, end, reason, attempts);
  }

  #endArm(effects: Effect[], end: End, reason: SeriesEnd, attempts: number): void {
    const { armed } = end;
    if (!armed) return;
    end.armed = undefined;
    this.#send(effects, end, armed.queueId, reason, attempts);
  }

  #send(effects: Effect[], end: End, queueId: QueueId, reason: SeriesEnd, attempts: number): void {
    if (end.stream === undefined) return;
    this.counters.seriesEnded += 1;
    effects.push(
      effect.send(end.stream, {
        link: this.#link.name,
        queueId,
        reason,
        attempts,
        nextSequence: this.#unannounced.nextAnnounced,
        incarnation: this.#incarnation,
      }),
    );
  }

  #setTimer(now: Instant, effects: Effect[]): void {
    let due = Number.POSITIVE_INFINITY;
    if (this.#series) due = this.#series.knownNs;
    else if (this.#mayHerald) {
      for (const end of this.#ends) if (end.armed) due = Math.min(due, end.arrivedNs(end.armed.untilCycle));
    }
    if (due === Number.POSITIVE_INFINITY) {
      if (this.#timerDue !== undefined) effects.push(effect.cancelTimer(SERIES_TIMER));
      this.#timerDue = undefined;
      return;
    }
    const dueNow = Math.max(due, now);
    if (dueNow === this.#timerDue) return;
    this.#timerDue = dueNow;
    effects.push(effect.setTimer(SERIES_TIMER, dueNow as Instant));
  }
}
