/** One figure beside what is asked of it, and beside the least that the same bytes cost on this machine. */
export interface StateFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ns" | "µs" | "k/s" | "M/s";
  /** At most this in ns and µs, at least this in k/s and M/s; absent where nothing is asked. */
  readonly goal?: number;
  /** In the same unit; absent where there is none. */
  readonly floor?: number;
  /** What the floor is. */
  readonly floorOf?: string;
}

/** Does something so many times. */
export type Work = (times: number) => void;

const ROUNDS = 7;
const WARM_MS = 60;

/**
 * Nanoseconds that one call of each takes, in the best of some rounds: others share the machine, and nothing makes it
 * faster. The works take turns, so that what is compared has met the same weather.
 */
export function nanosecondsOf(works: readonly Work[], roundMs: number): readonly number[] {
  const times = works.map((work) => calibrated(work, roundMs));
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, work] of works.entries()) {
      const count = times[place] as number;
      const started = performance.now();
      work(count);
      best[place] = Math.min(best[place] as number, ((performance.now() - started) * 1e6) / count);
    }
  }
  return best;
}

/** How often a work fits into a round, once the compiler has seen it. */
function calibrated(work: Work, roundMs: number): number {
  let times = 1;
  const warmUntil = performance.now() + WARM_MS;
  for (;;) {
    const started = performance.now();
    work(times);
    const took = performance.now() - started;
    if (took >= roundMs && performance.now() > warmUntil) return times;
    times = took < roundMs / 4 ? times * 4 : Math.max(times + 1, Math.ceil((times * roundMs * 1.1) / took));
  }
}
