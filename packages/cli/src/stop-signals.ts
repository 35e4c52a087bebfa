const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const EXIT_AT_ONCE = 130;

/** Waits for whoever wants this program to stop. A second signal ends it at once, and its children with it. */
export class StopSignals {
  isStopped = false;
  readonly stopped: Promise<string>;
  readonly #abort = new AbortController();
  readonly #heard = (signal: NodeJS.Signals) => {
    if (this.isStopped) process.exit(EXIT_AT_ONCE);
    this.stop(signal);
  };
  #settle: (reason: string) => void = () => undefined;

  constructor() {
    this.stopped = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const signal of signals) process.on(signal, this.#heard);
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

  /** Waits no longer: from now on signals end this program as they end any other. */
  release(): void {
    for (const signal of signals) process.off(signal, this.#heard);
  }
}
