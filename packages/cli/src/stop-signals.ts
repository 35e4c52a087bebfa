const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const EXIT_AT_ONCE = 130;

/** Waits for whoever wants this program to stop. A second signal ends it at once, and its children with it. */
export class StopSignals {
  isStopped = false;
  readonly stopped: Promise<string>;
  readonly #abort = new AbortController();
  #settle: (reason: string) => void = () => undefined;

  constructor() {
    this.stopped = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const signal of signals) {
      process.on(signal, () => {
        if (this.isStopped) process.exit(EXIT_AT_ONCE);
        this.stop(signal);
      });
    }
  }

  /** Aborts with the reason for which it is to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stop(reason: string): void {
    this.isStopped = true;
    this.#abort.abort(reason);
    this.#settle(reason);
  }
}
