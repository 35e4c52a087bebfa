import { ParameterError } from "../parameter-error.ts";

/** A stretch of time in which a link is up: from `fromS` on, until just before `toS`. */
export interface UpWindow {
  readonly fromS: number;
  readonly toS: number;
}

/** When a link is up: windows in order, none touching the next. A link that never goes has one without end. */
export type LinkSchedule = readonly UpWindow[];

/**
 * Refuses windows that are no schedule.
 * @throws ParameterError naming the window that is empty, out of order, overlapping, or not of numbers.
 */
export function checkSchedule(schedule: LinkSchedule): void {
  let lastS: number | undefined;
  for (const [place, { fromS, toS }] of schedule.entries()) {
    if (!(fromS < toS)) {
      throw new ParameterError(`schedule[${place}].toS`, toS, `a window ends after it begins, here after ${fromS} s`);
    }
    if (lastS !== undefined && fromS <= lastS) {
      const expected = `windows stand in order and apart: begin after ${lastS} s, or merge the two`;
      throw new ParameterError(`schedule[${place}].fromS`, fromS, expected);
    }
    lastS = toS;
  }
}

/** Whether a link is up at an instant. */
export function isUp(schedule: LinkSchedule, timeS: number): boolean {
  const window = schedule[firstEndingAfter(schedule, timeS)];
  return window !== undefined && window.fromS <= timeS;
}

/** The first instant from `timeS` on at which a link is up; undefined when it never is again. */
export function nextUpS(schedule: LinkSchedule, timeS: number): number | undefined {
  const window = schedule[firstEndingAfter(schedule, timeS)];
  return window && Math.max(window.fromS, timeS);
}

/** When both are up, as with one satellite above two stations. */
export function commonSchedule(one: LinkSchedule, other: LinkSchedule): LinkSchedule {
  const common: UpWindow[] = [];
  let [here, there] = [0, 0];
  while (here < one.length && there < other.length) {
    const [a, b] = [one[here] as UpWindow, other[there] as UpWindow];
    const [fromS, toS] = [Math.max(a.fromS, b.fromS), Math.min(a.toS, b.toS)];
    if (fromS < toS) common.push({ fromS, toS });
    if (a.toS < b.toS) here += 1;
    else there += 1;
  }
  return common;
}

/** The place of the first window that is not over at an instant. */
function firstEndingAfter(schedule: LinkSchedule, timeS: number): number {
  let [low, high] = [0, schedule.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((schedule[middle] as UpWindow).toS > timeS) high = middle;
    else low = middle + 1;
  }
  return low;
}
