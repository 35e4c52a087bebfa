import type { ErrorObject } from "ajv";
import type { Json } from "./field-schemas.ts";

/** Where in the value something is wrong, what it is, and what would be right. */
export interface Expectation {
  /** Such as `.qubits[1]`; empty for the value itself. */
  readonly place: string;
  readonly problem: string;
  readonly expected: string;
}

/** An error of the schema's in words; it must come from a verbose validator. */
export function expectation(error: ErrorObject): Expectation {
  const place = placeOf(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Json;
  const meaning = typeof schema.description === "string" ? `: ${schema.description}` : "";
  const params = error.params as Readonly<Record<string, unknown>>;
  const shown = shortened(error.data);
  switch (error.keyword) {
    case "required": {
      const field = params.missingProperty as string;
      return {
        place: `${place}.${field}`,
        problem: "it is missing",
        expected: `give ${field}${ofField(schema, field)}`,
      };
    }
    case "additionalProperties": {
      const known = Object.keys((schema.properties ?? {}) as Json).join(", ");
      return {
        place: `${place}.${params.additionalProperty as string}`,
        problem: "there is no such field here",
        expected: `the fields are ${known}`,
      };
    }
    case "enum":
      return { place, problem: `${shown} is not known here`, expected: `use one of ${list(schema.enum)}${meaning}` };
    case "const":
      return { place, problem: `${shown} is not right`, expected: `write ${shortened(schema.const)}` };
    case "type":
      return {
        place,
        problem: `${shown} is not ${article(schema.type)}`,
        expected: `give ${article(schema.type)}${meaning}`,
      };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { place, problem: `${shown} is out of range`, expected: `it must be ${range(schema)}${meaning}` };
    case "minItems":
    case "maxItems":
      return {
        place,
        problem: `it has ${(error.data as unknown[]).length} entries`,
        expected: `give ${items(schema)}${meaning}`,
      };
    case "oneOf":
      return {
        place,
        problem: `it gives ${given(schema, error.data)}`,
        expected: `give exactly one of ${choices(schema)}`,
      };
    case "pattern":
    case "maxLength":
      return {
        place,
        problem: `${shown} is no name`,
        expected: "a name is a letter, then up to 62 letters, digits, dots, hyphens or underscores",
      };
    default:
      return { place, problem: `${shown} is not right`, expected: `give what the schema says${meaning}` };
  }
}

/** `/steps/2/tS` as `.steps[2].tS`. */
function placeOf(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join("");
}

function shortened(value: unknown): string {
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function ofField(schema: Json, field: string): string {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json | undefined>>;
  const description = properties[field]?.description;
  return typeof description === "string" ? `: ${description}` : "";
}

function list(words: unknown): string {
  return (words as readonly unknown[]).join(", ");
}

function article(type: unknown): string {
  const word = String(type);
  if (word === "array") return "a list";
  return `${/^[aeio]/.test(word) ? "an" : "a"} ${word}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Json): string {
  const low =
    minimum !== undefined ? `at least ${minimum}` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : "";
  const high =
    maximum !== undefined ? `at most ${maximum}` : exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : "";
  return [low, high].filter((bound) => bound !== "").join(" and ");
}

function items({ minItems, maxItems }: Json): string {
  if (minItems === maxItems) return `${minItems}`;
  if (maxItems === undefined) return `at least ${minItems}`;
  return `${minItems ?? 0} to ${maxItems}`;
}

/** The sets of fields of which one is wanted. */
function sets(schema: Json): readonly (readonly string[])[] {
  return ((schema.oneOf ?? []) as readonly { required?: readonly string[] }[]).map(({ required }) => required ?? []);
}

function choices(schema: Json): string {
  return sets(schema)
    .map((fields) => fields.join(" with "))
    .join(", ");
}

function given(schema: Json, value: unknown): string {
  const fields = [...new Set(sets(schema).flat())].filter((field) => Object.hasOwn(value as object, field));
  return fields.length === 0 ? "none of what it needs" : fields.join(" and ");
}
