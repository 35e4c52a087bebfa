import { type SourceMapping, tidy } from "./import-source.ts";
import type { Imported, ImportedFields } from "./imported-network.ts";

/** A memory array of SeQUeNCe. */
export interface SequenceMemory {
  /** Of a pair that was just made with it. */
  readonly fidelity: number;
  readonly efficiency: number;
  /** At most so many excitations a second. */
  readonly frequencyHz: number;
  readonly coherence: ImportedFields;
  /** When its memories expire; undefined is never. */
  readonly cutoffMs: Imported | undefined;
}

const fidelity = { unit: "", min: 0.25, max: 1, default: 0.85, meaning: "fidelity of a fresh pair" } as const;
const efficiency = { unit: "", min: 0, above: true, max: 1, default: 1, meaning: "probability of a photon" } as const;
const frequency = { unit: "Hz", min: 0, max: 1e15, default: 80e6, meaning: "excitations a second" } as const;
const coherence = { unit: "s", min: -1e15, max: 1e15, meaning: "coherence time; below 0 is for ever" } as const;
const ratio = { unit: "", min: 0, above: true, max: 1, default: 1, meaning: "cutoff over coherence time" } as const;

/** How far the shares of the three Pauli errors may be from a sum of 1. */
const SUM_TOLERANCE = 1e-6;

/** Reads the `MemoryArray` of a node's template. @throws TopologyError for values that are out of range. */
export function sequenceMemory(array: SourceMapping): SequenceMemory {
  const coherenceS = array.number("coherence_time", coherence) ?? -1;
  const cutoffRatio = array.number("cutoff_ratio", ratio) ?? ratio.default;
  return {
    fidelity: array.number("fidelity", fidelity) ?? fidelity.default,
    efficiency: array.number("efficiency", efficiency) ?? efficiency.default,
    frequencyHz: array.number("frequency", frequency) ?? frequency.default,
    coherence: coherenceTimes(array, coherenceS),
    cutoffMs:
      coherenceS > 0
        ? {
            value: tidy(1000 * coherenceS * cutoffRatio),
            from: `coherence_time ${coherenceS} s · cutoff_ratio ${cutoffRatio}`,
          }
        : undefined,
  };
}

/**
 * Pauli errors come at the rates r = share / coherence_time. They take exp(−2(rx + ry)t) off the Z correlation, which
 * is relaxation with T1 = 1/(2(rx + ry)), and exp(−2(r + rz)t) off X and Y, which is T2 when rx = ry = r.
 */
function coherenceTimes(array: SourceMapping, coherenceS: number): ImportedFields {
  const shares = pauliShares(array);
  if (shares === undefined || coherenceS <= 0) {
    const from =
      shares === undefined
        ? "no decoherence_errors: the tool's memories are perfect until they expire"
        : "coherence_time is for ever";
    const never = { value: Number.POSITIVE_INFINITY, from };
    return { t1S: never, t2S: never };
  }
  const [x, y, z] = shares;
  if (x !== y) array.warn("decoherence_errors", `X ${x} and Y ${y} differ: one T2 for both here, of their mean`);
  const from = `coherence_time ${coherenceS} s, decoherence_errors ${x}, ${y}, ${z}`;
  const flips = x + y;
  return {
    t1S: {
      value: flips === 0 ? Number.POSITIVE_INFINITY : tidy(coherenceS / (2 * flips)),
      from: `${from}: T/(2(x + y))`,
    },
    t2S: { value: tidy(coherenceS / (flips + 2 * z)), from: `${from}: T/(x + y + 2z)` },
  };
}

function pauliShares(array: SourceMapping): readonly [number, number, number] | undefined {
  const value = array.value("decoherence_errors");
  if (value === undefined) return undefined;
  const expected = "give the shares of X, Y and Z among the errors, three numbers of at least 0 with the sum 1";
  if (
    !Array.isArray(value) ||
    value.length !== 3 ||
    value.some((share) => !(typeof share === "number" && share >= 0))
  ) {
    throw array.error("decoherence_errors", `${JSON.stringify(value)} are not three shares`, expected);
  }
  const [x, y, z] = value as [number, number, number];
  if (Math.abs(x + y + z - 1) > SUM_TOLERANCE) {
    throw array.error("decoherence_errors", `their sum is ${tidy(x + y + z)}`, expected);
  }
  return [x, y, z];
}
