import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { topologyShow } from "./topology-show.ts";
import { topologyValidate } from "./topology-validate.ts";

const commands = [topologyValidate, topologyShow];

/** Runs a command line and keeps what it writes. */
async function run(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const output = { result: (text: string) => out.push(text), note: (text: string) => err.push(text) };
  const code = await runCommand(commands, words, output);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bellmesh-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const good = `name: pair
defaults:
  memory: { t1S: 10, t2S: 1 }
  gates: { twoQubitDepolarising: 0.01 }
  readout: { p01: 0.01, p10: 0.01 }
  heralding: { emissionEfficiency: 0.2, darkCountProbability: 0, visibility: 0.9, periodNs: 100000 }
nodes: [{ name: alice }, { name: bob }]
links: [{ between: [alice, bob], lengthKm: 10 }]
`;

function file(text: string): string {
  const path = join(folder, "net.yaml");
  writeFileSync(path, text);
  return path;
}

describe("topology validate", () => {
  test("says that a good file is valid", async () => {
    const path = file(good);
    expect(await run("topology", "validate", path)).toEqual({
      code: 0,
      out: `${path}: valid; pair has 2 nodes and 1 link`,
      err: "",
    });
    const json = await run("topology", "validate", "--topology", path, "--json");
    expect(JSON.parse(json.out)).toEqual({ valid: true, file: path, name: "pair", nodes: 2, links: 1 });
  });

  test.each([
    ["an unknown node", "[alice, bob]", "[alice, bop]", 8, "links[0].between[1]", "did you mean bob?"],
    ["a self-link", "[alice, bob]", "[bob, bob]", 8, "links[0].between", "give two different nodes"],
    ["a negative length", "lengthKm: 10", "lengthKm: -1", 8, "links[0].lengthKm", "a number of km above 0"],
    ["T2 above 2·T1", "t2S: 1", "t2S: 21", 3, "defaults.memory.t2S", "at most 2·T1"],
    ["a duplicate name", "name: bob", "name: alice", 7, "nodes[1].name", "its own name"],
    ["a missing field", ", lengthKm: 10", "", 8, "links[0].lengthKm", "give it as"],
    ["an unknown field", "lengthKm", "length", 8, "links[0].length", "did you mean lengthKm?"],
    ["broken syntax", "name: alice }", "name: alice", 7, "nodes", "correct the syntax"],
  ])("%s exits 2 with one error naming file, path and remedy", async (_, from, to, line, path, remedy) => {
    const source = file(good.replace(from, to));
    const { code, out, err } = await run("topology", "validate", source);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err.split("\n")).toHaveLength(1);
    expect(err).toContain(`bellmesh: ${source}:${line}: ${path}`);
    expect(err).toContain(remedy);
    const json = await run("topology", "validate", source, "--json");
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out).error).toMatchObject({ kind: "topology", file: source, line });
    expect(JSON.parse(json.out).error.path).toContain(path);
  });
});

describe("topology show", () => {
  test("draws a chain with its stations, and predicts its path", async () => {
    const { code, out } = await run("topology", "show", "line:3");
    expect(code).toBe(0);
    expect(out).toContain("  n0 ───◇─── n1 ───◇─── n2\n      10 km      10 km");
    expect(out).toMatch(/n0-n1 +10 km +100 µs +0\.01 +100 +0\.9950/);
    expect(out).toMatch(/n0 - n2 +0\.93\d\d +88\.98 +2 +100 µs +n1/);
  });

  test("draws anything else as a tree that closes its loops", async () => {
    const { out } = await run("topology", "show", "grid:2x3");
    expect(out).toContain("n0-1\n  ├─◇─ 10 km ── n0-0\n  │    └─◇─ 10 km ── n1-0");
    expect(out.match(/↺/g)).toHaveLength(2);
    expect((await run("topology", "show", "ring:4")).out).toContain("n3 ───◇─── n0 (again)");
    expect((await run("topology", "show", "star:4")).out).toContain("n0\n  ├─◇─ 10 km ── n1\n  ├─◇─ 10 km ── n2\n  └");
  });

  test("wraps a long chain", async () => {
    const { out } = await run("topology", "show", "line:100");
    for (const line of out.split("\n")) expect([...line].length).toBeLessThan(110);
  });

  test("gives the same as data", async () => {
    const { out, code } = await run("topology", "show", "line:4", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ name: "line-4", cutoffMs: null, pathsOmitted: 0 });
    expect(report.nodes[1]).toMatchObject({ name: "n1", links: ["n0-n1", "n1-n2"] });
    expect(report.links[0]).toMatchObject({ name: "n0-n1", lengthKm: 10, periodNs: 100_000 });
    expect(report.paths).toMatchObject([
      { from: "n0", to: "n3", reachable: true, nodes: ["n0", "n1", "n2", "n3"], delayNs: 150_000 },
    ]);
  });

  test("takes the paths that are asked for", async () => {
    const one = JSON.parse((await run("topology", "show", "ring:6", "--from", "n0", "--to", "n3", "--json")).out);
    expect(one.paths).toHaveLength(1);
    const from = JSON.parse((await run("topology", "show", "line:5", "--from", "n2", "--json")).out);
    expect(from.paths.map((path: { to: string }) => path.to)).toEqual(["n0", "n4"]);
    const few = JSON.parse((await run("topology", "show", "ring:6", "--paths", "2", "--json")).out);
    expect(few).toMatchObject({ paths: { length: 2 }, pathsOmitted: 13 });
  });

  test("says where there is no path", async () => {
    const source = file(good.replace("[{ name: alice }", "[{ name: carol }, { name: alice }"));
    expect((await run("topology", "show", source, "--from", "alice", "--to", "carol")).out).toContain("no path");
  });
});

