import type { ProcessReport } from "@bellmesh/wire/telemetry";

/** What the processes of a mesh say about themselves: the latest of each, and of those before it what adds up. */
export class ProcessReports {
  readonly #latest = new Map<string, ProcessReport>();
  /** The last report of every process that is gone. */
  readonly #former: ProcessReport[] = [];
  readonly #waiting = new Set<(pid: number) => void>();

  /** The latest report of the process that runs this service there. */
  of(service: string, place: string): ProcessReport | undefined {
    return this.#latest.get(`${service}/${place}`);
  }

  /** The last report of every process there was, those that have ended too. */
  all(): readonly ProcessReport[] {
    return [...this.#former, ...new Set(this.#latest.values())];
  }

  /** Waits until all these processes have reported once more, but not longer than this. */
  async fresh(pids: readonly number[], limitMs: number): Promise<void> {
    const missing = new Set(pids);
    if (missing.size === 0) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(patience);
        this.#waiting.delete(hear);
        resolve();
      };
      const hear = (pid: number) => {
        missing.delete(pid);
        if (missing.size === 0) settle();
      };
      const patience = setTimeout(settle, limitMs);
      this.#waiting.add(hear);
    });
  }

  take(report: ProcessReport): void {
    const [first] = report.services;
    const before = this.#latest.get(`${first}/${report.place}`);
    if (before && before.pid !== report.pid) this.#former.push(before);
    for (const service of report.services) this.#latest.set(`${service}/${report.place}`, report);
    for (const hear of this.#waiting) hear(report.pid);
  }
}
