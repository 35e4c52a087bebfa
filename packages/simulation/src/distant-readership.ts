import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Topology } from "@bellmesh/topology";
import type { Findings } from "./readership.ts";

/** So many orders may wait to be carried out, some tens of megabytes; then the run waits for those who read. */
export const ORDERS_AHEAD_MAX = 2048;
/** A thread that has done nothing for so long never will. */
const PATIENCE_MS = 120_000;

/** What the thread is told: blocks of one ledger between its beginning and its end, and questions. */
export type ReaderOrder =
  | { readonly kind: "begin"; readonly topology: Topology }
  /** Events, each behind its length as a varint. */
  | { readonly kind: "read"; readonly block: Uint8Array }
  | { readonly kind: "is-open" }
  | { readonly kind: "find"; readonly atQuiescence: boolean; readonly isWhole: boolean }
  | { readonly kind: "end" };

/** Its answer to a question. */
export type ReaderAnswer = { readonly answer: boolean | Findings } | { readonly failure: string };

/** What a thread starts with. */
export interface ReaderData {
  readonly port: MessagePort;
  /** One number: the orders carried out. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

/** A thread, seen from here. */
interface ReaderThread extends ReaderData {
  /** The orders it has got. */
  ordered: number;
}

/**
 * Threads that have nothing to read. They are kept for the next ledger: by then all that readers do often is compiled
 * there, which for a thread of some seconds is half the work.
 */
const idle: ReaderThread[] = [];

/**
 * A readership with a thread of its own (`readership-worker.ts`), so that whoever writes the ledger need not wait while
 * it is read. Answers are waited for, so that to the writer it is a readership like any other.
 */
export class DistantReadership {
  readonly #thread: ReaderThread;
  #hasEnded = false;

  constructor(topology: Topology) {
    this.#thread = idle.pop() ?? startThread();
    this.#order({ kind: "begin", topology });
  }

  /** Reads events, each behind its length as a varint. The bytes are gone from here then. */
  read(block: Uint8Array<ArrayBuffer>): void {
    this.#order({ kind: "read", block }, [block.buffer]);
    this.#waitFor(this.#thread.ordered - ORDERS_AHEAD_MAX);
  }

  /** How many orders have not been carried out yet. */
  get ahead(): number {
    return this.#thread.ordered - Atomics.load(this.#thread.done, 0);
  }

  /**
   * Whether a referee would object if this were the end.
   * @throws Error when the thread has failed
   */
  isOpen(): boolean {
    return this.#ask({ kind: "is-open" }) as boolean;
  }

  /** @throws Error when the thread has failed */
  findings(atQuiescence: boolean, isWhole: boolean): Findings {
    return this.#ask({ kind: "find", atQuiescence, isWhole }) as Findings;
  }

  /** There is nothing more to read or to ask. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#order({ kind: "end" });
    idle.push(this.#thread);
  }

  #ask(question: ReaderOrder): boolean | Findings {
    this.#order(question);
    this.#waitFor(this.#thread.ordered);
    const answer = receiveMessageOnPort(this.#thread.port)?.message as ReaderAnswer;
    if ("failure" in answer) throw new Error(`the thread that reads the ledger has failed: ${answer.failure}`);
    return answer.answer;
  }

  #order(order: ReaderOrder, transferred: ArrayBuffer[] = []): void {
    this.#thread.port.postMessage(order, transferred);
    this.#thread.ordered += 1;
  }

  /** Stands still until so many orders have been carried out. */
  #waitFor(orders: number): void {
    const { done } = this.#thread;
    for (;;) {
      const carriedOut = Atomics.load(done, 0);
      if (carriedOut >= orders) return;
      if (Atomics.wait(done, 0, carriedOut, PATIENCE_MS) === "timed-out") {
        this.#hasEnded = true;
        throw new Error(`the thread that reads the ledger has done nothing for ${PATIENCE_MS / 1000} s`);
      }
    }
  }
}

function startThread(): ReaderThread {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ReaderData = { port: port2, done };
  const thread = new Worker(new URL("./readership-worker.ts", import.meta.url), { workerData, transferList: [port2] });
  // A thread without work holds nobody up.
  thread.unref();
  port1.unref();
  return { port: port1, done, ordered: 0 };
}
