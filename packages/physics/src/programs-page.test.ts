import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { fieldTables } from "./field-table.ts";
import { operations } from "./operations.ts";
import { parseProgram } from "./parse-program.ts";
import { programJsonSchema } from "./program-schema.ts";

const page = readFileSync(new URL("../../../docs/physics-programs.md", import.meta.url), "utf8");
const examples = new URL("../../../examples/physics/", import.meta.url);
const blocks = Array.from(
  page.matchAll(/```json\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g),
  ([, program, stated]) => ({
    program: program as string,
    stated: (stated ?? "").split("\n").filter((line) => line !== ""),
  }),
);

/** The entry of a record at `reports[0].average.coherences["00,11"][0]`. */
function at(record: unknown, path: string): unknown {
  const parts = Array.from(path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|\.?([A-Za-z0-9+-]+)/g), (match) =>
    match.slice(1).join(""),
  );
  return parts.reduce<unknown>((inner, part) => (inner as Record<string, unknown>)[part], record);
}

describe("docs/physics-programs.md", () => {
  test.each(blocks)("states what comes of $program", ({ program, stated }) => {
    const evaluation = evaluate(parseProgram(program, "the page"));
    for (const line of stated) {
      const [path = "", printed = ""] = line.split(" = ");
      const decimals = /e-?\d+$/.test(printed) ? 15 : (printed.split(".")[1] ?? "").length;
      const tolerance = Math.max(0.5000001 * 10 ** -decimals, 1e-12);
      expect(Math.abs((at(evaluation, path) as number) - Number(printed)), line).toBeLessThanOrEqual(tolerance);
    }
  });

  test.each([...fieldTables()])("has the fields of %s", (title, table) => {
    expect(page, title).toContain(table);
  });

  test("has an example with figures for every kind of step", () => {
    const steps = blocks
      .filter(({ stated }) => stated.length > 0)
      .flatMap(({ program }) => (JSON.parse(program) as { steps: { op: string; scheme?: string }[] }).steps);
    for (const { name, scheme } of operations) {
      expect(
        steps.some((step) => step.op === name && step.scheme === scheme),
        `${name} ${scheme ?? ""}`,
      ).toBe(true);
    }
  });
});

describe("the JSON Schema", () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(programJsonSchema());
  const programs = readdirSync(examples).map((file) => readFileSync(new URL(file, examples), "utf8"));

  test.each([...blocks.map(({ program }) => program), ...programs])("accepts %s", (program) => {
    validate(JSON.parse(program));
    expect(validate.errors).toBeNull();
  });

  test("refuses what no operation has", () => {
    const steps = [{ op: "state", qubits: ["a"], state: "0", p01: 0.1 }];
    expect(validate({ steps })).toBe(false);
  });
});
