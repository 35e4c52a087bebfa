import { workerData } from "node:worker_threads";
import { MessageReader, StringTable } from "@bellmesh/mesh/virtual";
import type { ReaderAnswer, ReaderData, ReaderOrder } from "./distant-readership.ts";
import { eventsFrom } from "./ledger.ts";
import { type Findings, Readership } from "./readership.ts";

const { port, done } = workerData as ReaderData;
const reader = new MessageReader(new StringTable());
let readership: Readership | undefined;
/** Of this ledger: told when something is asked, for before that nobody listens. */
let failure: string | undefined;

/** @returns what was asked, if anything was */
function carryOut(order: ReaderOrder): boolean | Findings | undefined {
  switch (order.kind) {
    case "begin":
      failure = undefined;
      readership = new Readership(order.topology);
      return undefined;
    case "read":
      for (const event of eventsFrom(reader.over(order.block))) readership?.read(event);
      return undefined;
    case "is-open":
      return readership?.isOpen();
    case "find":
      return readership?.findings(order.atQuiescence, order.isWhole);
    case "end":
      readership = undefined;
      return undefined;
  }
}

/** The other side of a distant readership: one order after another, and an answer to each that asks something. */
port.on("message", (order: ReaderOrder) => {
  let answer: boolean | Findings | undefined;
  try {
    answer = carryOut(order);
  } catch (error) {
    failure ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (order.kind === "is-open" || order.kind === "find") {
    port.postMessage((failure === undefined ? { answer } : { failure }) as ReaderAnswer);
  }
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
});
