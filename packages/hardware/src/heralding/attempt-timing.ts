import { checkCountFields, checkNotNegativeFields, checkPositiveFields, ParameterError } from "../parameter-error.ts";

/** What takes time from one attempt to the next. */
export interface AttemptTiming {
  /** Light time from each end to the station. */
  readonly armDelaysS: readonly [number, number];
  /** Initialising the communication qubit; 0 when absent. */
  readonly preparationS?: number;
  /** Until the photon has left; 0 when absent. */
  readonly emissionS?: number;
  /** From one mode to the next of a train of modes in time; 0 when absent, which is modes side by side. */
  readonly modeSpacingS?: number;
  /** At the station, from the last click to the herald; 0 when absent. */
  readonly processingS?: number;
  /** No attempt follows faster, whatever the sum says; 0 when absent. */
  readonly minimumS?: number;
  /** Attempts follow without waiting for heralds: nothing is kept, or there is memory enough. */
  readonly isPipelined?: boolean;
}

/** Pauses that attempts make. */
export interface AttemptPauses {
  /** Stabilising the optical phase: so long after each stretch of attempts so long. */
  readonly stabilisation?: { readonly everyS: number; readonly durationS: number };
  /** Checking charge and resonance before each so many attempts, again and again until the check passes. */
  readonly chargeCheck?: {
    readonly everyAttempts: number;
    readonly durationS: number;
    readonly passProbability: number;
  };
}

/**
 * From one attempt to the next, in s: preparing, emitting, the photon's way and the herald's way back over the longer
 * arm, and processing. Pipelined attempts wait for preparation and emission only.
 * @param modes how many modes an attempt tries
 * @throws ParameterError when a time is negative, nothing takes time, or the modes are not a whole number from 1.
 */
export function attemptPeriodS(timing: AttemptTiming, modes = 1): number {
  const { armDelaysS, preparationS = 0, emissionS = 0, modeSpacingS = 0, processingS = 0, minimumS = 0 } = timing;
  const [armDelayA, armDelayB] = armDelaysS;
  checkNotNegativeFields({ "armDelaysS[0]": armDelayA, "armDelaysS[1]": armDelayB });
  checkNotNegativeFields({ preparationS, emissionS, modeSpacingS, processingS, minimumS });
  checkCountFields({ modes });
  const busyS = preparationS + emissionS + (modes - 1) * modeSpacingS;
  const waitingS = timing.isPipelined ? 0 : 2 * Math.max(armDelayA, armDelayB) + processingS;
  const periodS = Math.max(minimumS, busyS + waitingS);
  if (!(periodS > 0)) {
    throw new ParameterError("minimumS", minimumS, "nothing takes time: give a period above 0 s, or what takes time");
  }
  return periodS;
}

/**
 * The mean time an attempt takes of all time, pauses included, in s. A charge check takes 1/pass tries on average;
 * stabilising comes after so much time of attempts and checks.
 * @throws ParameterError when a time is not positive, the pass probability not in (0, 1], or a count not whole.
 */
export function meanAttemptPeriodS(periodS: number, pauses: AttemptPauses = {}): number {
  checkPositiveFields({ periodS });
  const { stabilisation, chargeCheck } = pauses;
  let meanS = periodS;
  if (chargeCheck) {
    const { everyAttempts, durationS, passProbability } = chargeCheck;
    checkCountFields({ "chargeCheck.everyAttempts": everyAttempts });
    checkNotNegativeFields({ "chargeCheck.durationS": durationS });
    if (!(passProbability > 0 && passProbability <= 1)) {
      throw new ParameterError(
        "chargeCheck.passProbability",
        passProbability,
        "a check passes with a probability in (0, 1]",
      );
    }
    meanS += durationS / (passProbability * everyAttempts);
  }
  if (!stabilisation) return meanS;
  checkPositiveFields({ "stabilisation.everyS": stabilisation.everyS });
  checkNotNegativeFields({ "stabilisation.durationS": stabilisation.durationS });
  return meanS * (1 + stabilisation.durationS / stabilisation.everyS);
}
