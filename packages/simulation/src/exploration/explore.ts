import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { thrownReport } from "./run-seed.ts";
import type { Trial } from "./trial.ts";
import type { TrialReport } from "./trial-report.ts";
import type { TrialOrder } from "./trial-worker.ts";

export interface ExploreOptions {
  readonly seeds: Iterable<number>;
  /** How many seeds run at a time, each on a thread of its own; there are no more threads than seeds. */
  readonly jobs: number;
  /** Breaks a rule on purpose, in seeds divisible by 100. */
  readonly canary?: boolean;
  /** Told of every seed as it is done; in no particular order. */
  readonly onReport: (report: TrialReport) => void;
  /** Begins no further seed once aborted, and ends those under way. */
  readonly signal?: AbortSignal;
}

/**
 * Runs what each of these seeds draws. Resolves when all are done, or once aborted. A seed that takes its thread with
 * it, as when memory runs out, is reported as one that throws.
 * @throws Error naming the seed when a thread dies that has done nothing yet: then threads cannot run here
 */
export async function explore({ seeds, jobs, canary = false, onReport, signal }: ExploreOptions): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const failed = new AbortController();
  const end = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const work = async () => {
    let next = left.next();
    // A thread costs some 40 MB, and more threads than seeds would do nothing.
    if (next.done) return;
    const thread = new TrialThread(canary, end);
    try {
      for (; !next.done && !end.aborted; next = left.next()) {
        const report = await thread.run(next.value);
        if (report) onReport(report);
      }
    } finally {
      await thread.close();
    }
  };
  const threads = Array.from({ length: jobs }, work);
  try {
    await Promise.all(threads);
  } finally {
    failed.abort();
    await Promise.allSettled(threads);
  }
}

/** A thread that runs one seed after the other, and the next one where a seed was its end. */
class TrialThread {
  readonly #canary: boolean;
  readonly #end: AbortSignal;
  #worker = newWorker();
  #hasAnswered = false;

  constructor(canary: boolean, end: AbortSignal) {
    this.#canary = canary;
    this.#end = end;
  }

  /** @returns undefined when aborted */
  async run(seed: number): Promise<TrialReport | undefined> {
    try {
      const report = await answer<TrialReport>(this.#worker, { kind: "run", seed, canary: this.#canary }, this.#end);
      this.#hasAnswered = true;
      return report;
    } catch (error) {
      const message = `its thread died: ${error instanceof Error ? error.message : String(error)}`;
      if (!this.#hasAnswered) throw new Error(`seed ${seed}: ${message}`, { cause: error });
      await this.#worker.terminate();
      this.#worker = newWorker();
      this.#hasAnswered = false;
      return thrownReport(seed, message);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * The smallest trial found that breaks a rule as this seed does, on a thread of its own.
 * @returns undefined when aborted
 * @throws Error when the seed cannot be run at all
 */
export async function minimised(
  { seed, property, canary }: { readonly seed: number; readonly property: string; readonly canary: boolean },
  signal: AbortSignal,
): Promise<Trial | undefined> {
  const worker = newWorker();
  try {
    return await answer<Trial>(worker, { kind: "minimise", seed, property, canary }, signal);
  } finally {
    await worker.terminate();
  }
}

/** @returns undefined when aborted. @throws what ends the thread */
async function answer<T>(worker: Worker, order: TrialOrder, signal: AbortSignal): Promise<T | undefined> {
  worker.postMessage(order);
  try {
    const [said] = await once(worker, "message", { signal });
    return said as T;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function newWorker(): Worker {
  return new Worker(new URL("./trial-worker.ts", import.meta.url));
}
