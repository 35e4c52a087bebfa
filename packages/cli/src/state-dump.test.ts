import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";
import { modulus, phaseDegrees } from "./state-dump-phase.ts";

async function bellmesh(...words: string[]) {
  const [results, notes]: [string[], string[]] = [[], []];
  const code = await runCommand(commands, words, {
    result: (text) => results.push(text),
    note: (text) => notes.push(text),
  });
  return { code, out: results.join("\n"), notes: notes.join("\n") };
}

const line = ["--topology", "line:3", "--pairs", "20", "--seed", "3"];

describe("bellmesh state dump", () => {
  test("--json gives a density matrix and what it is worth, of the pair that a link pair ended up in", async () => {
    const { code, out } = await bellmesh("state", "dump", "n0-n1/1/7", ...line, "--json");
    expect(code).toBe(0);
    const state = JSON.parse(out);
    expect(state.halves.map(({ node, pair }: { node: string; pair: string }) => [node, pair])).toEqual([
      ["n0", "n0-n1/1/7"],
      ["n2", "n1-n2/1/7"],
    ]);
    expect(state.engine).toBe("pair");
    expect(state.fidelity).toBe(state.bellWeights[state.announced]);
    const weights: number[] = Object.values(state.bellWeights);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    const diagonal = state.rho.map((row: [number, number][], at: number) => row[at]?.[0]);
    expect(diagonal.reduce((sum: number, entry: number) => sum + entry, 0)).toBeCloseTo(1, 12);
  });

  test("draws |ρ| and its phases in the terminal and, where asked, into a file", async () => {
    const svg = join(tmpdir(), `bellmesh-state-${process.pid}.svg`);
    const { code, out } = await bellmesh("state", "dump", "n0-n1/1/7", ...line, "--svg", svg);
    expect(code).toBe(0);
    expect(out).toMatch(/^fidelity +0\.\d{9}$/m);
    expect(out).toMatch(/^\|01⟩ {2}· +██ 0\.4\d{3} +██ 0\.4\d{3} 180° ·$/m);
    const drawn = readFileSync(svg, "utf8");
    rmSync(svg);
    expect(drawn).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(drawn).toContain("180°");
  });

  test("--at looks at an instant before the swap", async () => {
    const { code, out } = await bellmesh("state", "dump", "n0-n1/1/7", ...line, "--at", "1080000000", "--json");
    expect(code).toBe(0);
    const state = JSON.parse(out);
    expect(state.halves.map(({ node }: { node: string }) => node)).toEqual(["n0", "n1"]);
    expect(state.fidelity).toBeGreaterThan(0.97);
  });

  test.each([
    ["a pair that is not delivered", "n0-n1/1/999", []],
    ["an instant at which the pair is not there", "n0-n1/1/7", ["--at", "5"]],
  ])("%s is exit code 1", async (_what, pair, words) => {
    const { code, out, notes } = await bellmesh("state", "dump", pair, ...line, ...words);
    expect([code, out]).toEqual([1, ""]);
    expect(notes).toMatch(/^bellmesh: n0-n1\/1\//);
  });

  test.each([
    ["no pair", [...line]],
    ["a name that is no pair's", ["alice", ...line]],
    ["a link the topology has not", ["n5-n6/1/1", ...line]],
    ["no topology", ["n0-n1/1/7"]],
    ["a drawing in a folder that is not there", ["n0-n1/1/7", ...line, "--svg", "/no/such/folder/state.svg"]],
    ["an instant that is none", ["n0-n1/1/7", ...line, "--at", "soon"]],
  ])("ends with exit code 2 for %s", async (_what, words) => {
    const { code, out } = await bellmesh("state", "dump", ...words);
    expect([code, out]).toEqual([2, ""]);
  });
});

test("a phase is the angle of the entry in the complex plane, in degrees", () => {
  for (const degrees of [0, 30, 90, 135, 180, -45, -120]) {
    const angle = (degrees * Math.PI) / 180;
    const entry = [0.3 * Math.cos(angle), 0.3 * Math.sin(angle)] as const;
    expect(modulus(entry)).toBeCloseTo(0.3, 12);
    expect(Math.abs(phaseDegrees(entry))).toBeCloseTo(Math.abs(degrees), 5);
    if (Math.abs(degrees) !== 180) expect(phaseDegrees(entry)).toBeCloseTo(degrees, 5);
  }
});