describe("a command line that is wrong exits 2 and says what would be right:", () => {
  test.each([
    [["topolgy"], /unknown command "topolgy" of bellmesh; did you mean bellmesh topology\?/],
    [["show"], /did you mean bellmesh topology show\?/],
    [["topology", "validat"], /did you mean bellmesh topology validate\?/],
    [["topology", "frobnicate"], /see bellmesh topology --help/],
    [["--frobnicate"], /unknown option --frobnicate of bellmesh/],
    [["topology", "show", "line:3", "--jsno"], /unknown option --jsno .*did you mean --json\?/],
    [["topology", "show", "line:3", "-x"], /unknown option -x/],
    [["topology", "show", "line:3", "--from"], /--from needs a value; write --from NODE/],
    [["topology", "show", "line:3", "--from", "--to"], /--from needs a value/],
    [["topology", "show", "line:3", "--from="], /--from needs a value/],
    [["topology", "show", "line:3", "--json=yes"], /--json takes no value/],
    [["topology", "show", "line:3", "--from", "n0", "--from", "n1"], /--from is given twice/],
    [["topology", "show", "line:3", "--from", "n9"], /--from "n9" is not a node of line-3; /],
    [["topology", "show", "line:3", "--paths", "many"], /--paths "many" is not a whole number/],
    [["topology", "show"], /no topology is given/],
    [["topology", "show", "line:3", "line:4"], /unexpected argument "line:4"/],
    [["topology", "show", "line:3", "--topology", "line:4"], /given twice/],
    [["topology", "show", "lin:3"], /no such preset; did you mean line:3\?/],
    [["topology", "show", "nowhere.yaml"], /nowhere\.yaml: there is no such file/],
  ])("%j", async (words, message) => {
    const { code, out, err } = await run(...words);
    expect(err).toMatch(message);
    expect(err.split("\n")).toHaveLength(1);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("with --json the error is an object too", async () => {
    const { out, err } = await run("topology", "show", "--json");
    expect(JSON.parse(out)).toMatchObject({ error: { kind: "usage", message: expect.stringMatching(/^no topology/) } });
    expect(err).toMatch(/no topology/);
  });
});

describe("help", () => {
  test.each([
    [["--help"], /Usage: bellmesh <command>[\s\S]*topology validate {2}check a topology file/],
    [["-h"], /Usage: bellmesh <command>/],
    [["help", "topology", "show"], /Usage: bellmesh topology show \[TOPOLOGY\]/],
    [["topology", "--help"], /Usage: bellmesh topology <command>/],
    [["topology", "show", "--help"], /--from NODE[\s\S]*--json[\s\S]*Examples:/],
    [["topology", "validate", "-h"], /Usage: bellmesh topology validate/],
    [["--version"], /^\d+\.\d+\.\d+$/],
  ])("%j is on standard output", async (words, text) => {
    const { code, out, err } = await run(...words);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(text);
  });

  test("without a command it is an error's text", async () => {
    expect(await run()).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/^Usage: bellmesh/) });
    expect(await run("topology")).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/^Usage: bellmesh topology/),
    });
  });
});
