import type {
  Call,
  CallDetails,
  Context,
  Effect,
  FaultChange,
  HardwareReading,
  Input,
  Status,
  Stream,
} from "@bellmesh/mesh";
import { Code, effect, failure, methodsOf } from "@bellmesh/mesh";
import { classicalDelayNs, type Topology } from "@bellmesh/topology";
import { after, type Instant, publisherOf, SECOND_NS, subjects } from "@bellmesh/wire";
import {
  ClockState,
  type ClockStatus,
  ClockSyncServiceDefinition,
  type ExchangeRequest,
  type ExchangeResponse,
  type GetStatusResponse,
  type WatchStatusResponse,
} from "@bellmesh/wire/clock-sync";
import { type ClockAnnounce, ClockCorrection } from "@bellmesh/wire/control";
import { clockAccuracy } from "./clock-accuracy.ts";
import { clockCorrection } from "./clock-correction.ts";
import { ClockFaults } from "./clock-faults.ts";
import type { ClockSyncConfig } from "./config.ts";
import { type DisciplinedSegment, disciplined, identitySegment, steered } from "./disciplined-segment.ts";
import { Election, type Voter, voterState } from "./election.ts";
import { ErrorBound, plausibleFrequencyPpb, SIGMAS, strayOf } from "./error-bound.ts";
import { MovingAverage } from "./moving-average.ts";
import { PathDelay } from "./path-delay.ts";
import type { PendingExchange } from "./pending-exchange.ts";
import { PiServo, servoGains } from "./pi-servo.ts";
import { differencePs, stampOf } from "./stamp.ts";
import { StampingUnit } from "./stamping-unit.ts";
import { type ExchangeResult, type ExchangeStamps, pathDelayPs, TwoWayExchange } from "./two-way-exchange.ts";

type Started = Extract<Input, { kind: "started" }>;
type Timer = Extract<Input, { kind: "timer" }>;

const { exchange } = methodsOf(ClockSyncServiceDefinition);

const SYNC_TIMER = "sync";
/** Exchanges that may fail in a row before the clock runs in holdover. */
const FAILURES_TOLERATED = 2;
/** Servo frequencies averaged for a holdover. */
const RATES_KEPT = 10;
const PS_PER_NS = 1000;
/** A clock found further off than this many nanoseconds, and sigmas of a stamp, was stepped: it starts over. */
const STEPPED_NS = 20_000;
const STEPPED_SIGMAS = 1000;
/** The bound of a clock that was never synchronised: ten seconds. */
const UNKNOWN_PS = 1e13;
const nothing: readonly Effect[] = Object.freeze([]);

/**
 * Keeps one node's clock on the grandmaster's: an exchange per sync interval, a servo, and a correction published
 * for all processes of the node. On the grandmaster's own node it answers exchanges and leaves the clock alone.
 * When the grandmaster is gone the best of the clocks that hold over takes its place, as it is: no clock is stepped.
 */
export class ClockSync {
  readonly #node: string;
  readonly #network: string;
  /** Whom this clock follows; itself where it is the grandmaster. */
  #grandmaster: string;
  readonly #election: Election;
  /** When the grandmaster last answered. */
  #lastSign = 0 as Instant;
  /** Where this clock was synchronised when its holdover began. */
  #heldFrom = "";
  readonly #intervalNs: number;
  readonly #unit: StampingUnit;
  readonly #topology: Topology;
  readonly #exchange = new TwoWayExchange();
  readonly #path: PathDelay;
  readonly #servo: PiServo;
  readonly #bound: ErrorBound;
  readonly #recentDriftPpb = new MovingAverage(RATES_KEPT);
  readonly #faults: ClockFaults;
  readonly #watchers = new Set<Stream<WatchStatusResponse>>();
  #state: ClockState;
  #segment: DisciplinedSegment = identitySegment;
  #result: ExchangeResult = { offsetPs: 0, delayPs: 0 };
  #incarnation = 0;
  #corrections = 0;
  #exchanges = 0;
  #failures = 0;
  #pending: PendingExchange | undefined;
  /** Our hardware reading when the servo took its last sample (until it locks, its first). */
  #sampledAt: HardwareReading | undefined;
  /** Our hardware reading when the holdover began. */
  #heldAt: HardwareReading | undefined;
  /** The last hardware reading we were given. */
  #latest: HardwareReading = { instant: 0, picoseconds: 0 };

