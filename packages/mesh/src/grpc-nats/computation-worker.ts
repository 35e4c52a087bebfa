import { parentPort } from "node:worker_threads";

interface Task {
  readonly id: number;
  readonly module: string;
  readonly fn: string;
  readonly args: unknown;
}

/** The worker thread's end of `compute`: one task after the other. */
parentPort?.on("message", async ({ id, module, fn, args }: Task) => {
  try {
    const functions = (await import(module)) as Record<string, ((args: unknown) => unknown) | undefined>;
    const computation = functions[fn];
    if (computation === undefined) throw new Error(`${module} exports no ${fn}`);
    parentPort?.postMessage({ id, result: await computation(args) });
  } catch (error) {
    parentPort?.postMessage({ id, error });
  }
});
