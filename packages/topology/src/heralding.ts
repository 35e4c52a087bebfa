/** What every scheme has: its attempts, the photons they send, and when they stop for a while. */
interface Attempts {
  /** From one attempt to the next; a keep attempt waits for its herald, so at least the longer arm's round trip. */
  readonly periodNs: number;
  readonly detectionWindowNs: number;
  /** 1/e length of a photon; of a Gaussian one the standard deviation of its intensity. */
  readonly photonLifetimeNs: number;
  /** Exponential when absent. */
  readonly photonShape?: "exponential" | "gaussian";
  /** Difference of the two photons' frequencies; none when absent. */
  readonly detuningHz?: number;
  /** Modes that one attempt tries; 1 when absent. */
  readonly modes?: number;
  /** Attempts are never paused when absent. */
  readonly pauses?: Pauses;
}

/** Pauses that attempts make. */
export interface Pauses {
  /** Stabilising the optical phase: so long after each stretch of attempts so long, by true time. */
  readonly stabilisation?: { readonly everyNs: number; readonly durationNs: number };
  /** Checking charge and resonance before each so many attempts, again and again until the check passes. */
  readonly chargeCheck?: {
    readonly everyAttempts: number;
    readonly durationNs: number;
    readonly passProbability: number;
  };
}

interface Detection {
  /** Probability that an emitted photon is detected, fibre not counted: emission × collection × window × detector. */
  readonly emissionEfficiency: number;
  /** Per detector and detection window. */
  readonly darkCountProbability: number;
}

interface Interference extends Detection {
  /** Hong-Ou-Mandel visibility |⟨a|b⟩|² of photons that arrive together. */
  readonly visibility: number;
}

/** Two rounds, a click in each (Barrett & Kok 2005). */
export interface DoubleClickHeralding extends Attempts, Interference {
  readonly scheme: "double-click";
  /** Fidelity of the spin-photon state an end emits. */
  readonly emissionFidelity: number;
  /** Threshold when absent. */
  readonly detectors?: "threshold" | "photon-number-resolving";
  /** Two clicks further apart in their windows do not count; every two do when absent. */
  readonly coincidenceWindowNs?: number;
}

/** How much of the bright state the ends prepare, where a single click heralds. */
export interface BrightState {
  /** At the first end, for every request; when absent, what a request's minimum fidelity allows. */
  readonly alpha?: number;
  /** Where a request chooses, the minimum of one that gives none. */
  readonly bestEffortFidelity: number;
  /** At the second end: the same when absent, or what makes a photon from either end equally likely. */
  readonly secondAlpha?: "equal" | "balanced";
}

/** One click, which does not tell from which end (Cabrillo et al. 1999; Bose et al. 1999). */
export interface SingleClickHeralding extends Attempts, Interference, BrightState {
  readonly scheme: "single-click";
  /** Standard deviation of the optical phase between the two arms. */
  readonly phaseStdRad: number;
  /** Probability that an end emits a second photon. */
  readonly doubleExcitation: number;
  readonly detectors?: "threshold" | "photon-number-resolving";
}

/** The same by the estimate of Dahlberg et al. 2019, to compare with. */
export interface DahlbergHeralding extends Attempts, Interference, BrightState {
  readonly scheme: "dahlberg-single-click";
}

/** A source of photon pairs at the station; the ends catch, and say so. */
export interface MidpointSourceHeralding extends Attempts, Detection {
  readonly scheme: "midpoint-source";
  /** Mean number of pairs of a pulse. */
  readonly meanPairs: number;
  /** Probability that a photon comes to the wrong one of an end's two detectors. */
  readonly misalignment: number;
}

/** The first end emits half an excitation, the second catches it (Cirac et al. 1997). */
export interface DeterministicHeralding extends Attempts {
  readonly scheme: "deterministic";
  /** Of emission and catch, the line not counted. */
  readonly emissionEfficiency: number;
}

/** Given by what it yields. */
export interface ToyHeralding extends Attempts {
  readonly scheme: "perfect" | "depolarise" | "bit-flip";
  readonly successProbability: number;
  /** 1 for perfect pairs. */
  readonly fidelity: number;
}

/** What the station of a link does, by its scheme. */
export type Heralding =
  | DoubleClickHeralding
  | SingleClickHeralding
  | DahlbergHeralding
  | MidpointSourceHeralding
  | DeterministicHeralding
  | ToyHeralding;