  constructor(context: Context<ClockSyncConfig>) {
    const { name, clock } = context.config.topology;
    this.#topology = context.config.topology;
    this.#node = context.place;
    this.#faults = new ClockFaults(context.place);
    this.#network = name;
    this.#grandmaster = clock.grandmaster;
    const isNamed = clock.grandmaster === context.place;
    this.#state = isNamed ? ClockState.GRANDMASTER : ClockState.UNLOCKED;
    this.#intervalNs = clock.syncIntervalS * SECOND_NS;
    this.#unit = new StampingUnit(context, clock.stampJitterPs, clock.asymmetryPs);
    this.#path = new PathDelay(this.#unit.jitterPs);
    this.#election = new Election({
      network: name,
      node: context.place,
      isNamed,
      syncIntervalNs: this.#intervalNs,
      clockAccuracy: clockAccuracy(SIGMAS * this.#unit.jitterPs),
    });
    // Stamps are whole picoseconds, so that even perfect hardware is uncertain by one.
    const stampNs = Math.sqrt(this.#unit.jitterPs * this.#unit.jitterPs + 1) / 1000;
    const gains = servoGains(clock.syncIntervalS, clock.preset === "ptp-software" ? "software" : "hardware");
    // Nothing yet depends on the phase when the servo first locks: step to it, unless it is within the noise.
    const stepThresholdNs = Math.max(STEPPED_NS, STEPPED_SIGMAS * stampNs);
    const plausiblePpb = plausibleFrequencyPpb(clock, stampNs);
    this.#servo = new PiServo({ gains, firstStepThresholdNs: SIGMAS * stampNs, stepThresholdNs, plausiblePpb });
    const jitterNs = this.#unit.jitterPs / 1000;
    this.#bound = new ErrorBound({ gains, stampNs, jitterNs, ratesKept: RATES_KEPT, ...strayOf(clock) });
  }

