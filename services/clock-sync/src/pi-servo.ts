import { exp, log } from "@bellmesh/numerics";

/** Proportional and integral gain of a servo: ppb of frequency per ns of offset, the latter at every sample. */
export interface ServoGains {
  readonly kp: number;
  readonly ki: number;
}

/** Which stamps feed the servo: the scale factors of linuxptp's pi.c differ. */
export type StampSource = "hardware" | "software";

export interface PiServoOptions {
  readonly gains: ServoGains;
  /** The clock is stepped at the first lock when it is further off than this; 0: never. linuxptp: 20 µs. */
  readonly firstStepThresholdNs: number;
  /** The clock starts over when it is ever further off than this; 0: never, the default. */
  readonly stepThresholdNs?: number;
  /** What the oscillator can be pulled by. */
  readonly maxFrequencyPpb?: number;
  /** Two oscillators of these classes are no further apart: a first frequency beyond it may be a clock that was set. */
  readonly plausiblePpb?: number;
}

/** What to do after a sample: nothing yet, step by −offset and steer, or steer. */
export interface ServoOutput {
  readonly action: "unlocked" | "jump" | "locked";
  /** Apply the negative of it to the clock. */
  readonly frequencyPpb: number;
}

const NS_PER_S = 1e9;
/** A frequency estimate waits this much longer than it must (linuxptp FREQ_EST_MARGIN). */
const ESTIMATE_MARGIN = 0.001;
/** So many first frequencies in a row are doubted; then the oscillators are not what they were taken for. */
const DOUBTS_MAX = 5;

const scales = {
  hardware: { kp: 0.7, ki: 0.3 },
  software: { kp: 0.1, ki: 0.001 },
} as const;
const KP_EXPONENT = -0.3;
const KI_EXPONENT = 0.4;
const KP_NORM_MAX = 0.7;
const KI_NORM_MAX = 0.3;

/** The gains for a sync interval (linuxptp pi.c): kp = min(scale · S^−0.3, 0.7/S), ki = min(scale · S^0.4, 0.3/S). */
export function servoGains(syncIntervalS: number, source: StampSource = "hardware"): ServoGains {
  const scale = scales[source];
  const logInterval = log(syncIntervalS);
  return {
    kp: Math.min(scale.kp * exp(KP_EXPONENT * logInterval), KP_NORM_MAX / syncIntervalS),
    ki: Math.min(scale.ki * exp(KI_EXPONENT * logInterval), KI_NORM_MAX / syncIntervalS),
  };
}

/**
 * The proportional-integral clock servo of linuxptp (pi.c): two samples far enough apart give the frequency, then
 * every sample steers. Offsets are this clock minus the master's in ns; frequencies are in ppb.
 */
export class PiServo {
  readonly #options: Required<PiServoOptions>;
  #samples: 0 | 1 | 2 = 0;
  #firstUpdate = true;
  #firstOffsetNs = 0;
  #firstLocalNs = 0;
  #driftPpb = 0;
  #outputPpb = 0;
  /** The first frequency that was doubted last. */
  #doubtedPpb: number | undefined;
  #doubts = 0;

  constructor(options: PiServoOptions) {
    this.#options = { stepThresholdNs: 0, maxFrequencyPpb: 9e8, plausiblePpb: Number.POSITIVE_INFINITY, ...options };
  }

  /** The integral term: what the servo takes for the oscillator's own frequency error. */
  get driftPpb(): number {
    return this.#driftPpb;
  }

  /** When the sample was taken, on the clock being steered, from which the first frequency is measured. */
  get begunAtNs(): number {
    return this.#firstLocalNs;
  }

  /** One measured offset, taken at `localNs` on the clock being steered. */
  sample(offsetNs: number, localNs: number): ServoOutput {
    if (this.#samples === 0) return this.#first(offsetNs, localNs);
    if (this.#samples === 1) return this.#second(offsetNs, localNs);
    return this.#steer(offsetNs);
  }

  /** Sets the frequency error the servo starts from again, after a holdover that ran at it. */
  resume(driftPpb: number): void {
    this.#driftPpb = driftPpb;
    this.#outputPpb = driftPpb;
  }

  /** Starts over with the next sample: what came before was not to be trusted. */
  restart(): void {
    this.#samples = 0;
  }

  #first(offsetNs: number, localNs: number): ServoOutput {
    this.#firstOffsetNs = offsetNs;
    this.#firstLocalNs = localNs;
    this.#samples = 1;
    return this.#output("unlocked");
  }

  #second(offsetNs: number, localNs: number): ServoOutput {
    const elapsedNs = localNs - this.#firstLocalNs;
    if (elapsedNs <= 0) {
      this.#samples = 0;
      return this.#output("unlocked");
    }
    const neededS = Math.min(0.016 / this.#options.gains.ki, 1000);
    if ((elapsedNs / NS_PER_S) * (1 + ESTIMATE_MARGIN) < neededS) return this.#output("unlocked");
    const slope = (offsetNs - this.#firstOffsetNs) / elapsedNs;
    const driftPpb = this.#clamped(this.#outputPpb + (NS_PER_S - this.#outputPpb) * slope);
    if (this.#isDoubtful(driftPpb)) return this.#first(offsetNs, localNs);
    this.#driftPpb = driftPpb;
    this.#outputPpb = this.#driftPpb;
    const { firstStepThresholdNs } = this.#options;
    const jump =
      (this.#firstUpdate && firstStepThresholdNs !== 0 && Math.abs(offsetNs) > firstStepThresholdNs) ||
      this.#beyondStep(offsetNs);
    this.#firstUpdate = false;
    this.#samples = 2;
    return this.#output(jump ? "jump" : "locked");
  }

  /** A clock that was set between two samples looks fast or slow; one that is so looks the same at the next. */
  #isDoubtful(driftPpb: number): boolean {
    const { plausiblePpb } = this.#options;
    const isSeenAgain = this.#doubtedPpb !== undefined && Math.abs(driftPpb - this.#doubtedPpb) <= plausiblePpb;
    if (Math.abs(driftPpb) > plausiblePpb && !isSeenAgain && this.#doubts < DOUBTS_MAX) {
      this.#doubtedPpb = driftPpb;
      this.#doubts += 1;
      return true;
    }
    this.#doubtedPpb = undefined;
    this.#doubts = 0;
    return false;
  }

  #steer(offsetNs: number): ServoOutput {
    if (this.#beyondStep(offsetNs)) {
      this.#samples = 0;
      return this.#output("unlocked");
    }
    const { kp, ki } = this.#options.gains;
    const integralPpb = ki * offsetNs;
    const wantedPpb = kp * offsetNs + this.#driftPpb + integralPpb;
    this.#outputPpb = this.#clamped(wantedPpb);
    // A clamped servo must not wind its integral up.
    if (this.#outputPpb === wantedPpb) this.#driftPpb += integralPpb;
    return this.#output("locked");
  }

  #beyondStep(offsetNs: number): boolean {
    const { stepThresholdNs } = this.#options;
    return stepThresholdNs !== 0 && Math.abs(offsetNs) > stepThresholdNs;
  }

  #clamped(frequencyPpb: number): number {
    const limit = this.#options.maxFrequencyPpb;
    return Math.min(limit, Math.max(-limit, frequencyPpb));
  }

  #output(action: ServoOutput["action"]): ServoOutput {
    return { action, frequencyPpb: this.#outputPpb };
  }
}
