/** True mesh time in this process: the machine's monotonic clock, anchored once to meshStart, times `timeScale`. */
export class MeshTime {
  /** Emulated seconds per second of wall clock. */
  readonly timeScale: number;
  /** Bound on how far this machine's anchor may be off, in ns of mesh time; 0 for all processes of one machine. */
  readonly uncertaintyNs: number;
  readonly #baseNs: number;
  readonly #baseMs: number;

  /**
   * @param startMonotonicNs what this machine's monotonic clock (`process.hrtime.bigint()`) showed at meshStart
   * @param uncertaintyNs of that, in ns of wall time
   */
  constructor(startMonotonicNs: bigint, timeScale: number, uncertaintyNs = 0) {
    if (!(timeScale > 0 && Number.isFinite(timeScale))) {
      throw new RangeError(`a time scale is above 0 and finite, not ${timeScale}`);
    }
    this.timeScale = timeScale;
    this.uncertaintyNs = Math.ceil(uncertaintyNs * timeScale);
    // performance.now() reads the same clock and costs a fifth of a bigint.
    this.#baseMs = performance.now();
    this.#baseNs = Number(process.hrtime.bigint() - startMonotonicNs);
  }

  /** Whole nanoseconds of mesh time since meshStart; 0 before it. */
  now(): number {
    const wallNs = this.#baseNs + (performance.now() - this.#baseMs) * 1e6;
    return Math.max(0, Math.floor(wallNs * this.timeScale));
  }

  /** Milliseconds of wall time until a mesh instant; below 0 when it has passed. */
  wallMsUntil(trueNs: number): number {
    return (trueNs - this.now()) / this.timeScale / 1e6;
  }
}
