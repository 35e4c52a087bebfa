import type { Call, CallDetails, Context, Effect, HardwareReading, Input, Status, Stream } from "@bellmesh/mesh";
import { Code, effect, failure, methodsOf } from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { after, type Instant, SECOND_NS, subjects } from "@bellmesh/wire";
import {
  ClockState,
  type ClockStatus,
  ClockSyncServiceDefinition,
  type ExchangeRequest,
  type ExchangeResponse,
  type GetStatusResponse,
  type WatchStatusResponse,
} from "@bellmesh/wire/clock-sync";
import { ClockCorrection } from "@bellmesh/wire/control";
import type { ClockSyncConfig } from "./config.ts";
import { type DisciplinedSegment, disciplined, identitySegment, steered } from "./disciplined-segment.ts";
import { ErrorBound, SIGMAS } from "./error-bound.ts";
import { MovingAverage } from "./moving-average.ts";
import { PiServo, servoGains } from "./pi-servo.ts";
import { differencePs, shifted } from "./stamp.ts";
import { type ExchangeResult, type ExchangeStamps, pathDelayPs, TwoWayExchange } from "./two-way-exchange.ts";

type Started = Extract<Input, { kind: "started" }>;
type Timer = Extract<Input, { kind: "timer" }>;

/** An exchange that is under way: its call, and t3. */
interface Pending {
  readonly call: Call<ExchangeResponse>;
  readonly sequence: number;
  readonly requestSent: HardwareReading;
}

const { exchange } = methodsOf(ClockSyncServiceDefinition);

const SYNC_TIMER = "sync";
/** Exchanges that may fail in a row before the clock runs in holdover. */
const FAILURES_TOLERATED = 2;
/** Servo frequencies averaged for a holdover. */
const RATES_KEPT = 10;
/** A path delay further from the usual one than this many sigmas of a stamp, and a nanosecond, was queueing. */
const DEVIATION_SIGMAS = 8;
const DEVIATION_PS = 1000;
/** So many exchanges in a row that look queued are left out; then the path itself has changed. */
const QUEUED_TOLERATED = 3;
/** The bound of a clock that was never synchronised: ten seconds. */
const UNKNOWN_PS = 1e13;
const SECONDS_PER_DAY = 86_400;
const nothing: readonly Effect[] = Object.freeze([]);

/**
 * Keeps one node's clock on the grandmaster's: an exchange per sync interval, a servo, and a correction published
 * for all processes of the node. On the grandmaster's own node it answers exchanges and leaves the clock alone.
 */
export class ClockSync {
  readonly #node: string;
  readonly #network: string;
  readonly #grandmaster: string;
  readonly #isGrandmaster: boolean;
  readonly #intervalNs: number;
  readonly #jitterPs: number;
  readonly #chance: EntropyStream;
  readonly #exchange = new TwoWayExchange();
  readonly #servo: PiServo;
  readonly #bound: ErrorBound;
  readonly #recentDriftPpb = new MovingAverage(RATES_KEPT);
  readonly #watchers = new Set<Stream<WatchStatusResponse>>();
  #state: ClockState;
  #segment: DisciplinedSegment = identitySegment;
  #result: ExchangeResult = { offsetPs: 0, delayPs: 0 };
  #incarnation = 0;
  #corrections = 0;
  #exchanges = 0;
  #failures = 0;
  /** Exchanges in a row left out as queued. */
  #queued = 0;
  /** The path delay so far, after the filter. */
  #usualDelayPs: number | undefined;
  #pending: Pending | undefined;
  /** Our hardware reading when the servo took its last sample (until it locks, its first). */
  #sampledAt: HardwareReading | undefined;
  /** Our hardware reading when the holdover began. */
  #heldAt: HardwareReading | undefined;
  /** The last hardware reading we were given. */
  #latest: HardwareReading = { instant: 0, picoseconds: 0 };

