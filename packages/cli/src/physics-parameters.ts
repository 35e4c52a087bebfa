import type { LinkScheme } from "@bellmesh/hardware";
import type { Option } from "./command.ts";

type Scheme = LinkScheme["scheme"];

/** A parameter of a link, as an option (`--eta-a`) or a field of a parameter file (`etaA`). */
export interface LinkParameter extends Option {
  readonly value: string;
  /** A number, a word, or either. */
  readonly kind: "number" | "text" | "either";
  /** The schemes that have it; all when absent. */
  readonly schemes?: readonly Scheme[];
  /** The names by which models below speak of it. */
  readonly fields?: readonly string[];
}

const singleClick: readonly Scheme[] = ["single-click", "dahlberg-single-click"];
const interfering: readonly Scheme[] = [...singleClick, "double-click"];
const clicking: readonly Scheme[] = [...interfering, "midpoint-source"];
const toys: readonly Scheme[] = ["perfect", "depolarise", "bit-flip"];
const physical: readonly Scheme[] = [...clicking, "deterministic"];

const number = (value: string, summary: string, schemes?: readonly Scheme[], ...fields: readonly string[]) => ({
  kind: "number" as const,
  ...{ value, summary, fields },
  ...(schemes && { schemes }),
});
const text = (value: string, summary: string) => ({ kind: "text" as const, value, summary });

/** Every parameter of a link by its name in a parameter file; options have the same names with dashes. */
export const linkParameterTable = {
  platform: text("PLATFORM", "hardware of both ends, by name (see hardware list) or file (default: ideal)"),
  platformB: text("PLATFORM", "hardware of the second end, when it is another"),
  scheme: text("SCHEME", "how pairs are heralded (default: what the platform usually does)"),
  km: number("KM", "fibre from end to end, the station in its middle (default: 0)", undefined, "lengthKm"),
  armsKm: { kind: "either" as const, value: "A,B", summary: "fibre from each end to the station, in place of --km" },
  attenuation: number(
    "DB_PER_KM",
    "of the fibre (default: silica's at the wavelength; 0.2 where nothing says one)",
    physical,
    "attenuationDbPerKm",
  ),
  initialLoss: number("P", "loss before and after the fibre proper (default: 0)", physical, "initialLossProbability"),
  fibreSpeed: number("KM_PER_S", "speed of light in the fibre (default: 200000)", undefined, "speedKmPerS"),
  wavelengthNm: number(
    "NM",
    "of the emitters (default: the platform's); visible light goes at most 100 m unless it is converted",
    physical,
  ),
  convertToNm: number(
    "NM",
    "wavelength that a converter at each end makes of it (default: the platform's, beyond 100 m)",
    physical,
    "conversion.toNm",
  ),
  conversionEfficiency: number(
    "P",
    "that a photon comes out converted (default: 1)",
    physical,
    "conversion.efficiency",
  ),
  conversionNoise: number("HZ", "photons a second that a converter's pump makes", physical, "conversion.noiseRateHz"),
  efficiency: number("P", "that an emitted photon is detected, without fibre and conversion", physical),
  etaA: number("P", "that a photon of the first end clicks, all counted: no fibre comes on top", clicking),
  etaB: number("P", "the same of the second end", clicking),
  darkProb: number("P", "that a detector clicks in a window without a photon", clicking, "darkCountProbability"),
  visibility: number("V", "Hong-Ou-Mandel visibility |⟨a|b⟩|²", interfering),
  alpha: number("P", "population of the bright state at both ends", singleClick, "alpha"),
  alphaA: number("P", "the same at the first end", singleClick),
  alphaB: {
    kind: "either" as const,
    value: "P",
    summary: "the same at the second; `balanced` makes a photon from either end equally likely",
    schemes: singleClick,
    fields: ["secondAlpha"],
  },
  minFidelity: number(
    "F",
    "choose the largest α that heralds this fidelity, above 0.5, in place of --alpha",
    singleClick,
    "minimumFidelity",
  ),
  phaseStd: number("RAD", "standard deviation of the optical phase between the arms", ["single-click"], "phaseStdRad"),
  doubleExcitation: number("P", "that an end emits twice", ["single-click"], "doubleExcitationA", "doubleExcitationB"),
  emissionFidelity: number(
    "F",
    "of the spin-photon pair an end emits",
    ["double-click"],
    "emissionFidelityA",
    "emissionFidelityB",
  ),
  detector: {
    ...text("KIND", "threshold (default) or photon-number-resolving"),
    schemes: ["single-click", "double-click"] as readonly Scheme[],
    fields: ["detectors"],
  },
  coincidence: number("NS", "accept pairs of clicks at most this far apart", ["double-click"], "coincidenceS"),
  meanPairs: number("MU", "mean number of pairs of a pulse (default: 0.05)", ["midpoint-source"]),
  misalignment: number("P", "that a photon comes to the wrong detector of two", ["midpoint-source"]),
  addedPhotons: number("N", "thermal photons that line and catch add", ["deterministic"]),
  successProb: number("P", "that an attempt succeeds", toys, "successProbability"),
  fidelity: number("F", "of the pair", ["depolarise", "bit-flip"]),
  modes: number("M", "modes that one attempt tries at once", undefined),
  window: number(
    "NS",
    "detection window; a platform's efficiency and dark counts follow it",
    clicking,
    "windowS",
    "emission.detectionWindowS",
  ),
  photonLifetime: number("NS", "1/e length of the photons", clicking, "lengthS", "lifetimeS"),
  attempt: number("NS", "what an attempt takes beside light, preparation included", undefined, "preparationS"),
  processing: number("NS", "at the station, from the last click to the herald (default: 0)", undefined, "processingS"),
  dutyCycle: number(
    "SHARE",
    "of the time that attempts go on; the rest is stabilisation and checks (default: 1)",
    undefined,
  ),
  clock: text("PRESET", "clocks of both ends: white-rabbit, ptp-hardware, ptp-software or perfect (default)"),
  clockError: number(
    "NS",
    "standard deviation of the difference of the ends' clocks, in place of --clock",
    undefined,
    "differenceStdS",
    "arrivalStdS",
  ),
  clockBound: number("NS", "what the ends know it to be within (default: four times that)", undefined, "boundS"),
  t1: number("S", "relaxation time of the qubits that hold a pair; inf for none", undefined, "t1S"),
  t2: number("S", "their total coherence time, at most 2·T1; inf for none", undefined, "t2S"),
  oneQubitDepolarising: number("P", "that a one-qubit gate leaves its qubit maximally mixed", undefined),
  p01: number("P", "of reading 1 when the qubit was 0", undefined),
  p10: number("P", "of reading 0 when it was 1", undefined),
  errorCorrection: number("F", "how much more than Shannon's limit error correction takes (default: 1)", undefined),
} as const satisfies Readonly<Record<string, LinkParameter>>;

/** The name of a parameter of a link. */
export type LinkParameterName = keyof typeof linkParameterTable;

/** `etaA` as the option `eta-a`. */
export function optionName(parameter: string): string {
  return parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options of every command that takes a link's parameters. */
export const linkOptions: Readonly<Record<string, Option>> = {
  ...Object.fromEntries(
    Object.entries(linkParameterTable).map(([name, { value, summary }]) => [optionName(name), { value, summary }]),
  ),
  params: { value: "FILE", summary: "parameters from this JSON or YAML file, such as etaA: 0.01; options win over it" },
};
