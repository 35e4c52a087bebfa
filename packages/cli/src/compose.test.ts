import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compose } from "./compose.ts";
import { runCommand } from "./run-command.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-compose-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function bellmesh(...words: string[]) {
  const results: string[] = [];
  const notes: string[] = [];
  const code = await runCommand([compose], ["compose", ...words], {
    result: (text) => results.push(text),
    note: (text) => notes.push(text),
  });
  return { code, out: results.join("\n"), notes: notes.join("\n") };
}

describe("bellmesh compose", () => {
  test("writes the file to standard output", async () => {
    const { code, out } = await bellmesh("--topology", "line:3");
    expect(code).toBe(0);
    expect(out).toMatch(/^# A mesh in containers/);
    expect(out).toContain("`bellmesh compose --topology line:3`");
  });

  test("--output writes it there, and secret passwords beside it that nobody else may read", async () => {
    const file = join(directory, "docker-compose.yml");
    const { code, out } = await bellmesh("--topology", "line:3", "--per-node", "--output", file);
    expect(code).toBe(0);
    expect(out).toMatch(/n2 +127\.0\.0\.1:50053 +BELLMESH_PORT_N2 moves it/);
    expect(readFileSync(file, "utf8")).toContain("BELLMESH_NODE: n1");
    const lines = readFileSync(join(directory, ".env"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(1 + 2 + 3 + 1);
    for (const line of lines) expect(line).toMatch(/^BELLMESH_BUS_PASSWORD_[A-Z0-9_]+=[0-9a-f]{32}$/);
    expect(new Set(lines.map((line) => line.split("=")[1])).size).toBe(lines.length);
    expect(statSync(join(directory, ".env")).mode & 0o077).toBe(0);
  });

  test("passwords that are there already stay, and so does all else in their file", async () => {
    writeFileSync(join(directory, ".env"), "COLOUR=blue\nBELLMESH_BUS_PASSWORD_N1=mine");
    await bellmesh("--topology", "line:3", "--output", join(directory, "docker-compose.yml"));
    const text = readFileSync(join(directory, ".env"), "utf8");
    expect(text).toMatch(/^COLOUR=blue\nBELLMESH_BUS_PASSWORD_N1=mine\nBELLMESH_BUS_PASSWORD_/);
    await bellmesh("--topology", "line:3", "--output", join(directory, "docker-compose.yml"));
    expect(readFileSync(join(directory, ".env"), "utf8")).toBe(text);
  });

  test("--json says which containers there will be, and where nodes are reached", async () => {
    const { out } = await bellmesh("--topology", "line:3", "--per-node", "--json");
    const report = JSON.parse(out);
    expect(report.containers).toEqual(["nature", "n0-n1", "n1-n2", "n0", "n1", "n2", "collector"]);
    expect(report.nodes[1]).toEqual({ node: "n1", address: "127.0.0.1:50052" });
    expect(report.compose).toContain("services:");
  });

  test.each([
    ["no topology", []],
    ["no such file", ["--topology", "lab.yaml"]],
  ])("ends with exit code 2 for %s", async (_what, words) => {
    const { code, out, notes } = await bellmesh(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(notes).toMatch(/^bellmesh: /);
  });

  test("a place where nothing can be written is exit code 1, and is named", async () => {
    const { code, notes } = await bellmesh("--topology", "line:3", "--output", join(directory, "none", "file.yml"));
    expect(code).toBe(1);
    expect(notes).toContain(join(directory, "none", "file.yml"));
  });
});
