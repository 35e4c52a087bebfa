import { workerData } from "node:worker_threads";
import { MessageReader, StringTable } from "@bellmesh/mesh/virtual";
import { Books, type BooksReport } from "./books.ts";
import type { BooksAnswer, BooksOrder, BooksThreadData } from "./distant-books.ts";
import { eventsFrom } from "./ledger.ts";

const { options, port, done } = workerData as BooksThreadData;
const reader = new MessageReader(new StringTable());
let books: Books | undefined;
let failure: string | undefined;

/** What went wrong is told when something is asked: before that nobody listens. */
function carryOut(order: BooksOrder): boolean | BooksReport | undefined {
  try {
    books ??= new Books(options);
    if (!(order instanceof Uint8Array)) {
      return order.ask === "report" ? books.conclude(order.atQuiescence) : books.isOpen();
    }
    for (const event of eventsFrom(reader.over(order))) books.enter(event);
  } catch (error) {
    failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}

port.on("message", (order: BooksOrder) => {
  const answer = carryOut(order);
  if (!(order instanceof Uint8Array)) {
    port.postMessage((failure === undefined ? { answer } : { failure }) as BooksAnswer);
  }
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
});
