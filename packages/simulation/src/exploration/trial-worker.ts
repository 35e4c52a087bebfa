import { parentPort } from "node:worker_threads";
import { drawTrial } from "./draw-trial.ts";
import { minimise } from "./minimise.ts";
import { runSeed } from "./run-seed.ts";

/** What a thread is asked to do: run a seed, or make what breaks a property small. */
export type TrialOrder =
  | { readonly kind: "run"; readonly seed: number; readonly canary: boolean }
  | { readonly kind: "minimise"; readonly seed: number; readonly property: string; readonly canary: boolean };

/** The other side of `explore`: one order at a time, answered when it is done. */
parentPort?.on("message", (order: TrialOrder) => {
  const { seed, canary } = order;
  parentPort?.postMessage(
    order.kind === "run" ? runSeed(seed, { canary }) : minimise(drawTrial(seed), order.property, { canary }),
  );
});
