/** Evenly spaced attempts of one link, as one end makes them. */
interface Series {
  readonly firstNs: number;
  readonly spacingNs: number;
  /** Infinity while it goes on. */
  attempts: number;
}

/** Series of one link that are remembered; what was stored longer ago counts those only. */
const SERIES_MAX = 4096;

/** When a node attempted, on all of its links: each attempt dephases the other qubits the node stores. */
export class AttemptRecord {
  /** By link; each link's in the order of time, the next after the last attempt of the one before. */
  readonly #links = new Map<string, Series[]>();

  /** A series goes on from now on; one of the same link that had not been stopped counts up to here. */
  start(link: string, firstNs: number, spacingNs: number): void {
    const all = this.#links.get(link) ?? [];
    const before = this.#running(link);
    if (before) before.attempts = attemptsThrough(before, firstNs - 1);
    all.push({ firstNs, spacingNs, attempts: Number.POSITIVE_INFINITY });
    this.#links.set(link, all.length > SERIES_MAX ? all.slice(-SERIES_MAX / 2) : all);
  }

  /** The series of the link is over after so many attempts. @returns it, unless none was going on */
  stop(link: string, attempts: number): Readonly<Series> | undefined {
    const series = this.#running(link);
    if (series) series.attempts = attempts;
    return series;
  }

  /** Attempts of the series that goes on, up to an instant. */
  made(link: string, untilNs: number): number {
    const series = this.#running(link);
    return series ? attemptsThrough(series, untilNs) : 0;
  }

  /** Attempts later than the one instant and no later than the other. */
  between(fromNs: number, toNs: number): number {
    let sum = 0;
    for (const all of this.#links.values()) {
      for (let place = all.length - 1; place >= 0; place -= 1) {
        const series = all[place] as Series;
        const { firstNs, spacingNs, attempts } = series;
        if (attempts === 0) continue;
        if (firstNs + (attempts - 1) * spacingNs <= fromNs) break;
        sum += attemptsThrough(series, toNs) - attemptsThrough(series, fromNs);
      }
    }
    return sum;
  }

  #running(link: string): Series | undefined {
    const last = this.#links.get(link)?.at(-1);
    return last?.attempts === Number.POSITIVE_INFINITY ? last : undefined;
  }
}

function attemptsThrough({ firstNs, spacingNs, attempts }: Series, instantNs: number): number {
  if (instantNs < firstNs) return 0;
  return Math.min(attempts, Math.floor((instantNs - firstNs) / spacingNs) + 1);
}
