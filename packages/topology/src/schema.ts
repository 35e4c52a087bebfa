/**
 * Every number a topology file may hold: what it means, its unit, what it may be, and its default.
 * The parser, the JSON Schema and the README's tables follow from these records. What decides fidelity or rate has no
 * default: a network must say it.
 */
export interface NumberField {
  readonly meaning: string;
  readonly unit: string;
  /** Absent: the field must be given. */
  readonly default?: number;
  readonly min: number;
  readonly max: number;
  /** The bound itself is not allowed. */
  readonly above?: boolean;
  readonly below?: boolean;
  readonly whole?: boolean;
  /** `.inf` is allowed and means that the effect does not happen. */
  readonly infinite?: boolean;
}

export type NumberFields = Readonly<Record<string, NumberField>>;

const probability = { unit: "", min: 0, max: 1 } as const;
const positive = { min: 0, above: true, max: Number.MAX_VALUE } as const;
/** An Allan deviation. */
const deviation = { unit: "", min: 0, max: 1e-3 } as const;
const notNegative = { min: 0, max: Number.MAX_VALUE } as const;
/** A duration is an instant's difference: whole nanoseconds, well under 2^53 of them. */
const duration = { unit: "ns", min: 0, max: 1e12, whole: true } as const;

export const networkFields = {
  fibreSpeedKmPerS: { ...positive, unit: "km/s", default: 200_000, meaning: "speed of light in the fibre" },
  timeScale: {
    ...positive,
    unit: "",
    default: 1,
    meaning: "emulated seconds per second of wall clock; the simulation ignores it",
  },
} as const satisfies NumberFields;

/** The one optional number without a default: no cutoff is not a number. */
export const cutoffField = {
  cutoffMs: {
    ...positive,
    unit: "ms",
    meaning: "age at which a repeater gives a link pair up; never when absent",
  },
} as const satisfies NumberFields;

/** The defaults of these are the preset's. */
export const clockFields = {
  stampJitterPs: { ...notNegative, unit: "ps", meaning: "sigma of one hardware time stamp" },
  syncIntervalS: { ...positive, unit: "s", meaning: "time between two exchanges with the grandmaster" },
  asymmetryPs: {
    ...notNegative,
    unit: "ps",
    meaning: "sigma of what calibration leaves of the difference between a path's two directions",
  },
  initialOffsetNs: { ...notNegative, unit: "ns", meaning: "sigma of the offset a node starts with" },
  driftPpb: { ...notNegative, unit: "ppb", meaning: "sigma of an oscillator's frequency error" },
  agingPpbPerDay: { ...notNegative, unit: "ppb/day", meaning: "rate at which that error grows" },
  whiteAt1S: { ...deviation, meaning: "Allan deviation of its white frequency noise at 1 s; falls as 1/√τ" },
  flickerFloor: { ...deviation, meaning: "Allan deviation of its flicker frequency noise, at any averaging time" },
} as const satisfies NumberFields;

export const memoryFields = {
  t1S: { ...positive, unit: "s", infinite: true, meaning: "relaxation time T1 of a memory qubit" },
  t2S: { ...positive, unit: "s", infinite: true, meaning: "total coherence time T2, at most 2·T1" },
  communicationSlots: {
    unit: "",
    min: 1,
    max: 1024,
    whole: true,
    default: 4,
    meaning: "communication qubits for each link of the node",
  },
  attemptDephasing: {
    unit: "",
    min: 0,
    max: 0.5,
    default: 0,
    meaning: "probability that one heralding attempt of the node flips the phase of each qubit it stores",
  },
} as const satisfies NumberFields;

export const gateFields = {
  twoQubitDepolarising: {
    ...probability,
    meaning: "probability that a two-qubit gate leaves its qubits maximally mixed",
  },
  twoQubitNs: { ...duration, default: 1000, meaning: "duration of a two-qubit gate" },
  oneQubitDepolarising: {
    ...probability,
    default: 0,
    meaning: "probability that a one-qubit gate leaves its qubit maximally mixed",
  },
  oneQubitNs: { ...duration, default: 100, meaning: "duration of a one-qubit gate" },
  initialDepolarising: {
    ...probability,
    default: 0,
    meaning: "probability that a qubit is initialised maximally mixed instead of in |0⟩",
  },
  initialNs: { ...duration, default: 0, meaning: "duration of initialising a qubit" },
  crosstalkDepolarising: {
    ...probability,
    default: 0,
    meaning: "probability that a two-qubit gate leaves each other qubit of the node maximally mixed",
  },
} as const satisfies NumberFields;

