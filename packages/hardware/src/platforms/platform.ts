/** Where a figure comes from. */
export interface Source {
  readonly citation: string;
  /** The figure was not read there but is known from it, or is a rounded choice: confirm before relying on it. */
  readonly isUnconfirmed?: boolean;
}

/** A figure and where it comes from. */
export type Figure = readonly [value: number, source: Source];

/** One kind of qubit of a node. */
export interface QubitKind {
  /** Relaxation time; Infinity is none. */
  readonly t1S: Figure;
  /** Total coherence time, at most 2·T1. */
  readonly t2S: Figure;
  /** Probability that it is initialised maximally mixed. */
  readonly initialDepolarising?: Figure;
  readonly initialS?: Figure;
  /** Probability that a one-qubit gate leaves it maximally mixed. */
  readonly oneQubitDepolarising?: Figure;
  readonly oneQubitS?: Figure;
}

/** Qubits that hold what the communication qubits brought about. */
export interface StorageKind extends QubitKind {
  readonly count: Figure;
  /** Of moving a state from a communication qubit into storage. */
  readonly moveS?: Figure;
  /** Probability that a move leaves it maximally mixed; that of a two-qubit gate when absent. */
  readonly moveDepolarising?: Figure;
  /** Probability that one heralding attempt of the node flips the phase of a stored qubit. */
  readonly attemptDephasing?: Figure;
}

/** How the platform sends photons. */
export interface Emission {
  /** The scheme it is usually heralded by. */
  readonly scheme: "single-click" | "double-click" | "midpoint-source" | "deterministic";
  /** Probability that an emitted photon is detected, fibre not counted. */
  readonly efficiency: Figure;
  readonly fidelity?: Figure;
  /** Hong-Ou-Mandel visibility |⟨a|b⟩|². */
  readonly visibility: Figure;
  /** Of the photon that `efficiency` counts; telecom light when absent. */
  readonly wavelengthNm?: Figure;
  /** Wavelength that the platform's own converter makes of it for long fibres; with `conversionEfficiency`. */
  readonly convertedNm?: Figure;
  /** Probability that a photon comes out converted; `efficiency` does not count it. */
  readonly conversionEfficiency?: Figure;
  /** Per detector and detection window. */
  readonly darkCountProbability: Figure;
  readonly detectionWindowS?: Figure;
  /** 1/e length of the photon. */
  readonly photonLifetimeS?: Figure;
  /** From one attempt to the next, light not counted. */
  readonly attemptS?: Figure;
  /** Standard deviation of the optical phase between the ends, in rad; single click only. */
  readonly phaseStdRad?: Figure;
  /** Probability that an end emits twice. */
  readonly doubleExcitation?: Figure;
  /** Modes that one attempt tries at once. */
  readonly modes?: Figure;
}

/** A hardware platform: what its qubits, gates, readout and photons are like, each figure with its source. */
export interface Platform {
  readonly name: string;
  readonly title: string;
  readonly communication: QubitKind & { readonly count: Figure };
  readonly storage?: StorageKind;
  readonly twoQubitDepolarising: Figure;
  readonly twoQubitS: Figure;
  /** Of reading 1 when the qubit was 0, and 0 when it was 1. */
  readonly p01: Figure;
  readonly p10: Figure;
  readonly readoutS: Figure;
  readonly emission: Emission;
}

/** A figure of a platform that cannot be. The message names the field, its value and what would be right. */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  readonly field: string;
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;

  constructor(platform: string, field: string, problem: string, expected: string) {
    super(`${platform}: ${field}: ${problem}; ${expected}`);
    this.field = field;
    this.problem = problem;
    this.expected = expected;
  }
}

/** Every figure of a platform with its path, such as `storage.t1S`. */
export function figuresOf(platform: Platform): readonly (readonly [field: string, figure: Figure])[] {
  const figures: (readonly [string, Figure])[] = [];
  const gather = (path: string, record: object) => {
    for (const [name, value] of Object.entries(record) as [string, unknown][]) {
      const field = path === "" ? name : `${path}.${name}`;
      if (Array.isArray(value)) figures.push([field, value as unknown as Figure]);
      else if (typeof value === "object" && value !== null) gather(field, value);
    }
  };
  gather("", platform);
  return figures;
}

/**
 * Checks that a platform is physical: probabilities in [0, 1], times not negative, T2 ≤ 2·T1, whole counts, no figure
 * of a converter missing.
 * @throws PlatformError naming the field, the value and what would be right
 */
export function checkPlatform(platform: Platform): void {
  const { name } = platform;
  for (const [field, [value]] of figuresOf(platform)) {
    const last = field.slice(field.lastIndexOf(".") + 1);
    if (TIMES.test(last)) {
      if (!(value >= 0)) throw new PlatformError(name, field, `${value} s`, "a time is not negative");
    } else if (COUNTS.has(last)) {
      if (!(Number.isInteger(value) && value >= 0)) {
        throw new PlatformError(name, field, `${value}`, "a count is a whole number that is not negative");
      }
    } else if (last === "phaseStdRad") {
      if (!(value >= 0 && Number.isFinite(value))) {
        throw new PlatformError(name, field, `${value} rad`, "a standard deviation is not negative");
      }
    } else if (LENGTHS.test(last)) {
      if (!(value > 0 && Number.isFinite(value))) {
        throw new PlatformError(name, field, `${value} nm`, "a wavelength is above 0");
      }
    } else if (!(value >= 0 && value <= 1)) {
      throw new PlatformError(name, field, `${value}`, "a probability lies in [0, 1]");
    }
  }
  for (const [kind, qubits] of [
    ["communication", platform.communication] as const,
    ["storage", platform.storage] as const,
  ]) {
    if (qubits === undefined || qubits.t2S[0] <= 2 * qubits.t1S[0]) continue;
    throw new PlatformError(name, `${kind}.t2S`, `${qubits.t2S[0]} s`, `T2 is at most 2·T1 = ${2 * qubits.t1S[0]} s`);
  }
  const converter = ["convertedNm", "conversionEfficiency", "wavelengthNm"] as const;
  const missing = converter.find((field) => platform.emission[field] === undefined);
  if (missing !== undefined && converter.slice(0, 2).some((field) => platform.emission[field] !== undefined)) {
    const expected = "a converter has an efficiency and a wavelength, and makes it of another";
    throw new PlatformError(name, `emission.${missing}`, "it is missing", expected);
  }
  if (platform.p01[0] + platform.p10[0] > 1) {
    const sum = platform.p01[0] + platform.p10[0];
    throw new PlatformError(name, "p01", `p01 + p10 is ${sum}`, "their sum is at most 1, or the answers changed names");
  }
}

const TIMES = /S$/;
const LENGTHS = /Nm$/;
const COUNTS: ReadonlySet<string> = new Set(["count", "modes"]);