  constructor(context: Context<ClockSyncConfig>) {
    const { name, clock } = context.config.topology;
    this.#node = context.place;
    this.#network = name;
    this.#grandmaster = clock.grandmaster;
    this.#isGrandmaster = clock.grandmaster === context.place;
    this.#state = this.#isGrandmaster ? ClockState.GRANDMASTER : ClockState.UNLOCKED;
    this.#intervalNs = clock.syncIntervalS * SECOND_NS;
    this.#jitterPs = clock.stampJitterPs;
    this.#chance = context.entropy.stream(`clock.${context.place}.stamp`);
    // Stamps are whole picoseconds, so that even perfect hardware is uncertain by one.
    const stampNs = Math.sqrt(this.#jitterPs * this.#jitterPs + 1) / 1000;
    const gains = servoGains(clock.syncIntervalS, clock.preset === "ptp-software" ? "software" : "hardware");
    // Nothing yet depends on the phase when the servo first locks: step to it, unless it is within the noise.
    this.#servo = new PiServo({ gains, firstStepThresholdNs: SIGMAS * stampNs });
    const agingPpbPerS = (SIGMAS * Math.SQRT2 * Math.abs(clock.agingPpbPerDay)) / SECONDS_PER_DAY;
    // Two oscillators wander apart.
    const [whiteNs, flickerPpb] = [Math.SQRT2 * clock.whiteAt1S * 1e9, Math.SQRT2 * clock.flickerFloor * 1e9];
    this.#bound = new ErrorBound({ gains, stampNs, agingPpbPerS, whiteNs, flickerPpb, ratesKept: RATES_KEPT });
  }

  /** A former incarnation's segment is lost: everybody goes back to the raw oscillator with us. */
  started(now: Instant, input: Started): readonly Effect[] {
    this.#incarnation = input.incarnation;
    return [effect.health(true), this.#correction(), effect.setTimer(SYNC_TIMER, now)];
  }

  /** A sync interval is over. */
  intervalOver(now: Instant, input: Timer): readonly Effect[] {
    const reading = stampOf(input.reading);
    this.#latest = reading;
    const next = effect.setTimer(SYNC_TIMER, after(now, this.#intervalNs));
    if (this.#isGrandmaster) return [next, ...this.#reports()];
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
      ...abandoned,
      ...held,
      effect.call(call, `clock-sync/${this.#grandmaster}`, exchange, request, deadline),
    ];
  }

  /** Another node asks for our stamps, as the grandmaster. */
  exchangeAsked(_now: Instant, request: ExchangeRequest, details: CallDetails<ExchangeResponse>): readonly Effect[] {
    if (!this.#isGrandmaster) {
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
    _now: Instant,
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
      responseReceived: this.#stamped(reading),
      requestSent: pending.requestSent,
      requestReceived: received,
    };
    if (this.#isQueued(stamps)) return this.#failed();
    this.#pending = undefined;
    this.#failures = 0;
    this.#result = this.#exchange.measure(stamps);
    this.#usualDelayPs = this.#result.delayPs;
    return [...this.#steer(reading), ...this.#reports()];
  }

  exchangeFailed(_now: Instant, call: Call<ExchangeResponse>, _status?: Status): readonly Effect[] {
    if (this.#pending?.call !== call) return nothing;
    return this.#failed();
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

  #steer(reading: HardwareReading): readonly Effect[] {
    const offsetNs = this.#result.offsetPs / 1000;
    const heldAt = this.#heldAt;
    if (heldAt) this.#servo.resume(-this.#segment.frequencyPpb);
    const output = this.#servo.sample(offsetNs, disciplined(this.#segment, reading).instant);
    const elapsedS = this.#secondsSince(this.#sampledAt ?? reading);
    this.#sampledAt ??= reading;
    if (output.action === "unlocked") return nothing;
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

  /**
   * Whether a message of this exchange was held up on its way: its delay would go into the offset by half. A path
   * that stays longer is no queue, and is believed after a few exchanges.
   */
  #isQueued(stamps: ExchangeStamps): boolean {
    const excessPs = pathDelayPs(stamps) - (this.#usualDelayPs ?? pathDelayPs(stamps));
    const limitPs = DEVIATION_SIGMAS * this.#jitterPs + DEVIATION_PS;
    if (Math.abs(excessPs) <= limitPs) {
      this.#queued = 0;
      return false;
    }
    // Before the lock, a shorter path shows that it was the exchanges before that were held up.
    const wasQueued = this.#state === ClockState.UNLOCKED && excessPs < 0;
    this.#queued += 1;
    if (this.#queued <= QUEUED_TOLERATED && !wasQueued) return true;
    this.#queued = 0;
    this.#exchange.forget();
    if (this.#state === ClockState.UNLOCKED) {
      this.#servo.restart();
      this.#sampledAt = undefined;
    }
    return false;
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
    this.#bound.held(this.#secondsSince(this.#sampledAt ?? this.#latest));
    this.#segment = steered(this.#segment, this.#latest, -this.#recentDriftPpb.mean);
    return [this.#correction(), ...this.#reports()];
  }

  #correction(): Effect {
    this.#corrections += 1;
    const segment = this.#segment;
    const correction: ClockCorrection = {
      node: this.#node,
      incarnation: this.#incarnation,
      sequence: this.#corrections,
      fromHardware: segment.fromHardwareNs,
      fromHardwarePs: segment.fromHardwarePs,
      disciplined: segment.disciplinedNs,
      disciplinedPs: segment.disciplinedPs,
      frequencyPpb: segment.frequencyPpb,
    };
    return effect.publish(subjects.control(this.#network, this.#node, "clock"), ClockCorrection, correction);
  }

  #reports(): readonly Effect[] {
    const status = this.#status();
    return Array.from(this.#watchers, (stream) => effect.send(stream, { status }));
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

  /** A bound that holds now and until the next sample is due. */
  #uncertaintyPs(now: Instant | undefined): number {
    const intervalS = this.#intervalNs / SECOND_NS;
    const shown = disciplined(this.#segment, this.#latest).instant;
    const sinceLatestS = now === undefined ? 0 : (now - shown) / SECOND_NS;
    switch (this.#state) {
      case ClockState.GRANDMASTER:
        return SIGMAS * this.#jitterPs;
      case ClockState.LOCKED: {
        const elapsedS = this.#secondsSince(this.#sampledAt ?? this.#latest);
        return 1000 * this.#bound.whileLocked(elapsedS + Math.max(sinceLatestS, intervalS));
      }
      case ClockState.HOLDOVER: {
        const elapsedS = this.#secondsSince(this.#heldAt ?? this.#latest);
        return 1000 * this.#bound.whileHeld(elapsedS + Math.max(sinceLatestS, intervalS));
      }
      default:
        return UNKNOWN_PS;
    }
  }

  /** From this reading of ours to the latest one: the oscillator never jumps, the disciplined clock may. */
  #secondsSince(reading: HardwareReading): number {
    return differencePs(this.#latest, reading) / 1e12;
  }

  /** The disciplined clock at this reading, as a stamping unit with its jitter would have it. */
  #stamped(reading: HardwareReading): HardwareReading {
    const exact = disciplined(this.#segment, reading);
    if (this.#jitterPs === 0) return exact;
    const stamp = shifted(exact, Math.round(this.#chance.gaussian() * this.#jitterPs));
    // A stamp is unsigned: noise cannot take it before meshStart.
    return stamp.instant < 0 ? { instant: 0, picoseconds: 0 } : stamp;
  }
}

function stampOf(reading: HardwareReading | undefined): HardwareReading {
  if (!reading) throw new Error("the host did not stamp an input of clock-sync, whose service is marked `stamped`");
  return reading;
}