export const readoutFields = {
  p01: { ...probability, meaning: "probability of reading 1 when the qubit was 0" },
  p10: { ...probability, meaning: "probability of reading 0 when the qubit was 1" },
  durationNs: { ...duration, default: 1000, meaning: "duration of a measurement" },
} as const satisfies NumberFields;

export const heraldingFields = {
  emissionEfficiency: {
    unit: "",
    min: 0,
    above: true,
    max: 1,
    meaning:
      "probability that an emitted photon is detected, without the fibre: emission × collection × window × detector",
  },
  emissionFidelity: {
    unit: "",
    min: 0.25,
    max: 1,
    default: 1,
    meaning: "fidelity of the spin-photon state an end emits",
  },
  darkCountProbability: {
    unit: "",
    min: 0,
    max: 0.5,
    below: true,
    meaning: "probability that a detector clicks in a window without a photon",
  },
  visibility: { ...probability, meaning: "Hong-Ou-Mandel visibility |⟨a|b⟩|² of photons that arrive together" },
  detectionWindowNs: { ...positive, unit: "ns", default: 5000, meaning: "how long a detector listens in an attempt" },
  photonLifetimeNs: { ...positive, unit: "ns", default: 1000, meaning: "1/e length of an emitted photon" },
  periodNs: {
    ...duration,
    min: 1,
    meaning: "time from one attempt to the next; at least the longer arm's round trip, for the herald must be back",
  },
} as const satisfies NumberFields;

export const fibreFields = {
  attenuationDbPerKm: { ...notNegative, unit: "dB/km", default: 0.2, meaning: "loss of the fibre" },
} as const satisfies NumberFields;

export const lengthFields = {
  lengthKm: { ...positive, unit: "km", meaning: "fibre from one end to the other" },
  midpoint: {
    unit: "",
    min: 0,
    above: true,
    max: 1,
    below: true,
    default: 0.5,
    meaning: "where on that fibre the heralding station stands, as a share of the way from the first end",
  },
} as const satisfies NumberFields;

const steady = { asymmetryPs: 0, whiteAt1S: 0, flickerFloor: 0 } as const;

/** What the clock presets stand for. A node of the `perfect` preset is never off. */
export const clockPresets = {
  "white-rabbit": {
    stampJitterPs: 20,
    syncIntervalS: 1,
    initialOffsetNs: 100,
    driftPpb: 10,
    agingPpbPerDay: 1,
    ...steady,
  },
  "ptp-hardware": {
    stampJitterPs: 50_000,
    syncIntervalS: 1,
    initialOffsetNs: 1_000_000,
    driftPpb: 2000,
    agingPpbPerDay: 10,
    ...steady,
  },
  "ptp-software": {
    stampJitterPs: 10_000_000,
    syncIntervalS: 1,
    initialOffsetNs: 1_000_000,
    driftPpb: 2000,
    agingPpbPerDay: 10,
    ...steady,
  },
  perfect: { stampJitterPs: 0, syncIntervalS: 1, initialOffsetNs: 0, driftPpb: 0, agingPpbPerDay: 0, ...steady },
} as const;

/** `a number in (0, 1]`, `a whole number of ns of at least 1`: what a field would accept. */
export function describeField(field: NumberField): string {
  const kind = `a ${field.whole ? "whole " : ""}number${field.unit === "" ? "" : ` of ${field.unit}`}`;
  const infinite = field.infinite ? ", or .inf" : "";
  if (field.max === Number.MAX_VALUE) {
    return `${kind} ${field.above ? `above ${field.min}` : `of at least ${field.min}`}${infinite}`;
  }
  return `${kind} in ${field.above ? "(" : "["}${field.min}, ${field.max}${field.below ? ")" : "]"}${infinite}`;
}
