import { heraldingFields, type NumberFields } from "./schema.ts";

const probability = { unit: "", min: 0, max: 1 } as const;
const share = { unit: "", min: 0, above: true, max: 1 } as const;
const positive = { min: 0, above: true, max: Number.MAX_VALUE } as const;
const notNegative = { min: 0, max: Number.MAX_VALUE } as const;
const number = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE } as const;
const duration = { unit: "ns", min: 0, max: 1e12, whole: true } as const;

/** What a scheme has beyond double click's fields. */
export const singleClickFields = {
  phaseStdRad: {
    ...{ ...notNegative, unit: "rad", default: 0 },
    meaning: "standard deviation of the optical phase between the arms",
  },
  doubleExcitation: { ...probability, default: 0, meaning: "probability that an end emits a second photon" },
  bestEffortFidelity: {
    ...{ unit: "", min: 0.5, above: true, max: 1, default: 0.75 },
    meaning: "where no alpha is given, the minimum fidelity of requests that give none",
  },
} as const satisfies NumberFields;

const midpointSourceFields = {
  meanPairs: { ...positive, unit: "", meaning: "mean number of photon pairs of a pulse of the source" },
  misalignment: {
    ...{ unit: "", min: 0, max: 0.5, default: 0 },
    meaning: "probability that a photon comes to the wrong one of an end's two detectors",
  },
} as const satisfies NumberFields;

const toyFields = {
  successProbability: { ...share, meaning: "probability that an attempt succeeds" },
  fidelity: {
    ...{ unit: "", min: 0.25, max: 1 },
    meaning: "fidelity of a pair with Φ+, which is what is announced",
  },
} as const satisfies NumberFields;

const { emissionEfficiency, darkCountProbability, visibility, ...doubleClickRest } = heraldingFields;
const { detectionWindowNs, photonLifetimeNs, periodNs } = doubleClickRest;
const attempts = { detectionWindowNs, photonLifetimeNs, periodNs };
const interference = { emissionEfficiency, darkCountProbability, visibility };
const { bestEffortFidelity } = singleClickFields;
const { successProbability, fidelity } = toyFields;

/** The numbers of each scheme that are required or have a default. */
export const schemeFields = {
  "double-click": heraldingFields,
  "single-click": { ...interference, ...singleClickFields, ...attempts },
  "dahlberg-single-click": { ...interference, bestEffortFidelity, ...attempts },
  "midpoint-source": { emissionEfficiency, darkCountProbability, ...midpointSourceFields, ...attempts },
  deterministic: { emissionEfficiency, ...attempts },
  perfect: { successProbability, ...attempts },
  depolarise: { successProbability, fidelity, ...attempts },
  "bit-flip": { successProbability, fidelity, ...attempts },
} as const satisfies Readonly<Record<string, NumberFields>>;

/** Fields that may be absent, which is not a number. */
export const optionalFields = {
  alpha: {
    ...{ unit: "", min: 0, above: true, max: 0.5 },
    meaning: "bright-state population for every request; when absent a request's minimum fidelity chooses it",
  },
  coincidenceWindowNs: { ...positive, unit: "ns", meaning: "two clicks further apart in their windows do not count" },
  detuningHz: { ...notNegative, unit: "Hz", meaning: "difference of the two photons' frequencies" },
  modes: { unit: "", min: 1, max: 1e9, whole: true, meaning: "modes that one attempt tries" },
} as const satisfies NumberFields;

const everyScheme = ["modes"] as const;
const photonic = [...everyScheme, "detuningHz"] as const;

/** Which of them a scheme has. */
export const schemeOptions = {
  "double-click": [...photonic, "coincidenceWindowNs"],
  "single-click": [...photonic, "alpha"],
  "dahlberg-single-click": [...photonic, "alpha"],
  "midpoint-source": everyScheme,
  deterministic: photonic,
  perfect: everyScheme,
  depolarise: everyScheme,
  "bit-flip": everyScheme,
} as const satisfies Readonly<Record<keyof typeof schemeFields, readonly (keyof typeof optionalFields)[]>>;

/** Fields that are one of a few words; the first is what an absent one means. */
export const schemeWords = {
  detectors: ["threshold", "photon-number-resolving"],
  secondAlpha: ["equal", "balanced"],
  photonShape: ["exponential", "gaussian"],
} as const;

/** Which of them a scheme has. */
export const schemeWordFields = {
  "double-click": ["detectors", "photonShape"],
  "single-click": ["detectors", "secondAlpha", "photonShape"],
  "dahlberg-single-click": ["secondAlpha", "photonShape"],
  "midpoint-source": [],
  deterministic: ["photonShape"],
  perfect: [],
  depolarise: [],
  "bit-flip": [],
} as const satisfies Readonly<Record<keyof typeof schemeFields, readonly (keyof typeof schemeWords)[]>>;

