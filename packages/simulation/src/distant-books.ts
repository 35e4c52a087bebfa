import { type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { MessageWriter, StringTable } from "@bellmesh/mesh/virtual";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import type { BooksOptions, BooksReport } from "./books.ts";
import { EVENTS_PER_BLOCK } from "./ledger.ts";

/** Blocks of the ledger handed over together: a message between threads costs as much as some events. */
const BLOCKS_PER_MESSAGE = 16;
/** So many messages may wait to be read, some tens of megabytes; then the run waits for its books. */
const MESSAGES_AHEAD_MAX = 128;
/** A thread that has done nothing for so long never will. */
const PATIENCE_MS = 120_000;

/** What the thread that keeps the books is told: events, each behind its length as a varint, or a question. */
export type BooksOrder = Uint8Array | { readonly ask: "is-open" } | { readonly ask: "report"; atQuiescence: boolean };

/** Its answer to a question. */
export type BooksAnswer = { readonly answer: boolean | BooksReport } | { readonly failure: string };

/** What it starts with. */
export interface BooksThreadData {
  readonly options: BooksOptions;
  readonly port: MessagePort;
  /** One number: the orders carried out. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

/**
 * Books that another thread keeps (`books-thread.ts`), so that the run need not wait while referees read. The events
 * go there as the bytes that the ledger hashes; an answer is waited for, so to the run these are books like any other.
 */
export class DistantBooks {
  readonly #writer = new MessageWriter(new StringTable());
  readonly #port: MessagePort;
  readonly #done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #ordered = 0;
  /** Not encoded yet: nobody changes an event that was entered. */
  #pending: LedgerEvent[] = [];
  /** Blocks encoded and not handed over. */
  #blocks = 0;

  constructor(options: BooksOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData: BooksThreadData = { options, port: port2, done: this.#done };
    const thread = new Worker(new URL("./books-thread.ts", import.meta.url), { workerData, transferList: [port2] });
    thread.unref();
    port1.unref();
  }

  /** Enters an event, behind everything that may have led to it. */
  enter(event: LedgerEvent): void {
    this.#pending.push(event);
    if (this.#pending.length < EVENTS_PER_BLOCK) return;
    this.#encode();
    if (this.#blocks < BLOCKS_PER_MESSAGE) return;
    this.#handOver();
    this.#waitFor(this.#ordered - MESSAGES_AHEAD_MAX);
  }

  /**
   * Whether a referee would object if this were the end.
   * @throws Error when the thread has failed.
   */
  isOpen(): boolean {
    return this.#ask({ ask: "is-open" }) as boolean;
  }

  /**
   * Closes the books, and says what they come to.
   * @throws Error when the thread has failed.
   */
  conclude(atQuiescence: boolean): BooksReport {
    const report = this.#ask({ ask: "report", atQuiescence }) as BooksReport;
    this.#port.close();
    return report;
  }

  #ask(question: BooksOrder): boolean | BooksReport {
    this.#handOver();
    this.#order(question, []);
    this.#waitFor(this.#ordered);
    const answer = receiveMessageOnPort(this.#port)?.message as BooksAnswer;
    if ("failure" in answer) throw new Error(`the thread that keeps the books has failed: ${answer.failure}`);
    return answer.answer;
  }

  #encode(): void {
    for (const event of this.#pending) LedgerEvent.encode(event, this.#writer.fork()).join();
    this.#pending = [];
    this.#blocks += 1;
  }

  #handOver(): void {
    this.#encode();
    const events = this.#writer.finish();
    this.#blocks = 0;
    this.#order(events, [events.buffer]);
  }

  #order(order: BooksOrder, transferred: ArrayBuffer[]): void {
    this.#port.postMessage(order, transferred);
    this.#ordered += 1;
  }

  /** Stands still until so many orders have been carried out. */
  #waitFor(orders: number): void {
    for (;;) {
      const done = Atomics.load(this.#done, 0);
      if (done >= orders) return;
      if (Atomics.wait(this.#done, 0, done, PATIENCE_MS) === "timed-out") {
        throw new Error(`the thread that keeps the books has done nothing for ${PATIENCE_MS / 1000} s`);
      }
    }
  }
}
