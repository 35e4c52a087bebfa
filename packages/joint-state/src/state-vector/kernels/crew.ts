import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Task } from "./task.ts";

/** The ticket holds the task's number above, and how many of its chunks nobody has begun below. */
const REMAINING_BITS = 9;
/** Places in what the threads share. */
export const [TICKET, DONE, MEMORY] = [0, 1, 2] as const;

/**
 * Threads that help with one task at a time, in a call that returns when it is done. A chunk is taken by lowering the
 * ticket; whoever asked works as well, and waits only for chunks that others have begun: a thread that sleeps through
 * a task, or has not started yet, holds nobody up.
 */
export class Crew {
  readonly #workers: readonly { readonly worker: Worker; readonly port: MessagePort }[];
  readonly #control = new Int32Array(new SharedArrayBuffer(64));
  #memory: WebAssembly.Memory | undefined;
  #taskNumber = 0;

  /** @param helpers how many threads besides the calling one */
  constructor(helpers: number, module: WebAssembly.Module) {
    this.#workers = Array.from({ length: helpers }, () => {
      const { port1: port, port2: theirs } = new MessageChannel();
      const workerData = { control: this.#control, module, port: theirs };
      const worker = new Worker(new URL("./crew-member.ts", import.meta.url), {
        workerData,
        transferList: [theirs],
        execArgv: [],
      });
      worker.unref();
      port.unref();
      return { worker, port };
    });
  }

  /** Does all chunks of a task that is written down in this memory. */
  run(memory: WebAssembly.Memory, task: Task, chunks: number): void {
    this.#show(memory);
    const control = this.#control;
    Atomics.store(control, DONE, 0);
    this.#taskNumber = (this.#taskNumber + 1) & 0x1fffff;
    Atomics.store(control, TICKET, (this.#taskNumber << REMAINING_BITS) | chunks);
    Atomics.notify(control, TICKET);
    work(control, task);
    for (let done = Atomics.load(control, DONE); done < chunks; done = Atomics.load(control, DONE)) {
      Atomics.wait(control, DONE, done);
    }
  }

  /** Hands the memory to the others, where it is another than last time. They keep only the last. */
  #show(memory: WebAssembly.Memory): void {
    if (this.#memory === memory) return;
    this.#memory = memory;
    const number = Atomics.add(this.#control, MEMORY, 1) + 1;
    for (const { port } of this.#workers) port.postMessage({ number, memory });
  }
}

/** How many chunks nobody has begun. */
export function remainingOf(ticket: number): number {
  return ticket & ((1 << REMAINING_BITS) - 1);
}

/** Takes chunks of the present task and does them, until nobody has to begin any more. */
export function work(control: Int32Array, task: Pick<Task, "run">): void {
  for (;;) {
    const ticket = Atomics.load(control, TICKET);
    const remaining = remainingOf(ticket);
    if (remaining === 0) return;
    if (Atomics.compareExchange(control, TICKET, ticket, ticket - 1) !== ticket) continue;
    task.run(remaining - 1);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}
