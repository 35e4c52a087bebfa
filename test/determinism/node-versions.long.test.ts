import { execFileSync, type StdioOptions } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const node22 = process.env.BELLMESH_NODE_22;
const SEEDS = 20;
const hashes = fileURLToPath(new URL("./ledger-hashes.ts", import.meta.url));
const EXPLORED = 100;

function sha256With(node: string, topology: string, seed: number): string {
  const options = ["--topology", topology, "--pairs", "60", "--seed", String(seed), "--json"];
  const json = execFileSync(node, [main, "simulate", ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(json).ledger.sha256;
}

if (!node22) console.log("skipped: BELLMESH_NODE_22 names no Node 22 to compare with");

test.skipIf(!node22)("Node 22 and the pinned Node write the same ledger for the same seed", () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const topology = seed % 2 === 0 ? "line:4" : "examples/topologies/alice-repeater-bob.yaml";
    const here = sha256With(process.execPath, topology, seed);
    expect(sha256With(node22 as string, topology, seed), `seed ${seed} on ${topology}`).toBe(here);
  }
});

function hashesWith(node: string): readonly string[] {
  const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
  return execFileSync(node, [hashes, String(EXPLORED)], { encoding: "utf8", stdio })
    .trim()
    .split("\n");
}

test.skipIf(!node22)(`the same of ${EXPLORED} seeds that draw meshes, requests and faults`, () => {
  const here = hashesWith(process.execPath);
  expect(new Set(here).size).toBe(EXPLORED);
  expect(hashesWith(node22 as string)).toEqual(here);
});
