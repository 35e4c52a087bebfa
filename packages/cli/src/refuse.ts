import type { Arguments } from "./arguments.ts";
import type { Output } from "./command.ts";

/** Says that what was asked cannot be had, and why: as a note, and with --json as data. @returns the exit code */
export function refuse(given: Arguments, output: Output, reason: string, message: string): number {
  output.note(`bellmesh: refused: ${message}`);
  if (given.has("json")) output.result(JSON.stringify({ refusal: { reason, message } }));
  return 1;
}
