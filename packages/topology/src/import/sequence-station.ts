import { expm1 } from "@bellmesh/numerics";
import { type SourceMapping, tidy } from "./import-source.ts";

/** A Bell-state measurement node of SeQUeNCe. */
export interface SequenceStation {
  readonly encoding: "single_atom" | "single_heralded";
  readonly detectorEfficiency: number;
  /** Per detector and window. */
  readonly darkCountProbability: number;
  /** How long a click may be off, which is the window here. */
  readonly windowNs: number;
  readonly from: string;
}

const probability = { unit: "", min: 0, above: true, max: 1, default: 0.9, meaning: "detector efficiency" } as const;
const darkRate = { unit: "Hz", min: 0, max: 1e12, default: 0, meaning: "dark counts a second" } as const;
const resolution = { unit: "ps", min: 0, above: true, max: 1e15, default: 150, meaning: "time resolution" } as const;
const phase = { unit: "", min: 0, max: 1, default: 0, meaning: "phase error" } as const;

/** Detectors that click as often without a photon herald nothing. */
const DARK_MAX = 0.5;

/** Reads the template of a BSM node, undefined when it has none. @throws TopologyError for values out of range. */
export function sequenceStation(template: SourceMapping | undefined): SequenceStation {
  const encoding =
    template?.choice("encoding_type", ["single_atom", "single_heralded"], "single_atom") ?? "single_atom";
  const part = encoding === "single_atom" ? "SingleAtomBSM" : "SingleHeraldedBSM";
  const measurement = template?.has(part) ? template.mapping(part) : undefined;
  const phaseError = measurement?.number("phase_error", phase) ?? 0;
  if (phaseError !== 0) measurement?.warn("phase_error", `${phaseError}: there is no counterpart; it was left out`);
  const detectors = (measurement?.mappings("detectors") ?? []).map((detector) => ({
    efficiency: detector.number("efficiency", probability) ?? probability.default,
    dark: detector.number("dark_count", darkRate) ?? darkRate.default,
    resolutionPs: detector.number("time_resolution", resolution) ?? resolution.default,
  }));
  if (measurement?.has("detectors") && detectors.length !== 2) {
    throw measurement.error(
      "detectors",
      `${detectors.length} detectors`,
      "give two, one behind each output of the beam splitter",
    );
  }
  const first = detectors[0] ?? {
    efficiency: probability.default,
    dark: darkRate.default,
    resolutionPs: resolution.default,
  };
  const second = detectors[1] ?? first;
  if (first.efficiency !== second.efficiency || first.dark !== second.dark) {
    measurement?.warn(
      "detectors",
      "two different ones: one efficiency and one dark count rate for both here, their means",
    );
  }
  const windowPs = Math.max(first.resolutionPs, second.resolutionPs);
  const darkHz = (first.dark + second.dark) / 2;
  const darkCountProbability = tidy(-expm1(-darkHz * windowPs * 1e-12)) + 0;
  if (darkCountProbability >= DARK_MAX) {
    const problem = `${tidy(darkHz)} dark counts a second are ${darkCountProbability} in a window of ${windowPs} ps`;
    throw (measurement as SourceMapping).error("detectors", problem, "give less than one dark count in two windows");
  }
  const efficiency = (first.efficiency + second.efficiency) / 2;
  return {
    encoding,
    detectorEfficiency: efficiency,
    darkCountProbability,
    windowNs: tidy(windowPs / 1000),
    from: `detector efficiency ${tidy(efficiency)}, dark_count ${tidy(darkHz)} Hz in ${windowPs} ps`,
  };
}
