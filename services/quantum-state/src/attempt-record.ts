/** Evenly spaced attempts of one link, as one end makes them. */
interface Series {
  readonly link: string;
  readonly firstNs: number;
  readonly spacingNs: number;
  /** Infinity while it goes on. */
  attempts: number;
}

/** Series that have stopped and are looked at still. */
const STOPPED_MAX = 256;

/** When a node attempted, on all of its links: each attempt dephases the other qubits the node stores. */
export class AttemptRecord {
  #series: Series[] = [];

  /** A series goes on from now on; one of the same link that had not been stopped counts up to here. */
  start(link: string, firstNs: number, spacingNs: number): void {
    const before = this.#running(link);
    if (before) before.attempts = attemptsThrough(before, firstNs - 1);
    this.#series.push({ link, firstNs, spacingNs, attempts: Number.POSITIVE_INFINITY });
  }

  /** The series of the link is over after so many attempts. @returns it, unless none was going on */
  stop(link: string, attempts: number): Readonly<Series> | undefined {
    const series = this.#running(link);
    if (series) series.attempts = attempts;
    if (this.#series.length > STOPPED_MAX) this.#series = this.#series.slice(-STOPPED_MAX / 2);
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
    for (const series of this.#series) sum += attemptsThrough(series, toNs) - attemptsThrough(series, fromNs);
    return sum;
  }

  #running(link: string): Series | undefined {
    return this.#series.find((series) => series.link === link && series.attempts === Number.POSITIVE_INFINITY);
  }
}

function attemptsThrough({ firstNs, spacingNs, attempts }: Series, instantNs: number): number {
  if (instantNs < firstNs) return 0;
  return Math.min(attempts, Math.floor((instantNs - firstNs) / spacingNs) + 1);
}
