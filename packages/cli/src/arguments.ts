import { parseArgs } from "node:util";
import { nearest } from "@bellmesh/topology";
import type { Command, Option } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** The options of every command. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { summary: "write the result as one JSON object on standard output" },
  help: { summary: "show this help" },
};

/** The arguments of one command, checked against its table. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #options: ReadonlyMap<string, string | true>;

  constructor(positionals: readonly string[], options: ReadonlyMap<string, string | true>) {
    this.positionals = positionals;
    this.#options = options;
  }

  /** Whether an option was given. */
  has(option: string): boolean {
    return this.#options.has(option);
  }

  /** The value of an option, undefined when it was not given. */
  text(option: string): string | undefined {
    const value = this.#options.get(option);
    return value === true ? undefined : value;
  }

  /** @throws UsageError when the option was not given. */
  requiredText(option: string, expected: string): string {
    const value = this.text(option);
    if (value === undefined) throw new UsageError(`--${option} is missing`, expected);
    return value;
  }

  /** @throws UsageError when the value is not a finite decimal number. */
  number(option: string): number | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) || !Number.isFinite(Number(value))) {
      throw new UsageError(`--${option} ${JSON.stringify(value)} is not a number`, `give it as in --${option} 0.9`);
    }
    return Number(value);
  }

  /** @throws UsageError when the value is not a whole number between min and max. */
  wholeNumber(option: string, min: number, max: number): number | undefined {
    const value = this.text(option);
    if (value === undefined) return undefined;
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) {
      const problem = `--${option} ${JSON.stringify(value)} is not a whole number from ${min} to ${max}`;
      throw new UsageError(problem, `give it as in --${option} ${Math.min(max, Math.max(min, 10))}`);
    }
    return number;
  }
}

/**
 * Parses what follows a command's name.
 * @throws UsageError for an unknown option, a missing or superfluous value, an option given twice, too many words.
 */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const known: Readonly<Record<string, Option>> = { ...command.options, ...commonOptions };
  const { tokens } = parseArgs({ args: [...words], options: optionTypes(known), strict: false, tokens: true });
  const positionals: string[] = [];
  const options = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (!option) throw unknownOption(command, token.rawName, Object.keys(known));
    if (options.has(token.name)) throw new UsageError(`--${token.name} is given twice`, "give it once");
    options.set(token.name, optionValue(token, option));
  }
  if (positionals.length > command.positionals.length && !options.has("help")) {
    const surplus = positionals[command.positionals.length];
    throw new UsageError(`unexpected argument ${JSON.stringify(surplus)}`, `see bellmesh ${command.name} --help`);
  }
  return new Arguments(positionals, options);
}

/** `-h` stands for --help, as everywhere. */
function optionTypes(known: Readonly<Record<string, Option>>) {
  const types: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const [name, option] of Object.entries(known)) {
    types[name] = { type: option.value === undefined ? "boolean" : "string", ...(name === "help" && { short: "h" }) };
  }
  return types;
}

function unknownOption(command: Command, rawName: string, known: readonly string[]): UsageError {
  const near = nearest(rawName.replace(/^-+/, ""), known);
  const expected = near === undefined ? `see bellmesh ${command.name} --help` : `did you mean --${near}?`;
  return new UsageError(`unknown option ${rawName} of bellmesh ${command.name}`, expected);
}

interface OptionToken {
  readonly name: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function optionValue(token: OptionToken, option: Option): string | true {
  if (option.value === undefined) {
    if (token.value === undefined) return true;
    throw new UsageError(`--${token.name} takes no value`, `write --${token.name} alone`);
  }
  const swallowed = token.value?.startsWith("--") === true && token.inlineValue !== true;
  if (token.value === undefined || token.value === "" || swallowed) {
    throw new UsageError(`--${token.name} needs a value`, `write --${token.name} ${option.value}`);
  }
  return token.value;
}
