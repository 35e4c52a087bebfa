/** One thread of a crew: sleeps until the ticket changes, and helps with the task while there are chunks to begin. */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { MEMORY, remainingOf, TICKET, work } from "./crew.ts";
import { Task } from "./task.ts";

const { control, module, port } = workerData as {
  control: Int32Array;
  module: WebAssembly.Module;
  port: MessagePort;
};

let known = 0;
let task: Task | undefined;

/** The task of the present memory. Asked for with a chunk in hand, so that the memory is the one of this chunk. */
function presentTask(): Task {
  while (known !== Atomics.load(control, MEMORY)) {
    const received = receiveMessageOnPort(port) as
      | { message: { number: number; memory: WebAssembly.Memory } }
      | undefined;
    // The number is there before the message is.
    if (!received) continue;
    known = received.message.number;
    task = new Task(module, received.message.memory);
  }
  return task as Task;
}

const run = (chunk: number) => presentTask().run(chunk);
for (;;) {
  work(control, { run });
  const ticket = Atomics.load(control, TICKET);
  if (remainingOf(ticket) === 0) Atomics.wait(control, TICKET, ticket);
}
