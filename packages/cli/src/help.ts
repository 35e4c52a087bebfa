import { commonOptions } from "./arguments.ts";
import type { Command, Option } from "./command.ts";
import { indented } from "./indented.ts";
import { table } from "./table.ts";

/** The help of `bellmesh` itself, or of a group of its commands. */
export function listHelp(commands: readonly Command[], group: string): string {
  const members = commands.filter((command) => group === "" || command.name.startsWith(`${group} `));
  const called = group === "" ? "bellmesh" : `bellmesh ${group}`;
  return [
    `Usage: ${called} <command> [options]`,
    "",
    "A quantum network stack as a mesh of services.",
    "",
    "Commands:",
    indented(table(members.map((command) => [command.name, command.summary]))),
    "",
    "Every command has --help and --json. Exit code: 0 done, 1 less than was asked, 2 bad input.",
    ...(group === "" ? ["bellmesh --version prints the version."] : []),
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const positionals = command.positionals
    .map(({ name, isOptional }) => (isOptional ? ` [${name}]` : ` ${name}`))
    .join("");
  const words = command.positionals.map((positional) => [positional.name, positional.summary]);
  const known = Object.entries({ ...command.options, ...commonOptions });
  const options = known.filter(([, { hidden }]) => !hidden).map(optionRow);
  return [
    `Usage: bellmesh ${command.name}${positionals} [options]`,
    "",
    command.description,
    "",
    ...(words.length > 0 ? ["Arguments:", indented(table(words)), ""] : []),
    "Options:",
    indented(table(options)),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function optionRow([name, option]: [string, Option]): string[] {
  return [`--${name}${option.value === undefined ? "" : ` ${option.value}`}`, option.summary];
}
