import { askSupervisor, connectionTo } from "@bellmesh/emulation";
import type { Command } from "./command.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";

/** A supervisor has ten seconds; this is for one that does not answer. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 50;

/** `bellmesh down`: stops a running mesh. */
export const down: Command = {
  name: "down",
  summary: "stop a running mesh",
  description: "Stops every process of a mesh that bellmesh up has started, and waits until they have ended.",
  positionals: [],
  options: { name: nameOption },
  examples: ["bellmesh down", "bellmesh down --name lab"],
  async run(given, output) {
    const directory = givenMesh(given);
    const { name, control } = connectionTo(directory);
    const owner = directory.owner();
    await askSupervisor(control, "/stop");
    const untilMs = performance.now() + PATIENCE_MS;
    while (directory.owner() === owner && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    const stopped = directory.owner() !== owner;
    if (stopped) output.result(given.has("json") ? JSON.stringify({ name, stopped }) : `${name} has stopped`);
    else output.note(`bellmesh: ${name} has not stopped; its supervisor is process ${owner}, end that`);
    return stopped ? 0 : 1;
  },
};
