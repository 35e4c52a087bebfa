/** A table of fields, as YAML and JSON have it. */
export type Data = Readonly<Record<string, unknown>>;

/** Whether a value is such a table. */
export function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
