import type { NumberField } from "../schema.ts";

/** A figure of a platform: what it means, its unit, what it may be, and whether a platform may leave it out. */
export interface FigureField extends NumberField {
  readonly optional?: boolean;
}

export type FigureFields = Readonly<Record<string, FigureField>>;

const probability = { unit: "", min: 0, max: 1 } as const;
const time = { unit: "s", min: 0, max: Number.MAX_VALUE } as const;
const lifetime = { ...time, above: true, infinite: true } as const;
const count = { unit: "", min: 0, max: 1024, whole: true } as const;
const wavelength = { unit: "nm", min: 0, above: true, max: Number.MAX_VALUE } as const;
const optional = { optional: true } as const;

const qubitFields = {
  t1S: { ...lifetime, meaning: "relaxation time T1" },
  t2S: { ...lifetime, meaning: "total coherence time T2, at most 2·T1" },
  initialDepolarising: { ...probability, ...optional, meaning: "probability that it is initialised maximally mixed" },
  initialS: { ...time, ...optional, meaning: "duration of initialising it" },
  oneQubitDepolarising: {
    ...probability,
    ...optional,
    meaning: "probability that a one-qubit gate leaves it maximally mixed",
  },
  oneQubitS: { ...time, ...optional, meaning: "duration of a one-qubit gate" },
} as const satisfies FigureFields;

/** Every figure a platform file may hold, by the section it stands in; `gates` are those at its top. */
export const platformSections = {
  communication: { count: { ...count, min: 1, meaning: "communication qubits of a node" }, ...qubitFields },
  storage: {
    count: { ...count, meaning: "storage qubits of a node" },
    ...qubitFields,
    moveS: { ...time, ...optional, meaning: "duration of moving a state between a communication and a storage qubit" },
    moveDepolarising: {
      ...probability,
      ...optional,
      meaning: "probability that a move leaves it maximally mixed; that of a two-qubit gate when absent",
    },
    attemptDephasing: {
      ...probability,
      max: 0.5,
      ...optional,
      meaning: "probability that one heralding attempt of the node flips the phase of a stored qubit",
    },
  },
  gates: {
    twoQubitDepolarising: { ...probability, meaning: "probability that a two-qubit gate leaves both maximally mixed" },
    twoQubitS: { ...time, meaning: "duration of a two-qubit gate" },
    p01: { ...probability, meaning: "probability of reading 1 when the qubit was 0" },
    p10: { ...probability, meaning: "probability of reading 0 when it was 1; p01 + p10 is at most 1" },
    readoutS: { ...time, meaning: "duration of a measurement" },
  },
  emission: {
    efficiency: {
      ...probability,
      above: true,
      meaning: "probability that an emitted photon is detected, the fibre not counted",
    },
    fidelity: { ...probability, ...optional, meaning: "fidelity of the spin-photon state it emits" },
    visibility: { ...probability, meaning: "Hong-Ou-Mandel visibility |⟨a|b⟩|² of two of its photons" },
    wavelengthNm: {
      ...{ ...wavelength, ...optional },
      meaning: "wavelength of the photon that efficiency counts; telecom light when absent",
    },
    convertedNm: {
      ...{ ...wavelength, ...optional },
      meaning: "wavelength that its own converter makes of it for fibres of more than 100 m",
    },
    conversionEfficiency: {
      ...{ ...probability, above: true, ...optional },
      meaning: "probability that a photon comes out converted; efficiency does not count it",
    },
    darkCountProbability: {
      ...probability,
      meaning: "probability that a detector clicks in a window without a photon",
    },
    detectionWindowS: { ...time, above: true, ...optional, meaning: "how long a detector listens in an attempt" },
    photonLifetimeS: { ...time, above: true, ...optional, meaning: "1/e length of a photon" },
    attemptS: { ...time, ...optional, meaning: "from one attempt to the next, light not counted" },
    phaseStdRad: {
      unit: "rad",
      min: 0,
      max: Number.MAX_VALUE,
      ...optional,
      meaning: "standard deviation of the optical phase between the ends; single click only",
    },
    doubleExcitation: { ...probability, ...optional, meaning: "probability that an end emits twice" },
    modes: { ...count, min: 1, ...optional, meaning: "modes that one attempt tries at once" },
  },
} as const satisfies Readonly<Record<string, FigureFields>>;

/** The schemes a platform may be heralded by. */
export const platformSchemes = ["single-click", "double-click", "midpoint-source", "deterministic"] as const;

/** The fields at the top of a platform file. */
export const platformTopFields: readonly string[] = [
  "name",
  "title",
  "communication",
  "storage",
  ...Object.keys(platformSections.gates),
  "emission",
];

/** The fields of a figure that says more than its value. */
export const figureParts = ["value", "source", "unconfirmed"] as const;
