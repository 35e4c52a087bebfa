import { execFileSync, type StdioOptions } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const node22 = process.env.BELLMESH_NODE_22;
const SIMULATED = 20;
const EXPLORED = 100;

/** What a program of this folder prints with this Node: one hash a line. */
function hashesWith(node: string, program: string, seeds: number): readonly string[] {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
  return execFileSync(node, [path, String(seeds)], { encoding: "utf8", stdio })
    .trim()
    .split("\n");
}

if (!node22) console.log("skipped: BELLMESH_NODE_22 names no Node 22 to compare with");

test.skipIf(!node22).each([
  [SIMULATED, "simulations", "./simulation-hashes.ts"],
  [EXPLORED, "seeds that draw meshes, requests and faults", "./ledger-hashes.ts"],
])("Node 22 and the pinned Node write the same ledgers of %d %s", (seeds, _what, program) => {
  const here = hashesWith(process.execPath, program, seeds);
  expect(new Set(here).size).toBe(seeds);
  expect(hashesWith(node22 as string, program, seeds)).toEqual(here);
});
