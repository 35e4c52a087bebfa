import type { Arguments } from "./arguments.ts";

/** One command of `bellmesh`. The options --json and --help belong to every command and are not listed. */
export interface Command {
  /** The words that call it, such as `topology show`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What more there is to say in its own help. */
  readonly description: string;
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly string[];
  /**
   * Does it. The result goes to `output.result` once, everything else to `output.note`.
   * @returns the exit code: 0 done, 1 done but not what was asked. Bad input is thrown.
   * @throws UsageError or TopologyError, which end the command with exit code 2.
   */
  run(given: Arguments, output: Output): number | Promise<number>;
}

export interface Positional {
  readonly name: string;
  readonly summary: string;
  /** An option may stand in its place. */
  readonly isOptional?: true;
}

export interface Option {
  readonly summary: string;
  /** The name of its value in help, such as `FILE`; a flag has none. */
  readonly value?: string;
  /** Not shown in help: for tests of the command itself. */
  readonly hidden?: true;
}

export interface Output {
  /** Standard output: the result and nothing else. */
  result(text: string): void;
  /** Standard error: progress, warnings, errors. */
  note(text: string): void;
}
