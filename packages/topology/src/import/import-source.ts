import { type Path, printPath, readDocument, type SourceDocument } from "../document.ts";
import type { NumberField } from "../schema.ts";
import { Section, show } from "../section.ts";
import { TopologyError } from "../topology-error.ts";
import type { Imported, ImportWarning } from "./imported-network.ts";

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A file of another tool while it is read. It remembers which of its values were looked at, so that everything else
 * can be reported: an import that forgets silently is worse than none.
 */
export class ImportSource {
  readonly file: string;
  readonly top: SourceMapping;
  readonly #document: SourceDocument;
  readonly #warnings: ImportWarning[] = [];
  /** By path: whoever asks for a place again gets the mapping that knows what was read. */
  readonly #mappings = new Map<string, SourceMapping>();
  /** Mappings that others were merged from: what they say is read where it is merged. */
  readonly #merged = new Set<unknown>();
  readonly #plainObjects = new Map<unknown, unknown>();

  /** @throws TopologyError when the text is neither YAML nor JSON. */
  constructor(text: string, file: string) {
    this.file = file;
    const document = readDocument(text, file);
    this.#document = document;
    this.#document = { ...document, value: this.#plain(document.value, []) };
    this.top = this.mapping([], this.#document.value);
  }

  warn(path: Path, message: string): void {
    this.#warnings.push({ path: printPath(path), line: this.#document.lineOf(path), message });
  }

  /** @throws TopologyError when the value is no mapping. */
  mapping(path: Path, value: unknown): SourceMapping {
    const key = JSON.stringify(path);
    const before = this.#mappings.get(key);
    if (before !== undefined) return before;
    if (!isMapping(value)) throw this.#error(path, `${show(value)} is not a mapping`, "give fields with their values");
    const section = new Section(this.#document, path, value, Object.keys(value));
    const mapping = new SourceMapping(this, path, value, section);
    this.#mappings.set(key, mapping);
    return mapping;
  }

  /** All warnings, those about what nobody looked at included. */
  warnings(): readonly ImportWarning[] {
    for (const mapping of this.#mappings.values()) {
      for (const [field, value] of mapping.unread()) {
        if (value === null || (mapping.path.length === 0 && this.#merged.has(value))) continue;
        this.warn([...mapping.path, field], `${shown(value)}: there is no counterpart; it was left out`);
      }
      mapping.readAll();
    }
    return this.#warnings;
  }

  /**
   * Follows the merge keys and the digit groups (`200_000`) of YAML 1.1, which both tools' readers understand and
   * YAML 1.2 does not. An anchor and its aliases are one object, and stay one.
   */
  #plain(value: unknown, path: Path): unknown {
    if (typeof value === "string") return isGrouped(value) ? Number(value.replaceAll("_", "")) : value;
    if (typeof value !== "object" || value === null) return value;
    if (this.#plainObjects.has(value)) {
      const before = this.#plainObjects.get(value);
      if (before === UNFINISHED) throw this.#error(path, "this anchor contains itself", "end the circle");
      this.#merged.add(before);
      return before;
    }
    this.#plainObjects.set(value, UNFINISHED);
    const plain = Array.isArray(value)
      ? value.map((item, position) => this.#plain(item, [...path, position]))
      : this.#plainMapping(value as Mapping, path);
    this.#plainObjects.set(value, plain);
    return plain;
  }

  #plainMapping(value: Mapping, path: Path): Mapping {
    const fields = new Map<string, unknown>();
    const { "<<": merge, ...own } = value;
    for (const origin of Object.hasOwn(value, "<<") ? [merge].flat().reverse() : []) {
      if (!isMapping(origin)) {
        throw this.#error([...path, "<<"], `${show(origin)} is not a mapping`, "merge a mapping, as in <<: *anchor");
      }
      const plain = this.#plain(origin, [...path, "<<"]) as Mapping;
      this.#merged.add(plain);
      for (const [field, item] of Object.entries(plain)) fields.set(field, item);
    }
    for (const [field, item] of Object.entries(own)) fields.set(field, this.#plain(item, [...path, field]));
    return Object.fromEntries(fields);
  }

  #error(path: Path, problem: string, expected: string): TopologyError {
    const at = { file: this.file, line: this.#document.lineOf(path), path: printPath(path) };
    return new TopologyError(at, problem, expected);
  }
}

/** Stands for an object that is being looked at: whoever meets it again went round in a circle. */
const UNFINISHED = Symbol("unfinished");

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One mapping of the source. Whatever is asked of it counts as read. */
export class SourceMapping {
  readonly path: Path;
  readonly #source: ImportSource;
  readonly #value: Mapping;
  readonly #section: Section;
  readonly #unread: Set<string>;

  constructor(source: ImportSource, path: Path, value: Mapping, section: Section) {
    this.#source = source;
    this.path = path;
    this.#value = value;
    this.#section = section;
    this.#unread = new Set(Object.keys(value));
  }

  /** Whether a field is there and says something: `null` does not. */
  has(field: string): boolean {
    return Object.hasOwn(this.#value, field) && this.#value[field] !== null;
  }

  /** The value of a field as it stands, for what is told apart by more than its type. */
  value(field: string): unknown {
    this.#unread.delete(field);
    return this.has(field) ? this.#value[field] : undefined;
  }

  /** The number in a field, undefined when it is absent. @throws TopologyError when it is none or out of range. */
  number(field: string, rule: NumberField): number | undefined {
    this.#unread.delete(field);
    return this.has(field) ? this.#section.optionalNumber(field, rule) : undefined;
  }

  /** The number in a field. @throws TopologyError when it is absent, none, or out of range. */
  required(field: string, rule: NumberField): number {
    this.#unread.delete(field);
    return this.#section.number(field, rule);
  }

  /** A number as the topology file will have it, with what was in the source for its comment. */
  imported(field: string, rule: NumberField & { default: number }, convert = (given: number) => given): Imported {
    const given = this.number(field, rule);
    const unit = rule.unit === "" ? "" : ` ${rule.unit}`;
    if (given === undefined)
      return { value: tidy(convert(rule.default)), from: `${field} not given: ${rule.default}${unit}` };
    return { value: tidy(convert(given)), from: `${field} ${given}${unit}` };
  }

  text(field: string, expected: string): string {
    this.#unread.delete(field);
    return this.#section.text(field, expected);
  }

  /** One of a few words. @throws TopologyError for another. */
  choice<Word extends string>(field: string, words: readonly Word[], fallback: Word): Word {
    this.#unread.delete(field);
    return this.has(field) ? this.#section.choice(field, words, fallback) : fallback;
  }

  /** The mapping in a field, an empty one when it is absent. */
  mapping(field: string): SourceMapping {
    this.#unread.delete(field);
    return this.#source.mapping([...this.path, field], this.has(field) ? this.#value[field] : {});
  }

  /** The mappings in a list, none when it is absent. @throws TopologyError when it is no list of mappings. */
  mappings(field: string): readonly SourceMapping[] {
    this.#unread.delete(field);
    if (!this.has(field)) return [];
    const items = this.#section.list(field, "give a list of mappings");
    return items.map((item, position) => this.#source.mapping([...this.path, field, position], item));
  }

  /** The mistake in a field of this mapping; empty means the mapping itself. */
  error(field: string, problem: string, expected: string): TopologyError {
    return this.#section.error(field, problem, expected);
  }

  /** Says of a field that it is carried over otherwise, or not at all. */
  warn(field: string, message: string): void {
    this.#unread.delete(field);
    this.#source.warn(field === "" ? this.path : [...this.path, field], message);
  }

  /** Counts fields as read that mean nothing to any network, such as the seed of a random generator. */
  ignore(...fields: readonly string[]): void {
    for (const field of fields) this.#unread.delete(field);
  }

  /** The names of all fields. */
  fields(): readonly string[] {
    return Object.keys(this.#value);
  }

  /** What was not asked for. */
  unread(): readonly (readonly [string, unknown])[] {
    return [...this.#unread].map((field) => [field, this.#value[field]] as const);
  }

  /** Counts everything as read, once it was reported. */
  readAll(): void {
    this.#unread.clear();
  }
}

/** Removes the last digits, which a change of units leaves behind. */
export function tidy(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : value;
}

function isGrouped(text: string): boolean {
  return /^[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?(e[-+]?\d+)?$/i.test(text);
}

function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return show(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
