import type { HardwareReading } from "@bellmesh/mesh";
import { shifted } from "./stamp.ts";

/**
 * One piece of a node's disciplined clock, a linear function of its free-running oscillator. From the hardware
 * reading (fromHardwareNs, fromHardwarePs) on, the clock reads
 * disciplined + (hardware − fromHardware) · (1 + frequencyPpb · 1e−9).
 */
export interface DisciplinedSegment {
  readonly fromHardwareNs: number;
  readonly fromHardwarePs: number;
  readonly disciplinedNs: number;
  readonly disciplinedPs: number;
  readonly frequencyPpb: number;
}

/** The clock that is the raw oscillator. */
export const identitySegment: DisciplinedSegment = Object.freeze({
  fromHardwareNs: 0,
  fromHardwarePs: 0,
  disciplinedNs: 0,
  disciplinedPs: 0,
  frequencyPpb: 0,
});

/** What the disciplined clock shows at this hardware reading, to the picosecond. */
export function disciplined(segment: DisciplinedSegment, reading: HardwareReading): HardwareReading {
  const elapsedNs = reading.instant - segment.fromHardwareNs;
  const elapsedPs = reading.picoseconds - segment.fromHardwarePs;
  const steeredPs = Math.round((elapsedNs + elapsedPs / 1000) * segment.frequencyPpb * 1e-6);
  const start = { instant: segment.disciplinedNs + elapsedNs, picoseconds: segment.disciplinedPs };
  return shifted(start, elapsedPs + steeredPs);
}

/** The next segment: it begins at this reading, stepped by `stepPs`, and runs at this frequency. */
export function steered(
  segment: DisciplinedSegment,
  reading: HardwareReading,
  frequencyPpb: number,
  stepPs = 0,
): DisciplinedSegment {
  const start = shifted(disciplined(segment, reading), stepPs);
  return {
    fromHardwareNs: reading.instant,
    fromHardwarePs: reading.picoseconds,
    disciplinedNs: start.instant,
    disciplinedPs: start.picoseconds,
    frequencyPpb,
  };
}