  /** A former incarnation's segment is lost: everybody goes back to the raw oscillator with us. */
  started(now: Instant, input: Started): readonly Effect[] {
    this.#incarnation = input.incarnation;
    this.#lastSign = now;
    this.#election.start(input.incarnation);
    return [effect.health(true), this.#correction(), effect.setTimer(SYNC_TIMER, now)];
  }

  /** A fault of this clock, or of what it says, has begun or ended; nothing tells the servo of a jump. */
  befallen(change: FaultChange): readonly Effect[] {
    const stepPs = this.#faults.change(change);
    const { isSilent, falsePriority, jitterPs } = this.#faults;
    this.#unit.disturb(jitterPs);
    this.#election.spoil(isSilent, falsePriority);
    if (stepPs === 0) return nothing;
    this.#segment = steered(this.#segment, stampOf(change.reading), this.#segment.frequencyPpb, stepPs);
    return [this.#correction()];
  }

  /** A sync interval is over. */
  intervalOver(now: Instant, input: Timer): readonly Effect[] {
    const reading = stampOf(input.reading);
    this.#latest = reading;
    const next = effect.setTimer(SYNC_TIMER, after(now, this.#intervalNs));
    const elected = this.#elect(now);
    // It runs on as it does, and everybody is told how far off it can be by now.
    const grown = this.#state === ClockState.HOLDOVER && this.#heldAt !== reading ? [this.#correction()] : nothing;
    if (this.#isGrandmaster || this.#election.isClaiming) return [next, ...elected, ...grown, ...this.#reports()];
    // The deadline of an exchange is the interval: what is still under way has failed.
    const abandoned = this.#pending ? [effect.cancelCall(this.#pending.call), ...this.#failed()] : nothing;
    const held = this.#state === ClockState.LOCKED && this.#failures > FAILURES_TOLERATED ? this.#hold() : nothing;
    const requestSent = this.#stamped(reading);
    this.#exchanges += 1;
    const call = this.#exchanges as Call<ExchangeResponse>;
    this.#pending = { call, sequence: this.#exchanges, requestSent };
    const request = { sequence: this.#exchanges, sent: requestSent };
    const deadline = after(now, this.#intervalNs);
    return [
      next,
      ...elected,
      ...abandoned,
      ...grown,
      ...held,
      effect.call(call, `clock-sync/${this.#grandmaster}`, exchange, request, deadline),
    ];
  }

  /** Another node asks for our stamps, as the grandmaster. */
  exchangeAsked(_now: Instant, request: ExchangeRequest, details: CallDetails<ExchangeResponse>): readonly Effect[] {
    if (!this.#isGrandmaster || this.#faults.isSilent) {
      const message = `${this.#node} is not the grandmaster; ${this.#grandmaster} is`;
      return [effect.fail(details.call, failure(Code.FAILED_PRECONDITION, message, "NOT_GRANDMASTER"))];
    }
    const reading = stampOf(details.reading);
    this.#latest = reading;
    const received = this.#stamped(reading);
    const sent = this.#stamped(reading);
    return [effect.respond(details.call, { sequence: request.sequence, received, sent })];
  }

  exchangeAnswered(
    now: Instant,
    response: ExchangeResponse,
    call: Call<ExchangeResponse>,
    hardwareReading: HardwareReading | undefined,
  ): readonly Effect[] {
    const pending = this.#pending;
    if (pending?.call !== call) return nothing;
    const { received, sent } = response;
    if (response.sequence !== pending.sequence || !received || !sent) return this.#failed();
    const reading = stampOf(hardwareReading);
    this.#latest = reading;
    const stamps: ExchangeStamps = {
      responseSent: sent,
      responseReceived: this.#unit.received(disciplined(this.#segment, reading)),
      requestSent: pending.requestSent,
      requestReceived: received,
    };
    if (this.#isQueued(stamps)) return this.#failed();
    this.#pending = undefined;
    this.#failures = 0;
    this.#lastSign = now;
    this.#result = this.#exchange.measure(stamps);
    this.#path.measured(this.#result.delayPs);
    const lightPs = PS_PER_NS * classicalDelayNs(this.#topology, this.#node, this.#grandmaster);
    this.#bound.hidden(this.#path.hiddenPs(lightPs) / PS_PER_NS);
    return [...this.#steer(reading), ...this.#reports()];
  }

  exchangeFailed(_now: Instant, call: Call<ExchangeResponse>, _status?: Status): readonly Effect[] {
    if (this.#pending?.call !== call) return nothing;
    return this.#failed();
  }

  /** A clock offers itself; only in its own name. */
  announced(now: Instant, announce: ClockAnnounce, subject: string): readonly Effect[] {
    if (publisherOf(subject) === announce.node) this.#election.hear(now, announce);
    return nothing;
  }

  statusAsked(now: Instant, details: CallDetails<GetStatusResponse>): readonly Effect[] {
    return [effect.respond(details.call, { status: this.#status(now) })];
  }

  watched(now: Instant, stream: Stream<WatchStatusResponse>): readonly Effect[] {
    this.#watchers.add(stream);
    return [effect.send(stream, { status: this.#status(now) })];
  }

  unwatched(stream: Stream<WatchStatusResponse>): readonly Effect[] {
    this.#watchers.delete(stream);
    return nothing;
  }

  get #isGrandmaster(): boolean {
    return this.#state === ClockState.GRANDMASTER;
  }

  /** Who is the grandmaster from now on; whoever is, or would be, says so. */
  #elect(now: Instant): readonly Effect[] {
    const elected = this.#election.decide(now, this.#voter);
    let effects = nothing;
    if (elected === this.#node) {
      const takesOver = !this.#isGrandmaster;
      this.#grandmaster = elected;
      this.#state = ClockState.GRANDMASTER;
      // Its clock runs on as it is; what is new is whose word it is.
      if (takesOver) effects = [this.#correction()];
    } else if (elected !== this.#grandmaster) {
      effects = this.#follow(now, elected);
    }
    return [...effects, ...this.#election.announce(now, this.#voter)];
  }

  get #voter(): Voter {
    return { state: voterState(this.#state), grandmaster: this.#grandmaster, lastSign: this.#lastSign };
  }

  /** Another clock is the grandmaster: this one is only ever steered towards it, never stepped. */
  #follow(now: Instant, grandmaster: string): readonly Effect[] {
    const abandoned = this.#pending ? [effect.cancelCall(this.#pending.call)] : nothing;
    const held = this.#state === ClockState.LOCKED ? this.#hold() : nothing;
    if (this.#isGrandmaster) this.#state = this.#heldAt ? ClockState.HOLDOVER : ClockState.UNLOCKED;
    if (this.#state === ClockState.UNLOCKED) {
      this.#servo.restart();
      this.#sampledAt = undefined;
    }
    this.#pending = undefined;
    this.#grandmaster = grandmaster;
    this.#lastSign = now;
    this.#failures = 0;
    this.#path.follow();
    this.#exchange.forget();
    return [...abandoned, ...held];
  }

  #steer(reading: HardwareReading): readonly Effect[] {
    const offsetNs = this.#result.offsetPs / 1000;
    const heldAt = this.#heldAt;
    if (heldAt) this.#servo.resume(-this.#segment.frequencyPpb);
    const localNs = disciplined(this.#segment, reading).instant;
    const output = this.#servo.sample(offsetNs, localNs);
    const elapsedS = this.#secondsSince(this.#sampledAt ?? reading);
    if (this.#servo.begunAtNs === localNs) this.#sampledAt = reading;
    if (output.action === "unlocked") return this.#lost();
    const jump = output.action === "jump";
    if (this.#state === ClockState.UNLOCKED) {
      this.#bound.locked(jump ? 0 : offsetNs, elapsedS);
      // The delays so far were measured at the raw oscillator's rate.
      this.#exchange.forget();
    } else if (heldAt) {
      this.#bound.resumed(offsetNs, this.#secondsSince(heldAt));
    } else {
      this.#bound.steered(offsetNs, elapsedS, this.#exchange.delaysKept);
    }
    this.#recentDriftPpb.add(this.#servo.driftPpb);
    this.#heldAt = undefined;
    this.#sampledAt = reading;
    this.#state = ClockState.LOCKED;
    const stepPs = jump ? -Math.round(this.#result.offsetPs) : 0;
    this.#segment = steered(this.#segment, reading, -output.frequencyPpb, stepPs);
    if (!jump) return [this.#correction()];
    // The timer was set on the clock before the step.
    const stepped = disciplined(this.#segment, reading).instant as Instant;
    return [this.#correction(), effect.setTimer(SYNC_TIMER, after(stepped, this.#intervalNs))];
  }

  /** The clock is far from where it was believed to be: nothing is known of it until the servo has locked again. */
  #lost(): readonly Effect[] {
    if (this.#state === ClockState.UNLOCKED) return nothing;
    this.#state = ClockState.UNLOCKED;
    this.#sampledAt = undefined;
    this.#heldAt = undefined;
    this.#path.forget();
    this.#exchange.forget();
    return [this.#correction()];
  }

  /** Whether a message of this exchange was held up on its way. Where the path has changed, its delay is new. */
  #isQueued(stamps: ExchangeStamps): boolean {
    const delayPs = pathDelayPs(stamps);
    const isUnlocked = this.#state === ClockState.UNLOCKED;
    const finding = this.#path.find(delayPs, this.#excessOfFirst(stamps, delayPs), isUnlocked);
    if (finding !== "changed") return finding === "queued";
    this.#exchange.forget();
    if (isUnlocked) {
      this.#servo.restart();
      this.#sampledAt = undefined;
    }
    return false;
  }

  /**
   * Of the first exchange over a path whose delay is not known. A clock in holdover knows how far it can be off; what
   * an offset shows beyond that is half of the time that a message was held up.
   */
  #excessOfFirst(stamps: ExchangeStamps, delayPs: number): number {
    if (this.#state === ClockState.UNLOCKED) return 0;
    const offsetPs = differencePs(stamps.responseReceived, stamps.responseSent) - delayPs;
    return Math.max(0, Math.abs(offsetPs) - this.#uncertaintyPs(undefined));
  }

  #failed(): readonly Effect[] {
    this.#pending = undefined;
    this.#failures += 1;
    return this.#reports();
  }

  /** From the latest reading on, the clock runs at the mean of the servo's recent frequencies. */
  #hold(): readonly Effect[] {
    this.#state = ClockState.HOLDOVER;
    this.#heldAt = this.#latest;
    this.#heldFrom = this.#grandmaster;
    this.#bound.held(this.#secondsSince(this.#sampledAt ?? this.#latest));
    this.#segment = steered(this.#segment, this.#latest, -this.#recentDriftPpb.mean);
    return [this.#correction(), ...this.#reports()];
  }

  #correction(): Effect {
    this.#corrections += 1;
    const correction = clockCorrection(this.#segment, {
      node: this.#node,
      incarnation: this.#incarnation,
      sequence: this.#corrections,
      grandmaster: this.#grandmaster,
      ...(this.#state !== ClockState.UNLOCKED && this.#promise()),
    });
    return effect.publish(subjects.control(this.#network, this.#node, "clock"), ClockCorrection, correction);
  }

  #reports(): readonly Effect[] {
    return Array.from(this.#watchers, (stream) => effect.send(stream, { status: this.#status() }));
  }

  #status(now?: Instant): ClockStatus {
    return {
      state: this.#state,
      grandmaster: this.#grandmaster,
      uncertaintyPs: Math.ceil(Math.min(this.#uncertaintyPs(now), UNKNOWN_PS)),
      offsetPs: Math.round(Math.max(-UNKNOWN_PS, Math.min(UNKNOWN_PS, this.#result.offsetPs))),
      frequencyPpb: this.#segment.frequencyPpb,
      pathDelayPs: Math.round(Math.max(0, Math.min(UNKNOWN_PS, this.#result.delayPs))),
    };
  }

  /** What a clock that is synchronised says of its error. */
  #promise(): Pick<ClockCorrection, "promisedPs" | "expectedErrorPs" | "expectedDriftPpb"> {
    const promisedPs = Math.ceil(this.#uncertaintyPs(undefined));
    if (this.#isGrandmaster) return { promisedPs, expectedErrorPs: 0, expectedDriftPpb: 0 };
    const heldS = this.#state === ClockState.HOLDOVER ? this.#secondsSince(this.#heldAt ?? this.#latest) : undefined;
    const { errorNs, driftPpb } = this.#bound.expected(this.#intervalNs / SECOND_NS, heldS);
    const clocks = heldS === undefined ? 1 : this.#clocksHeld;
    return { promisedPs, expectedErrorPs: 1000 * clocks * errorNs, expectedDriftPpb: clocks * driftPpb };
  }

  /** A bound that holds now and until the next sample is due. */
  #uncertaintyPs(now: Instant | undefined): number {
    const shown = disciplined(this.#segment, this.#latest).instant;
    const aheadS = Math.max(now === undefined ? 0 : now - shown, this.#intervalNs) / SECOND_NS;
    switch (this.#state) {
      case ClockState.GRANDMASTER:
        return SIGMAS * this.#unit.jitterPs;
      case ClockState.LOCKED:
        return 1000 * this.#bound.whileLocked(this.#secondsSince(this.#sampledAt ?? this.#latest) + aheadS);
      case ClockState.HOLDOVER: {
        const heldS = this.#secondsSince(this.#heldAt ?? this.#latest);
        return 1000 * this.#clocksHeld * this.#bound.whileHeld(heldS + aheadS);
      }
      default:
        return UNKNOWN_PS;
    }
  }

  /** Another clock that held over from the same grandmaster may be as far off, the other way. */
  get #clocksHeld(): number {
    return this.#heldFrom === this.#grandmaster ? 1 : 2;
  }

  /** From this reading of ours to the latest one: the oscillator never jumps, the disciplined clock may. */
  #secondsSince(reading: HardwareReading): number {
    return differencePs(this.#latest, reading) / 1e12;
  }

  /** The disciplined clock at this reading, as the stamping unit has it. */
  #stamped(reading: HardwareReading): HardwareReading {
    return this.#unit.sent(disciplined(this.#segment, reading));
  }
}
