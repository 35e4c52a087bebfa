import { FaultError, type FaultScope, readFault } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { BundleError } from "./bundle-error.ts";

/** One object of a bundle, read field by field; every mistake is told with its path. */
export class Section {
  readonly #file: string;
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new BundleError(file, path, `${JSON.stringify(value)?.slice(0, 40)} is no object`, "give an object");
    }
    this.#fields = value as Record<string, unknown>;
  }

  error(field: string, expected: string): BundleError {
    const found = field in this.#fields ? JSON.stringify(this.#fields[field]).slice(0, 60) : "nothing";
    return new BundleError(this.#file, this.#pathOf(field), `${found} stands there`, expected);
  }

  /** @param field of this section; empty for the section as a whole */
  wrong(field: string, problem: string, expected: string): BundleError {
    return new BundleError(this.#file, field === "" ? this.#path : this.#pathOf(field), problem, expected);
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined;
  }

  /** Whether a field holds just this. */
  is(field: string, value: string): boolean {
    return this.#fields[field] === value;
  }

  text(field: string): string {
    const value = this.#fields[field];
    if (typeof value !== "string") throw this.error(field, "give a text");
    return value;
  }

  choice<T extends string>(field: string, choices: readonly T[]): T {
    const value = this.text(field);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.error(field, `give one of ${choices.join(", ")}`);
    return choice;
  }

  /** A whole number that is not negative. */
  whole(field: string): number {
    const value = this.#fields[field];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw this.error(field, "give a whole number of at least 0");
    }
    return value;
  }

  /** A number, or null. */
  numberOrNull(field: string): number | null {
    const value = this.#fields[field];
    if (value !== null && !(typeof value === "number" && Number.isFinite(value))) {
      throw this.error(field, "give a number, or null");
    }
    return value;
  }

  optionalFlag(field: string): boolean {
    const value = this.#fields[field] ?? false;
    if (typeof value !== "boolean") throw this.error(field, "give true or false");
    return value;
  }

  section(field: string): Section {
    if (!(field in this.#fields)) throw this.error(field, "give an object");
    return new Section(this.#file, this.#pathOf(field), this.#fields[field]);
  }

  texts(field: string): readonly string[] {
    return this.#list(field).map((value) => {
      if (typeof value !== "string") throw this.error(field, "give a list of texts");
      return value;
    });
  }

  sections(field: string): readonly Section[] {
    return this.#list(field).map((value, index) => new Section(this.#file, `${this.#pathOf(field)}[${index}]`, value));
  }

  list(field: string): readonly unknown[] {
    return this.#list(field);
  }

  /** A fault schedule of a network. */
  faults(field: string, scope: FaultScope): readonly FaultEntry[] {
    return this.#list(field).map((value, index) => {
      try {
        return readFault(value, scope);
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        const path = [`${this.#pathOf(field)}[${index}]`, ...error.path].join(".");
        throw new BundleError(this.#file, path, error.problem, error.expected);
      }
    });
  }

  #list(field: string): readonly unknown[] {
    const value = this.#fields[field];
    if (!Array.isArray(value)) throw this.error(field, "give a list");
    return value;
  }

  #pathOf(field: string): string {
    return this.#path === "" ? field : `${this.#path}.${field}`;
  }
}
