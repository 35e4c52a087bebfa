import { EmulationError, HardwareRefusedError, NotReadyError } from "@bellmesh/emulation";
import { ParameterError } from "@bellmesh/hardware";
import { ProgramError } from "@bellmesh/physics";
import { ScheduleError } from "@bellmesh/simulation";
import { BundleError, TotalsError } from "@bellmesh/simulation/exploration";
import { nearest, TopologyError } from "@bellmesh/topology";
import { parseArguments } from "./arguments.ts";
import type { Command, Output } from "./command.ts";
import { commandHelp, listHelp } from "./help.ts";
import { UsageError } from "./usage-error.ts";
import { version } from "./version.ts";

/**
 * Finds the command that the words call, runs it, and turns what it throws into one message.
 * @returns the exit code: 0 done, 1 not all that was asked, 2 bad input.
 */
export async function runCommand(
  commands: readonly Command[],
  words: readonly string[],
  output: Output,
): Promise<number> {
  try {
    return await dispatch(commands, words, output);
  } catch (error) {
    if (isSystemError(error)) {
      output.note(`bellmesh: ${error.message}`);
      return 1;
    }
    if (error instanceof NotReadyError || error instanceof HardwareRefusedError) {
      output.note(`bellmesh: ${error.message}`);
      return 1;
    }
    if (!isBadInput(error)) throw error;
    output.note(`bellmesh: ${error.message}`);
    if (words.includes("--json")) output.result(JSON.stringify({ error: errorObject(error) }));
    return 2;
  }
}

/** The operating system would not: a full disk, a pipe that broke. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "code" in error;
}

type BadInput =
  | UsageError
  | TopologyError
  | ScheduleError
  | ProgramError
  | EmulationError
  | BundleError
  | TotalsError
  | ParameterError;

const badInputs = [
  UsageError,
  TopologyError,
  ScheduleError,
  ProgramError,
  EmulationError,
  BundleError,
  TotalsError,
  ParameterError,
];

function isBadInput(error: unknown): error is BadInput {
  return badInputs.some((kind) => error instanceof kind);
}

/** An error as data: for a file also which, and the line and the path inside it. */
function errorObject(error: BadInput): object {
  const { message, expected } = error;
  if (error instanceof UsageError) return { kind: "usage", message, expected };
  if (error instanceof ParameterError) {
    return { kind: "parameter", message, field: error.field, value: error.value, expected };
  }
  if (error instanceof EmulationError) return { kind: "mesh", message, expected };
  if (error instanceof BundleError) return { kind: "bundle", message, file: error.file, path: error.path, expected };
  if (error instanceof ProgramError) return { kind: "program", message, file: error.file, path: error.path, expected };
  if (error instanceof TotalsError) return { kind: "totals", message, file: error.file, expected };
  const { file, line, path } = error;
  const kind = error instanceof ScheduleError ? "faults" : "topology";
  return { kind, message, file, ...(line !== undefined && { line }), path, expected };
}

async function dispatch(commands: readonly Command[], words: readonly string[], output: Output): Promise<number> {
  const [first] = words;
  if (first === "--version" || first === "-v") {
    output.result(version());
    return 0;
  }
  if (first === "help") return dispatch(commands, [...words.slice(1), "--help"], output);
  const { command, rest, group } = find(commands, words);
  if (command === undefined) return listOrRefuse(commands, group, rest, output);
  const given = parseArguments(command, rest);
  if (given.has("help")) {
    output.result(commandHelp(command));
    return 0;
  }
  return command.run(given, output);
}

interface Found {
  readonly command: Command | undefined;
  /** The words that name a group of commands, such as `topology`; empty at the top. */
  readonly group: string;
  readonly rest: readonly string[];
}

/** Takes as many words as still begin the name of some command. */
function find(commands: readonly Command[], words: readonly string[]): Found {
  let group = "";
  for (const [taken, word] of words.entries()) {
    const name = group === "" ? word : `${group} ${word}`;
    const command = commands.find((candidate) => candidate.name === name);
    if (command) return { command, group, rest: words.slice(taken + 1) };
    if (!commands.some((candidate) => candidate.name.startsWith(`${name} `))) {
      return { command: undefined, group, rest: words.slice(taken) };
    }
    group = name;
  }
  return { command: undefined, group, rest: [] };
}

/** No command was named: help when it is asked for, otherwise what was wrong with the word that stands in its place. */
function listOrRefuse(commands: readonly Command[], group: string, rest: readonly string[], output: Output): number {
  const [word] = rest;
  const called = group === "" ? "bellmesh" : `bellmesh ${group}`;
  if (word === "--help" || word === "-h") {
    output.result(listHelp(commands, group));
    return 0;
  }
  if (word === undefined) {
    output.note(listHelp(commands, group));
    return 2;
  }
  if (word.startsWith("-")) throw new UsageError(`unknown option ${word} of ${called}`, `see ${called} --help`);
  const members = commands.filter((command) => group === "" || command.name.startsWith(`${group} `));
  const near = nearest(word, nextWords(members, group));
  const whole = near ?? commands.find((command) => command.name.endsWith(` ${word}`))?.name;
  const expected =
    whole === undefined ? `see ${called} --help` : `did you mean ${near ? called : "bellmesh"} ${whole}?`;
  throw new UsageError(`unknown command ${JSON.stringify(word)} of ${called}`, expected);
}

function nextWords(commands: readonly Command[], group: string): readonly string[] {
  const depth = group === "" ? 0 : group.split(" ").length;
  return [...new Set(commands.map((command) => command.name.split(" ")[depth] as string))];
}
