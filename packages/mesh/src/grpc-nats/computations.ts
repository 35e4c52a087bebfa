import { Worker } from "node:worker_threads";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, Waiting>();

/**
 * Runs an exported function of a module off the event loop, in this process's one worker thread, in the order asked.
 * @param module a specifier or file URL the worker can import; `args` and the result are copied.
 */
export function compute(module: string, fn: string, args: unknown): Promise<unknown> {
  worker ??= start();
  asked += 1;
  const id = asked;
  worker.postMessage({ id, module, fn, args });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function start(): Worker {
  const thread = new Worker(new URL("./computation-worker.ts", import.meta.url));
  thread.unref();
  thread.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: Error }) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) caller?.resolve(result);
    else caller?.reject(error);
  });
  thread.on("error", (error) => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error as Error);
    waiting.clear();
  });
  return thread;
}
