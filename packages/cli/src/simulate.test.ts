import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

async function bellmesh(...words: string[]) {
  const [results, notes]: [string[], string[]] = [[], []];
  const code = await runCommand(commands, words, {
    result: (text) => results.push(text),
    note: (text) => notes.push(text),
  });
  return { code, out: results.join("\n"), notes: notes.join("\n") };
}

const example = fileURLToPath(new URL("../../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));
const failingHardware = fileURLToPath(new URL("../../../examples/faults/failing-hardware.yaml", import.meta.url));

describe("bellmesh simulate", () => {
  test("--json gives one object with the fields scripts rely on", async () => {
    const words = ["--topology", example, "--from", "alice", "--to", "bob", "--pairs", "20", "--seed", "3", "--json"];
    const { code, out } = await bellmesh("simulate", ...words);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual([
      "world",
      "seed",
      "requested",
      "delivered",
      "failed",
      "fidelity",
      "feedforward",
      "clocks",
      "virtualNs",
      "wallMs",
      "events",
      "ledger",
    ]);
    expect(report).toMatchObject({ world: "simulation", seed: 3, requested: 20, delivered: 20, failed: {} });
    expect(Object.keys(report.fidelity)).toEqual(["true", "claimed", "predicted"]);
    expect(Object.keys(report.feedforward)).toEqual(["p50Us", "p99Us", "missed"]);
    expect(Object.keys(report.ledger)).toEqual(["events", "sha256", "violations", "unknown", "excused"]);
    expect(report.ledger).toMatchObject({ unknown: [], excused: [] });
    expect(report.ledger.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(report.ledger.violations).toBe(0);
    for (const fidelity of Object.values(report.fidelity)) expect(fidelity).toBeGreaterThan(0.8);
  });

  test("--encode carries every message as bytes, and the ledger is the same", async () => {
    const words = ["--topology", example, "--pairs", "20", "--seed", "3", "--json"];
    const [handed, encoded] = [await bellmesh("simulate", ...words), await bellmesh("simulate", ...words, "--encode")];
    expect(encoded.code).toBe(0);
    expect(JSON.parse(encoded.out).ledger).toEqual(JSON.parse(handed.out).ledger);
  });

  test("prints a table people can read", async () => {
    const { code, out } = await bellmesh("simulate", "--topology", example, "--pairs", "5");
    expect(code).toBe(0);
    for (const row of ["pairs asked", "pairs delivered", "pairs failed", "fidelity, true", "feedforward missed"]) {
      expect(out).toContain(row);
    }
    expect(out).toMatch(/no violation \(\d+ referees\)/);
  });

  test("a rule that faults alone kept from being judged is told, and is no failure", async () => {
    const words = ["--topology", example, "--pairs", "150", "--seed", "5", "--faults", failingHardware];
    const { code, out, notes } = await bellmesh("simulate", ...words);
    expect(code).toBe(0);
    expect(out).toMatch(/^ledger +.* events, no violation; kept by faults from being judged: ground-truth$/m);
    expect(out).toMatch(/^faults +7 began$/m);
    expect(notes).toMatch(/^bellmesh: under faults claims may be untrue, .* not judged: ground-truth unknown$/m);
    const json = await bellmesh("simulate", ...words, "--json");
    expect(json.code).toBe(0);
    const { ledger, faults } = JSON.parse(json.out);
    expect(ledger).toMatchObject({ violations: 0, unknown: ["ground-truth"], excused: ["ground-truth"] });
    expect(faults).toEqual({ began: 7, notBegun: 0 });
  });

  test("faults that were to begin after the end are told", async () => {
    const file = join(tmpdir(), `bellmesh-late-faults-${process.pid}.yaml`);
    writeFileSync(file, "faults:\n  - { at: 2000 s, for: 1 s, kind: fibre-cut, target: { link: n0-n1 } }\n");
    const words = ["--topology", "line:2", "--pairs", "5", "--faults", file];
    const text = await bellmesh("simulate", ...words);
    const json = await bellmesh("simulate", ...words, "--json");
    rmSync(file);
    expect([text.code, json.code]).toEqual([0, 0]);
    expect(text.out).toMatch(/^faults +0 began, 1 did not$/m);
    expect(text.notes).toMatch(/^bellmesh: 1 fault was to begin later than the run's end at \d+\.\d{3} s$/m);
    expect(JSON.parse(json.out).faults).toEqual({ began: 0, notBegun: 1 });
  });

  test("--tomography measures so many pairs and shows their fidelity with its error", async () => {
    const { code, out } = await bellmesh("simulate", "--topology", "line:2", "--tomography", "180", "--json");
    expect(code).toBe(0);
    const { requested, tomography } = JSON.parse(out);
    expect([requested, tomography.shots, tomography.settings.length]).toEqual([180, 180, 9]);
    const { out: text } = await bellmesh("simulate", "--topology", "line:2", "--tomography", "180");
    expect(text).toMatch(/^fidelity, tomography +[01]\.\d{4} ± 0\.\d{4} from 180 pairs in 9 settings; /m);
  });

  test("takes the first and the last node, 100 pairs and seed 1 where nothing else is said", async () => {
    const { out } = await bellmesh("simulate", "--topology", "line:3", "--json");
    expect(JSON.parse(out)).toMatchObject({ seed: 1, requested: 100, delivered: 100 });
  });

  test.each([
    ["zero pairs", ["--pairs", "0"], "no_pairs"],
    ["a fidelity no path can give", ["--min-fidelity", "0.999"], "unsupp"],
    ["a fidelity that is not entanglement", ["--min-fidelity", "0.5"], "not_entangled"],
    ["a fidelity above 1", ["--min-fidelity", "1.5"], "bad_fidelity"],
    ["a negative fidelity", ["--min-fidelity", "-1"], "bad_fidelity"],
    ["the node itself", ["--to", "n0"], "self"],
  ])("refuses %s at once, with a reason and exit code 1", async (_what, words, reason) => {
    const { code, out, notes } = await bellmesh("simulate", "--topology", "line:3", ...words, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out).refusal.reason).toBe(reason);
    expect(notes).toContain("refused");
  });

  test("fewer pairs than asked within the time given is exit code 1, with the reason", async () => {
    const words = ["--topology", "line:3", "--pairs", "5000", "--max-time", "1500", "--json"];
    const { code, out } = await bellmesh("simulate", ...words);
    const report = JSON.parse(out);
    expect(code).toBe(1);
    expect(report.delivered).toBeGreaterThan(0);
    expect(report.failed).toEqual({ timeout: 5000 - report.delivered });
    expect(report.ledger.violations).toBe(0);
  });

  test.each([
    ["no topology", []],
    ["an unknown node", ["--topology", "line:3", "--to", "bob"]],
    ["a negative number of pairs", ["--topology", "line:3", "--pairs", "-1"]],
    ["tomography of too few pairs", ["--topology", "line:3", "--tomography", "17"]],
    ["pairs said twice", ["--topology", "line:3", "--tomography", "18", "--pairs", "18"]],
    ["a fidelity that is no number", ["--topology", "line:3", "--min-fidelity", "high"]],
    ["an unknown miss policy", ["--topology", "line:3", "--miss-policy", "pray"]],
    ["an unknown Bell state", ["--topology", "line:3", "--final-state", "ghz"]],
    ["a ledger in a folder that is not there", ["--topology", "line:3", "--ledger", "/no/such/folder/ledger"]],
    ["a ledger that is a folder", ["--topology", "line:3", "--ledger", tmpdir()]],
    ["a file that is not there", ["--topology", "no-such-file.yaml"]],
  ])("ends with exit code 2 for %s", async (_what, words) => {
    const { code, out, notes } = await bellmesh("simulate", ...words);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(notes).toMatch(/^bellmesh: /);
  });

  test("a final state is what both ends report of every pair", async () => {
    const ledger = join(tmpdir(), `bellmesh-final-state-${process.pid}.ledger`);
    const words = ["--topology", "line:3", "--pairs", "30", "--final-state", "phi+", "--ledger", ledger, "--json"];
    const { code, out } = await bellmesh("simulate", ...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ delivered: 30, ledger: { violations: 0 } });
    expect(readFileSync(ledger).length).toBeGreaterThan(1000);
    rmSync(ledger);
  });
});
