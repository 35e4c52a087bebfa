import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTopology } from "@bellmesh/topology";
import { afterAll, describe, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { runCommand } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "bellmesh-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const squidasm = `
stacks:
  - {name: Alice, qdevice_typ: generic, qdevice_cfg: {num_qubits: 1, T1: 0, T2: 1e9, two_qubit_gate_depolar_prob: 0}}
  - {name: Bob, qdevice_typ: generic, qdevice_cfg: {num_qubits: 1, T1: 0, T2: 1e9, two_qubit_gate_depolar_prob: 0}}
links:
  - {stack1: Alice, stack2: Bob, typ: heralded, cfg: {length: 1, p_loss_init: 0.5, coin_prob_ph_ph: 0.9}}
`;

const source = join(folder, "two.yaml");
writeFileSync(source, squidasm);

async function run(...words: string[]) {
  const [results, notes]: [string[], string[]] = [[], []];
  const output = { result: (text: string) => results.push(text), note: (text: string) => notes.push(text) };
  const code = await runCommand(commands, ["topology", "import", ...words], output);
  return { code, result: results.join("\n"), note: notes.join("\n") };
}

describe("bellmesh topology import", () => {
  test("prints a topology file, and on standard error what it could not carry over", async () => {
    const { code, result, note } = await run(source);
    expect(code).toBe(0);
    expect(parseTopology(result, "two.yaml").nodes.map(({ name }) => name)).toEqual(["alice", "bob"]);
    expect(note).toBe(`${source}:6: links[0].cfg.coin_prob_ph_ph: 0.9: every pair of clicks in the window counts here`);
  });

  test("writes the file where it is told to", async () => {
    const target = join(folder, "imported.yaml");
    const { code, result } = await run(source, "--from", "squidasm", "--output", target);
    expect(code).toBe(0);
    expect(result).toBe(`${target}: two with 2 nodes and 1 link; 1 warning`);
    expect(parseTopology(readFileSync(target, "utf8"), target).links).toHaveLength(1);
  });

  test("says the same as one line of data", async () => {
    const { code, result, note } = await run(source, "--json");
    expect({ code, note }).toEqual({ code: 0, note: "" });
    expect(result).not.toContain("\n");
    const summary = JSON.parse(result) as { text: string };
    expect(summary).toMatchObject({
      file: source,
      tool: "squidasm",
      name: "two",
      nodes: 2,
      links: 1,
      warnings: [{ path: "links[0].cfg.coin_prob_ph_ph", line: 6 }],
    });
    expect(parseTopology(summary.text, "two.yaml").name).toBe("two");
  });

  test("reads standard input as -", () => {
    const launcher = fileURLToPath(new URL("../bin/bellmesh.mjs", import.meta.url));
    const words = [launcher, "topology", "import", "-"];
    const { stdout, status } = spawnSync(process.execPath, words, { input: squidasm, encoding: "utf8" });
    expect(status).toBe(0);
    expect(parseTopology(stdout, "-").name).toBe("standard-input");
  });

  test("refuses bad values with exit code 2, in words and as data", async () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, squidasm.replace("p_loss_init: 0.5", "p_loss_init: 1.5"));
    const { code, result, note } = await run(file, "--json");
    expect(code).toBe(2);
    expect(note).toBe(
      `bellmesh: ${file}:6: links[0].cfg.p_loss_init: 1.5 is out of range; give a number in [0, 1] (probability)`,
    );
    expect(JSON.parse(result)).toMatchObject({ error: { kind: "topology", file, path: "links[0].cfg.p_loss_init" } });
  });

  test.each([
    [[], /no file is given; name one, or - for standard input/],
    [[source, "--output", source], /--output ".*two\.yaml" is the file to import; name another file/],
    [["nowhere.yaml"], /nowhere.yaml: there is no such file/],
    [[source, "--from", "qunetsim"], /--from "qunetsim" is no tool that is known here; give squidasm or sequence/],
    [[source, "--from", "sequence"], /there are no routers; give nodes of the type QuantumRouter/],
  ])("refuses %j", async (words, message) => {
    const { code, note } = await run(...words);
    expect(code).toBe(2);
    expect(note).toMatch(message);
  });
});