/** Pauses come in groups: one field of a group asks for the others. */
export const pauseFields = {
  stabiliseEveryNs: { ...duration, min: 1, meaning: "attempts stop after every so long, to stabilise the phase" },
  stabiliseNs: { ...duration, min: 1, meaning: "for how long" },
  chargeCheckEveryAttempts: {
    ...{ unit: "", min: 1, max: 1e9, whole: true },
    meaning: "before each so many attempts the charge is checked, until the check passes",
  },
  chargeCheckNs: { ...duration, min: 1, meaning: "duration of a check" },
  chargeCheckPassProbability: { ...share, meaning: "probability that a check passes" },
} as const satisfies NumberFields;

export const fibreWayFields = {
  wavelengthNm: { ...positive, unit: "nm", meaning: "wavelength of the emitter, or of the beam" },
} as const satisfies NumberFields;

export const optionalFibreWayFields = {
  convertedNm: { ...positive, unit: "nm", meaning: "wavelength that photons are converted to before the fibre" },
  conversionEfficiency: { ...share, meaning: "probability that a photon comes out converted" },
  conversionNoiseHz: { ...notNegative, unit: "Hz", meaning: "photons a second that the converter's pump makes" },
  initialLoss: { ...probability, meaning: "loss before and after the fibre proper" },
} as const satisfies NumberFields;

export const beamFields = {
  receiverDiameterM: { ...positive, unit: "m", meaning: "diameter of the receiving telescope" },
} as const satisfies NumberFields;

export const optionalBeamFields = {
  waistM: { ...positive, unit: "m", meaning: "1/e² radius of the beam at the sender; or divergenceRad instead" },
  divergenceRad: { ...positive, unit: "rad", meaning: "half the angle of the beam's far cone; or waistM instead" },
  pointingStdRad: { ...notNegative, unit: "rad", meaning: "standard deviation of the pointing, per axis" },
  opticsTransmission: { ...share, meaning: "transmission of telescopes, filters and couplings" },
  noiseHz: { ...notNegative, unit: "Hz", meaning: "background photons a second in the detected band" },
} as const satisfies NumberFields;

export const freeSpaceFields = {
  airAttenuationDbPerKm: { ...notNegative, unit: "dB/km", default: 0, meaning: "loss of the air" },
} as const satisfies NumberFields;

export const satelliteFields = {
  heightKm: { ...positive, unit: "km", meaning: "height of the satellite above the ground" },
  zenithTransmission: { ...share, default: 1, meaning: "what the air lets through straight up" },
  maskDeg: { unit: "°", min: 5, max: 85, default: 20, meaning: "elevation below which no end tracks" },
  elevationStepS: { ...positive, unit: "s", default: 1, meaning: "the satellite is taken to stand still for so long" },
  passesForS: {
    ...{ unit: "s", min: 0, above: true, max: 30 * 86_400, default: 86_400 },
    meaning: "time from the mesh's start for which passes are computed; later the satellite comes no more",
  },
} as const satisfies NumberFields;

export const orbitFields = {
  inclinationDeg: { unit: "°", min: 0, max: 180, meaning: "between the orbit's plane and the equator's" },
  ascendingNodeDeg: { ...number, unit: "°", default: 0, meaning: "where it crosses the equator northwards, eastwards" },
  phaseDeg: { ...number, unit: "°", default: 0, meaning: "how far along from there it is at time 0" },
} as const satisfies NumberFields;

export const stationFields = {
  latitudeDeg: { unit: "°", min: -90, max: 90, meaning: "of a ground station, northwards" },
  longitudeDeg: { ...number, unit: "°", meaning: "of a ground station, eastwards; 0 on the x axis at time 0" },
} as const satisfies NumberFields;

export const elevationField = {
  elevationsDeg: {
    ...{ unit: "°", min: 0, above: true, max: 90 },
    meaning: "where the satellite stands for either end, instead of an orbit",
  },
} as const satisfies NumberFields;

export const weatherFields = {
  weatherStepS: { ...positive, unit: "s", default: 10, meaning: "the weather is taken to stay as it is for so long" },
} as const satisfies NumberFields;

export const optionalWeatherFields = {
  hazeMedianDb: { ...notNegative, unit: "dB", meaning: "median loss by haze" },
  hazeLogStd: { ...notNegative, unit: "", meaning: "standard deviation of the logarithm of that loss" },
  hazeS: { ...positive, unit: "s", meaning: "time in which haze changes" },
  cloudShare: { ...probability, below: true, meaning: "share of time when a cloud lets nothing through" },
  cloudS: { ...positive, unit: "s", meaning: "time in which clouds come and go" },
} as const satisfies NumberFields;

export const microwaveFields = {
  lossDb: { ...notNegative, unit: "dB", meaning: "loss of the line from end to end, couplings counted" },
  frequencyHz: { ...positive, unit: "Hz", meaning: "frequency of the microwave photon" },
  temperatureK: { ...notNegative, unit: "K", meaning: "temperature of the line" },
} as const satisfies NumberFields;

export const wayFields = {
  classicalOverheadNs: { ...duration, meaning: "what electronics add to a classical message over either arm" },
} as const satisfies NumberFields;

export const windowFields = {
  fromS: { ...notNegative, unit: "s", meaning: "when the link comes, in mesh time" },
  toS: { ...positive, unit: "s", infinite: true, meaning: "when it goes; .inf is never" },
} as const satisfies NumberFields;
