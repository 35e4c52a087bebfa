import { type Path, printPath, type SourceDocument } from "./document.ts";
import { nearest } from "./nearest.ts";
import { describeField, type NumberField, type NumberFields } from "./schema.ts";
import { TopologyError } from "./topology-error.ts";

/** The numbers of a table of fields. */
export type NumbersOf<Fields extends NumberFields> = { readonly [Name in keyof Fields]: number };

/** Where else numbers may come from than where they should stand; see `numbers`. */
export interface Others {
  readonly platform?: Readonly<Record<string, number | undefined>>;
  readonly fallback?: Section;
  readonly fallbackPlatform?: Readonly<Record<string, number | undefined>>;
}

/**
 * One mapping of a document while it is read: knows its path, refuses what is not a known field, and turns every
 * mistake into a TopologyError. The first mistake ends the reading.
 */
export class Section {
  readonly path: Path;
  readonly #document: SourceDocument;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @param value the mapping; undefined reads as an empty one. */
  constructor(document: SourceDocument, path: Path, value: unknown, known: readonly string[]) {
    this.#document = document;
    this.path = path;
    if (value === undefined) {
      this.#fields = {};
      return;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#errorAt(path, `${show(value)} is not a mapping`, `give a mapping with ${list(known)}`);
    }
    this.#fields = value as Record<string, unknown>;
    for (const field of Object.keys(this.#fields)) {
      if (!known.includes(field)) throw this.#unknown(field, known);
    }
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  /** Whether a field holds a mapping. */
  isMapping(field: string): boolean {
    const value = this.#value(field);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  /** The text in a field, undefined when it is absent or something else. */
  maybeText(field: string): string | undefined {
    const value = this.#value(field);
    return typeof value === "string" ? value : undefined;
  }

  /** True or false. */
  flag(field: string, meaning: string): boolean {
    const value = this.#value(field);
    if (typeof value === "boolean") return value;
    throw this.error(field, `${show(value)} is neither true nor false`, `give ${meaning}`);
  }

  /** A file that a field names, relative to the file of this section. */
  beside(field: string, name: string): { readonly file: string; readonly text: string } {
    const { beside } = this.#document;
    if (beside) return beside(name);
    throw this.error(field, `${show(name)} names a file, and there is none here`, "write its content in its place");
  }

  /** The mapping in a field, empty when the field is absent. */
  section(field: string, known: readonly string[]): Section {
    return new Section(this.#document, [...this.path, field], this.#value(field), known);
  }

  /** The list in a field, each item still unread. */
  list(field: string, expected: string): readonly unknown[] {
    const value = this.#required(field, expected);
    if (!Array.isArray(value)) throw this.error(field, `${show(value)} is not a list`, expected);
    return value;
  }

  /** A mapping that stands in a list of this section. */
  item(field: string, position: number, value: unknown, known: readonly string[]): Section {
    // An absent value would read as an empty mapping, but an empty list item is a slip of the pen.
    return new Section(this.#document, [...this.path, field, position], value === undefined ? null : value, known);
  }

  text(field: string, expected: string): string {
    const value = this.#required(field, expected);
    if (typeof value !== "string") throw this.error(field, `${show(value)} is not text`, expected);
    return value;
  }

  /** A name: lower-case letters, digits and hyphens, since names become bus subjects and DNS labels. */
  token(field: string, meaning: string): string {
    const expected = `give ${meaning} of lower-case letters, digits and hyphens, at most 63 of them`;
    const value = this.text(field, expected);
    if (!isToken(value)) throw this.error(field, `${show(value)} is not a name`, expected);
    return value;
  }

  /** One of a few words. */
  choice<Word extends string>(field: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#value(field);
    if (value === undefined) return fallback;
    const chosen = words.find((word) => word === value);
    if (chosen !== undefined) return chosen;
    const near = typeof value === "string" ? nearest(value, words) : undefined;
    const expected = near === undefined ? `give one of ${list(words)}` : `did you mean ${near}? (${list(words)})`;
    throw this.error(field, `${show(value)} is not known`, expected);
  }

  /** A number of this section, or undefined when it is not given. */
  optionalNumber(field: string, rule: NumberField): number | undefined {
    const value = this.#value(field);
    if (value === undefined && !this.has(field)) return undefined;
    return this.#checked([...this.path, field], value, rule);
  }

  /** A number that must be given here unless its record has a default. */
  number(field: string, rule: NumberField): number {
    const given = this.optionalNumber(field, rule) ?? rule.default;
    if (given !== undefined) return given;
    throw this.error(field, "this field is missing", `give it as ${describeField(rule)} (${rule.meaning})`);
  }

  /**
   * All numbers of a table: as given here, else by this section's platform, else as given in the fallback, else by the
   * fallback's platform, else as the table has it by default.
   */
  numbers<Fields extends NumberFields>(fields: Fields, others: Others = {}): NumbersOf<Fields> {
    const { platform = {}, fallback, fallbackPlatform = {} } = others;
    const numbers: Record<string, number> = {};
    for (const [field, rule] of Object.entries(fields)) {
      const own = this.optionalNumber(field, rule) ?? platform[field];
      const number = own ?? fallback?.optionalNumber(field, rule) ?? fallbackPlatform[field] ?? rule.default;
      if (number === undefined) {
        const also = fallback ? ` here or as ${printPath([...fallback.path, field])}` : "";
        throw this.error(field, "this field is missing", `give it${also} as ${describeField(rule)} (${rule.meaning})`);
      }
      numbers[field] = number;
    }
    return numbers as NumbersOf<Fields>;
  }

  /** Checks the numbers that are given, whether or not anything will read them. */
  checkGiven(fields: NumberFields): void {
    for (const [field, rule] of Object.entries(fields)) this.optionalNumber(field, rule);
  }

  /** A two-element list of numbers. */
  numberPair(field: string, rule: NumberField): readonly [number, number] {
    const expected = `give two numbers, as in [1.5, 3.5] (each ${describeField(rule)})`;
    const value = this.list(field, expected);
    if (value.length !== 2) throw this.error(field, `this list has ${value.length} items`, expected);
    return [
      this.#checked([...this.path, field, 0], value[0], rule),
      this.#checked([...this.path, field, 1], value[1], rule),
    ];
  }

  /** The mistake in a field of this section; `field` empty means the section itself. */
  error(field: string, problem: string, expected: string): TopologyError {
    return this.#errorAt(field === "" ? this.path : [...this.path, field], problem, expected);
  }

  /** The mistake in an item of a list in this section. */
  itemError(field: string, position: number, problem: string, expected: string): TopologyError {
    return this.#errorAt([...this.path, field, position], problem, expected);
  }

  #errorAt(path: Path, problem: string, expected: string): TopologyError {
    const at = { file: this.#document.file, line: this.#document.lineOf(path), path: printPath(path) };
    return new TopologyError(at, problem, expected);
  }

  #unknown(field: string, known: readonly string[]): TopologyError {
    const near = nearest(field, known);
    const expected = near === undefined ? `known here: ${list(known)}` : `did you mean ${near}?`;
    return this.#errorAt([...this.path, field], "unknown field", expected);
  }

  #value(field: string): unknown {
    return Object.hasOwn(this.#fields, field) ? this.#fields[field] : undefined;
  }

  #required(field: string, expected: string): unknown {
    if (!this.has(field)) throw this.error(field, "this field is missing", expected);
    return this.#value(field);
  }

  #checked(path: Path, value: unknown, rule: NumberField): number {
    const expected = `give ${describeField(rule)} (${rule.meaning})`;
    if (typeof value !== "number") throw this.#errorAt(path, `${show(value)} is not a number`, expected);
    if (rule.infinite && value === Number.POSITIVE_INFINITY) return value;
    if (!Number.isFinite(value)) throw this.#errorAt(path, `${value} is not finite`, expected);
    const low = rule.above ? value <= rule.min : value < rule.min;
    const high = rule.below ? value >= rule.max : value > rule.max;
    if (low || high) throw this.#errorAt(path, `${value} is out of range`, expected);
    if (rule.whole && !Number.isInteger(value)) throw this.#errorAt(path, `${value} is not whole`, expected);
    return value;
  }
}

/** Lower-case letters, digits and hyphens, not starting or ending with a hyphen; at most a DNS label. */
export function isToken(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** A value as a message shows it, shortened. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "an empty value";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
