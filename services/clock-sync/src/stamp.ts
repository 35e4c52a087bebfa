import type { HardwareReading } from "@bellmesh/mesh";

/**
 * later − earlier in picoseconds, exact to the picosecond for differences up to 2.5 hours.
 * Nanoseconds are subtracted first: an absolute instant in picoseconds would not fit a double.
 */
export function differencePs(later: HardwareReading, earlier: HardwareReading): number {
  return (later.instant - earlier.instant) * 1000 + (later.picoseconds - earlier.picoseconds);
}

/** The stamp `byPs` whole picoseconds later (earlier when negative). */
export function shifted(stamp: HardwareReading, byPs: number): HardwareReading {
  const picoseconds = stamp.picoseconds + byPs;
  const carryNs = Math.floor(picoseconds / 1000);
  return { instant: stamp.instant + carryNs, picoseconds: picoseconds - carryNs * 1000 };
}

/** The stamp of an input. @throws Error when its host took none */
export function stampOf(reading: HardwareReading | undefined): HardwareReading {
  if (!reading) throw new Error("the host did not stamp an input of clock-sync, whose service is marked `stamped`");
  return reading;
}
