import type { NumberField, NumberFields } from "./schema.ts";

/** JSON, such as a part of a JSON Schema. */
export type Json = Readonly<Record<string, unknown>>;

/** A name that may stand in a bus subject. */
export const token = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", maxLength: 63 };

/** A mapping of these fields and no others; `order` must name them all, as the parser's list does. */
export function mapping(
  fields: Json,
  order: readonly string[] = Object.keys(fields),
  required?: readonly string[],
): Json {
  const properties = Object.fromEntries(order.map((field) => [field, fields[field]]));
  return { type: "object", additionalProperties: false, ...(required && { required }), properties };
}

/** Numbers of a table. */
export function numbers(fields: NumberFields): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, number(field)]));
}

/** What one number may be. */
export function number(field: NumberField): Json {
  const high = field.max === Number.MAX_VALUE ? {} : { [field.below ? "exclusiveMaximum" : "maximum"]: field.max };
  return {
    description: field.unit === "" ? field.meaning : `${field.meaning}, in ${field.unit}`,
    type: field.whole ? "integer" : "number",
    [field.above ? "exclusiveMinimum" : "minimum"]: field.min,
    ...high,
    ...(field.default !== undefined && { default: field.default }),
  };
}
