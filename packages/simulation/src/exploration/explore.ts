import { Worker } from "node:worker_threads";
import type { Trial } from "./trial.ts";
import type { TrialReport } from "./trial-report.ts";
import type { TrialOrder } from "./trial-worker.ts";

export interface ExploreOptions {
  readonly seeds: Iterable<number>;
  /** How many seeds run at a time, each on a thread of its own. */
  readonly jobs: number;
  /** Breaks a rule on purpose, in seeds divisible by 100. */
  readonly canary?: boolean;
  /** Told of every seed as it is done; in no particular order. */
  readonly onReport: (report: TrialReport) => void;
  /** Begins no further seed once aborted, and ends those under way. */
  readonly signal?: AbortSignal;
}

/**
 * Runs what each of these seeds draws. Resolves when all are done, or once aborted.
 * @throws Error when a thread dies
 */
export async function explore({ seeds, jobs, canary = false, onReport, signal }: ExploreOptions): Promise<void> {
  const left = seeds[Symbol.iterator]();
  const threads = Array.from({ length: jobs }, thread);
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const next = () => {
        const { value: seed, done } = left.next();
        if (done || signal?.aborted) resolve();
        else worker.postMessage({ kind: "run", seed, canary } satisfies TrialOrder);
      };
      worker.on("message", (report: TrialReport) => {
        if (signal?.aborted) return;
        onReport(report);
        next();
      });
      worker.on("error", reject);
      signal?.addEventListener("abort", () => resolve(), { once: true });
      next();
    });
  try {
    await Promise.all(threads.map(work));
  } finally {
    await Promise.all(threads.map((worker) => worker.terminate()));
  }
}

/**
 * The smallest trial found that breaks a rule as this seed does, on a thread of its own.
 * @returns undefined when aborted
 */
export async function minimised(
  { seed, property, canary }: { readonly seed: number; readonly property: string; readonly canary: boolean },
  signal: AbortSignal,
): Promise<Trial | undefined> {
  const worker = thread();
  try {
    return await new Promise((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", reject);
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
      worker.postMessage({ kind: "minimise", seed, property, canary } satisfies TrialOrder);
    });
  } finally {
    await worker.terminate();
  }
}

function thread(): Worker {
  return new Worker(new URL("./trial-worker.ts", import.meta.url));
}
