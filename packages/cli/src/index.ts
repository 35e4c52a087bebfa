/** The `bellmesh` command, for tests that run it without a process. */
export type { Command, Output } from "./command.ts";
export { commands } from "./commands.ts";
export { runCommand } from "./run-command.ts";
