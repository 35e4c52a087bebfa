import type { Json } from "./field-schemas.ts";
import { operations } from "./operations.ts";
import { programJsonSchema, stepSchema } from "./program-schema.ts";

/** The fields of every kind of step as Markdown tables, by the title of its schema; `defaults` has its own. */
export function fieldTables(): ReadonlyMap<string, string> {
  const { properties } = programJsonSchema() as { properties: Readonly<Record<string, Json>> };
  const tables = operations.map((operation) => {
    const schema = stepSchema(operation);
    return [schema.title as string, tableOf(schema, ["op", "as", "scheme"])] as const;
  });
  return new Map([...tables, ["defaults", tableOf(properties.defaults ?? {}, [])]]);
}

function tableOf(schema: Json, left: readonly string[]): string {
  const properties = schema.properties as Readonly<Record<string, Json>>;
  const required = (schema.required ?? []) as readonly string[];
  const alternatives = ((schema.oneOf ?? []) as readonly { required: readonly string[] }[]).map(
    (each) => each.required,
  );
  const rows = Object.entries(properties)
    .filter(([field]) => !left.includes(field))
    .map(([field, { description, default: standard, ...type }]) => {
      const needed = required.includes(field) ? "required" : standard === undefined ? "" : `${standard}`;
      return `| \`${field}\` | ${typeText(type)} | ${needed} | ${String(description)} |`;
    });
  const choice = alternatives.map((fields) => fields.map((field) => `\`${field}\``).join(" with ")).join(", ");
  return [
    "| field | type | default | meaning |",
    "| ----- | ---- | ------- | ------- |",
    ...rows,
    ...(choice === "" ? [] : ["", `Exactly one of ${choice}.`]),
  ].join("\n");
}

/** What a value may be, in a few words. */
function typeText(schema: Json): string {
  const { type, enum: words, anyOf, items, minItems, maxItems } = schema;
  if (Array.isArray(words)) return words.map((word) => `\`${word}\``).join(" ");
  if (Array.isArray(anyOf))
    return isComplex(anyOf) ? "complex" : anyOf.map((each) => typeText(each as Json)).join(", or ");
  if (type === "array") {
    const many =
      maxItems === undefined ? "" : minItems === maxItems ? ` of ${minItems}` : ` of ${minItems} to ${maxItems}`;
    return `list${many}: ${typeText((items ?? {}) as Json)}`;
  }
  if (type === "string") return "name";
  if (type === "number" || type === "integer")
    return `${type === "integer" ? "whole number" : "number"}${range(schema)}`;
  return String(type);
}

function isComplex(alternatives: readonly Json[]): boolean {
  return alternatives[0]?.type === "number";
}

function range({ minimum, maximum, exclusiveMinimum }: Json): string {
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}`;
  if (minimum === undefined) return "";
  return maximum === undefined ? ` ≥ ${minimum}` : `, ${minimum} to ${maximum}`;
}
