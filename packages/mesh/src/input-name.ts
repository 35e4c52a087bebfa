import type { Input } from "./host.ts";

/** What an input is called where an error came of it: its kind, and what it belongs to. */
export function inputName(input: Input): string {
  if ("method" in input) return `${input.kind} of ${input.method.path}`;
  if (input.kind === "timer") return `timer ${input.timer}`;
  if (input.kind === "message") return `message on ${input.subject}`;
  return input.kind;
}
