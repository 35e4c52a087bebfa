import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Evaluation } from "@bellmesh/physics";
import { Ajv } from "ajv";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

const examples = fileURLToPath(new URL("../../../examples/physics/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bellmesh-physics-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]) {
  const [results, notes]: [string[], string[]] = [[], []];
  const output = { result: (text: string) => results.push(text), note: (text: string) => notes.push(text) };
  const code = await runCommand(commands, ["physics", "eval", ...words], output);
  return { code, result: results.join("\n"), note: notes.join("\n") };
}

describe("bellmesh physics eval", () => {
  test.each(readdirSync(examples))("evaluates examples/physics/%s, for people and for scripts", async (file) => {
    const forPeople = await run(join(examples, file));
    expect(forPeople).toMatchObject({ code: 0, note: "" });
    expect(forPeople.result).toMatch(/^.+\n\nsuccess probability [\d.]+ over \d+ histor/);
    const forScripts = await run(join(examples, file), "--json");
    expect(forScripts.result).not.toContain("\n");
    const evaluation = JSON.parse(forScripts.result) as Evaluation;
    for (const { branches } of evaluation.reports) {
      expect(branches.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
    for (const { outcomes } of evaluation.steps.filter((step) => step.outcomes.length > 0)) {
      expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
  });

  test("says in a table what comes of a swap", async () => {
    const { result } = await run(join(examples, "swap.json"));
    expect(result.split("\n")).toEqual(
      expect.arrayContaining([
        "success probability 1 over 4 histories",
        "swap1: swap, step 2",
        "  outcome  probability",
        "  phi+      0.22800625",
        "alice-bob (alice, bob): 2 qubits, fidelity with phi+",
        expect.stringMatching(
          /^ {2}history +probability +fidelity +phi\+ +psi\+ +phi- +psi- +\|00⟩ +\|01⟩ +\|10⟩ +\|11⟩$/,
        ),
        expect.stringMatching(/^ {2}average +1 +0\.85002019 +0\.85002019 /),
        expect.stringMatching(/^ {2}⟨00\|ρ\|11⟩ {2}0\.39627819$/),
      ]),
    );
  });

  test("lists the largest populations of many qubits below the table", async () => {
    const file = join(folder, "ghz.json");
    writeFileSync(file, JSON.stringify({ steps: [{ op: "state", qubits: ["a", "b", "c", "d"], state: "ghz" }] }));
    const { result } = await run(file);
    expect(result.split("\n").map((line) => line.trim())).toEqual(
      expect.arrayContaining(["history  probability  fidelity  purity", "|1111⟩  0.5", "⟨0000|ρ|1111⟩  0.5"]),
    );
  });

  test("reads standard input as -", () => {
    const launcher = fileURLToPath(new URL("../bin/bellmesh.mjs", import.meta.url));
    const input = JSON.stringify({ steps: [{ op: "state", qubits: ["a", "b"], wernerFidelity: 0.9 }] });
    const { stdout, status } = spawnSync(process.execPath, [launcher, "physics", "eval", "-", "--json"], {
      input,
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Evaluation).reports[0]?.average.fidelity).toBeCloseTo(0.9, 12);
    const wrong = spawnSync(process.execPath, [launcher, "physics", "eval", "-"], { input: "{", encoding: "utf8" });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/^bellmesh: standard input: it is not JSON/);
  });

  test("prints its schema, which is one", async () => {
    const { code, result } = await run("--schema");
    expect(code).toBe(0);
    new Ajv({ strict: false }).compile(JSON.parse(result) as object);
    expect(JSON.parse((await run("--schema", "--json")).result)).toEqual(JSON.parse(result));
  });

  test("refuses bad programs with exit code 2, in words and as data", async () => {
    const file = join(folder, "bad.json");
    writeFileSync(file, JSON.stringify({ steps: [{ op: "state", qubits: ["a"], state: "0", depolarising: 1.5 }] }));
    const { code, result, note } = await run(file, "--json");
    expect(code).toBe(2);
    expect(note).toBe(
      `bellmesh: ${file}: steps[0].depolarising: 1.5 is out of range; it must be at least 0 and at most 1: ` +
        "that each qubit is replaced by the maximally mixed state, as by a bad initialisation",
    );
    expect(JSON.parse(result)).toMatchObject({ error: { kind: "program", file, path: "steps[0].depolarising" } });
  });

  test.each([
    [[], /no program is given; name a JSON file, or - for standard input/],
    [["nowhere.json"], /nowhere.json: there is no such file/],
    [["x.json", "--schema"], /--schema evaluates no file/],
  ])("refuses %j", async (words, message) => {
    const { code, note } = await run(...words);
    expect(code).toBe(2);
    expect(note).toMatch(message);
  });
});
