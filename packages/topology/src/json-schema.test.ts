import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { topologyJsonSchema } from "./json-schema.ts";
import * as linkSchema from "./link-schema.ts";
import * as schema from "./schema.ts";

const examples = new URL("../../../examples/topologies/", import.meta.url);

describe("topology.schema.json", () => {
  test("is what the parser's tables say; the README says how to write it anew", () => {
    const committed: unknown = JSON.parse(readFileSync(new URL("../topology.schema.json", import.meta.url), "utf8"));
    expect(committed).toEqual(topologyJsonSchema());
  });

  test.each(readdirSync(examples))("accepts %s", (file) => {
    // JSON Schema has no infinity, which YAML writes as .inf; a large number stands in for it.
    const text = readFileSync(new URL(file, examples), "utf8").replaceAll(".inf", "1e300");
    const validate = new Ajv({ allErrors: true }).compile(topologyJsonSchema());
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  test("refuses both lengthKm and armsKm", () => {
    const validate = new Ajv().compile(topologyJsonSchema());
    const link = { between: ["a", "b"], lengthKm: 1, armsKm: [1, 1] };
    expect(validate({ name: "x", nodes: [{ name: "a" }, { name: "b" }], links: [link] })).toBe(false);
  });
});

test("the README's tables have a row for every field, with its unit and default", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").map((line) =>
    line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim()),
  );
  const notTables: unknown[] = [schema.clockPresets, linkSchema.schemeFields, linkSchema.schemeOptions];
  notTables.push(linkSchema.schemeWords, linkSchema.schemeWordFields);
  const tables = [...Object.values(schema), ...Object.values(linkSchema)].filter(
    (value) => typeof value === "object" && !notTables.includes(value),
  );
  for (const [name, field] of tables.flatMap((fields) => Object.entries(fields as schema.NumberFields))) {
    const [, unit, fallback] = rows.find(([first]) => first === `\`${name}\``) ?? [];
    expect(unit, name).toBe(field.unit === "" ? "–" : field.unit);
    if (!(name in schema.clockFields)) expect(fallback, name).toMatch(defaultCell(name, field));
  }
});

const mayBeAbsent = {
  ...linkSchema.optionalFields,
  ...linkSchema.pauseFields,
  ...linkSchema.optionalFibreWayFields,
  ...linkSchema.optionalBeamFields,
  ...linkSchema.optionalWeatherFields,
  ...linkSchema.wayFields,
  ...linkSchema.elevationField,
};

function defaultCell(name: string, field: schema.NumberField): string | RegExp {
  if (field.default !== undefined) return new RegExp(`^${field.default}$`);
  return name === "cutoffMs" || name in mayBeAbsent ? "none" : "required";
}
