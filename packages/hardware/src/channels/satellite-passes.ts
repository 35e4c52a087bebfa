import { sin } from "@bellmesh/numerics";
import { checkFiniteFields, ParameterError } from "../parameter-error.ts";
import type { UpWindow } from "./link-schedule.ts";
import { arcsine, type GroundStation, type Orbit, orbitPeriodS, satelliteSight } from "./satellite-orbit.ts";

/** A satellite above a station's elevation mask, from rise to set. */
export interface SatellitePass extends UpWindow {
  readonly highestElevationRad: number;
  readonly highestAtS: number;
}

/** Between two crossings of a low mask there is at least a fiftieth of an orbit, or a top that a scan shows. */
const STEPS_AN_ORBIT = 240;
const HALVINGS = 60;

/**
 * When a satellite stands higher than a mask, by time: a schedule of the link that needs it. A pass that is under way
 * at either end of the stretch is cut off there. Rises and sets are found to better than a microsecond a day.
 * @param maskRad the elevation below which the station does not track
 * @throws ParameterError when the mask is not in [0, π/2), the stretch is empty, or a parameter cannot be.
 */
export function satellitePasses(
  orbit: Orbit,
  station: GroundStation,
  maskRad: number,
  { fromS, toS }: UpWindow,
): readonly SatellitePass[] {
  if (!(maskRad >= 0 && maskRad < Math.PI / 2)) {
    throw new ParameterError("maskRad", maskRad, "a mask lies in [0, π/2)");
  }
  checkFiniteFields({ fromS, toS });
  if (!(fromS < toS)) throw new ParameterError("toS", toS, `give an instant after fromS, ${fromS} s`);
  const sight = satelliteSight(orbit, station);
  const sineAt = (timeS: number) => sight(timeS).sine;
  const mask = sin(maskRad);
  const steps = Math.max(2, Math.ceil((toS - fromS) / (orbitPeriodS(orbit.heightKm) / STEPS_AN_ORBIT)));
  const instant = (place: number) => (place === steps ? toS : fromS + ((toS - fromS) * place) / steps);
  const passes: SatellitePass[] = [];
  let riseS = sineAt(fromS) >= mask ? fromS : undefined;
  for (let place = 1; place <= steps; place += 1) {
    const [beforeS, nowS] = [instant(place - 1), instant(place)];
    const isAbove = sineAt(nowS) >= mask;
    if (riseS === undefined && isAbove) riseS = crossing(sineAt, mask, beforeS, nowS);
    else if (riseS !== undefined && !isAbove) {
      passes.push(passOf(sineAt, riseS, crossing(sineAt, mask, nowS, beforeS)));
      riseS = undefined;
    } else if (riseS === undefined && place < steps) {
      // A short pass may lie between two instants: look at the top where there is one.
      const nextS = instant(place + 1);
      if (sineAt(nowS) < sineAt(beforeS) || sineAt(nowS) < sineAt(nextS) || sineAt(nextS) >= mask) continue;
      const topS = highest(sineAt, beforeS, nextS);
      if (sineAt(topS) <= mask) continue;
      passes.push(passOf(sineAt, crossing(sineAt, mask, beforeS, topS), crossing(sineAt, mask, nextS, topS)));
    }
  }
  if (riseS !== undefined) passes.push(passOf(sineAt, riseS, toS));
  return passes;
}

function passOf(sineAt: (timeS: number) => number, fromS: number, toS: number): SatellitePass {
  const highestAtS = highest(sineAt, fromS, toS);
  return { fromS, toS, highestAtS, highestElevationRad: arcsine(sineAt(highestAtS)) };
}

/** The instant nearest to `aboveS` where the mask is crossed. */
function crossing(sineAt: (timeS: number) => number, mask: number, belowS: number, aboveS: number): number {
  let [below, above] = [belowS, aboveS];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (below + above) / 2;
    if (sineAt(middle) >= mask) above = middle;
    else below = middle;
  }
  return above;
}

/** Where a function with one top in a stretch is greatest, by thirds. */
function highest(sineAt: (timeS: number) => number, fromS: number, toS: number): number {
  let [low, high] = [fromS, toS];
  for (let narrowing = 0; narrowing < 2 * HALVINGS; narrowing += 1) {
    const [first, second] = [low + (high - low) / 3, high - (high - low) / 3];
    if (sineAt(first) < sineAt(second)) low = first;
    else high = second;
  }
  return (low + high) / 2;
}
