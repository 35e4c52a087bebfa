import type { Logger } from "pino";

/** A stop that takes longer is cut off. */
const STOP_LIMIT_MS = 10_000;

/**
 * How a process of a mesh ends: on SIGTERM or SIGINT, and when the parent that started it is gone, it stops in order;
 * on a second signal at once; on an error that nobody caught, at once and with exit code 1.
 */
export class Life {
  readonly #log: Logger;
  #stop: (() => Promise<void>) | undefined;
  #ending = false;

  constructor(log: Logger) {
    this.#log = log;
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => this.#end(signal));
    process.on("uncaughtException", (error) => this.#broken(error));
    process.on("unhandledRejection", (error) => this.#broken(error));
    // Whoever started us with a channel is gone: a mesh without its supervisor is nobody's.
    if (process.send) process.on("disconnect", () => this.#end("the parent is gone"));
  }

  /** From now on there is something to stop. */
  begin(stop: () => Promise<void>): void {
    this.#stop = stop;
  }

  #end(reason: string): void {
    if (this.#ending) {
      // A parent that sends a signal and then goes away has not asked twice.
      if (!reason.startsWith("SIG")) return;
      this.#log.warn({ reason }, "ending at once");
      process.exit(1);
    }
    this.#ending = true;
    this.#log.info({ reason }, "stopping");
    const patience = setTimeout(() => {
      this.#log.error(`not stopped within ${STOP_LIMIT_MS / 1000} s, ending at once`);
      process.exit(1);
    }, STOP_LIMIT_MS);
    patience.unref();
    const stopped = this.#stop?.() ?? Promise.resolve();
    stopped.then(
      () => {
        this.#log.info("stopped");
        process.exit(0);
      },
      (error: unknown) => this.#broken(error),
    );
  }

  #broken(error: unknown): void {
    this.#log.fatal({ err: error }, "broken; ending");
    process.exit(1);
  }
}
