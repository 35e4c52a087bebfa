import { type LinkScheme, ParameterError } from "@bellmesh/hardware";
import { nearest } from "@bellmesh/topology";
import { parse } from "yaml";
import type { Arguments } from "./arguments.ts";
import { type LinkParameter, type LinkParameterName, linkParameterTable, optionName } from "./physics-parameters.ts";
import { textOf } from "./text-of.ts";
import { UsageError } from "./usage-error.ts";

type Value = number | string;

/** The parameters of a link that were given, by options or in a file. */
export class GivenParameters {
  readonly #values: ReadonlyMap<LinkParameterName, Value>;

  constructor(values: ReadonlyMap<LinkParameterName, Value>) {
    this.#values = values;
  }

  has(name: LinkParameterName): boolean {
    return this.#values.has(name);
  }

  /** The names of all that were given. */
  names(): readonly LinkParameterName[] {
    return [...this.#values.keys()];
  }

  /** Undefined when it was not given. @throws ParameterError when it is no number */
  number(name: LinkParameterName): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === "number") return value;
    throw new ParameterError(name, value, "give a number");
  }

  /** As it was given, undefined when it was not. */
  value(name: LinkParameterName): Value | undefined {
    return this.#values.get(name);
  }

  /** Undefined when it was not given. */
  text(name: LinkParameterName): string | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : String(value);
  }

  /** The same parameters with one of them set. */
  with(name: LinkParameterName, value: Value): GivenParameters {
    return new GivenParameters(new Map([...this.#values, [name, value]]));
  }
}

/**
 * The parameters of the options and of the file that --params names; options win.
 * @throws UsageError or ParameterError for a file that cannot be read, an unknown parameter or a value of another kind
 */
export function givenParameters(given: Arguments): GivenParameters {
  const values = new Map<LinkParameterName, Value>(fileValues(given.text("params")));
  for (const [name, parameter] of Object.entries(linkParameterTable) as [LinkParameterName, LinkParameter][]) {
    const word = given.text(optionName(name));
    if (word !== undefined) values.set(name, readValue(name, parameter, word));
  }
  return new GivenParameters(values);
}

/**
 * Refuses parameters that the scheme does not have.
 * @throws ParameterError naming the first
 */
export function checkScheme(given: GivenParameters, scheme: LinkScheme["scheme"]): void {
  for (const name of given.names()) {
    const { schemes }: LinkParameter = linkParameterTable[name];
    if (schemes && !schemes.includes(scheme)) {
      throw new ParameterError(name, given.value(name), `${scheme} has none, only ${schemes.join(", ")}; leave it out`);
    }
  }
}

/**
 * Does something of the models, whose errors then name the parameters as they were given.
 * @throws ParameterError
 */
export function namingParameters<Result>(given: GivenParameters, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const entries = Object.entries(linkParameterTable) as [string, LinkParameter][];
    const name = entries.find(([, { fields }]) => fields?.includes(error.field))?.[0] ?? error.field;
    throw new ParameterError(name, given.value(name as LinkParameterName) ?? error.value, error.expected);
  }
}

function fileValues(file: string | undefined): [LinkParameterName, Value][] {
  if (file === undefined) return [];
  const document = parsed(file);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new UsageError(`${file} holds no parameters`, "give a mapping, as in `etaA: 0.01`");
  }
  return Object.entries(document).map(([name, value]) => {
    const names = Object.keys(linkParameterTable);
    if (!names.includes(name)) {
      const near = nearest(name, names);
      throw new ParameterError(name, value, near ? `there is no such parameter; did you mean ${near}?` : known);
    }
    const parameter: LinkParameter = linkParameterTable[name as LinkParameterName];
    if (Array.isArray(value) && parameter.value === "A,B") return [name as LinkParameterName, value.join(",")];
    if (typeof value === "number" && parameter.kind !== "text") return [name as LinkParameterName, value];
    return [name as LinkParameterName, readValue(name as LinkParameterName, parameter, value)];
  });
}

const known = "there is no such parameter; bellmesh physics link --help lists them";

function parsed(file: string): unknown {
  const text = textOf(file, "name a JSON or YAML file of parameters");
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UsageError(`${file}: this is neither JSON nor YAML (${reason})`, "correct it");
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^\.?inf(inity)?$/i;

function readValue(name: LinkParameterName, { kind }: LinkParameter, word: unknown): Value {
  if (typeof word === "string") {
    if (kind === "text") return word;
    if (NUMBER.test(word) && Number.isFinite(Number(word))) return Number(word);
    if (INFINITE.test(word)) return Number.POSITIVE_INFINITY;
    if (kind === "either") return word;
  }
  throw new ParameterError(name, word, kind === "text" ? "give a word" : "give a number");
}
