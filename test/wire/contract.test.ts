import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const generated = "packages/wire/src/gen";
const baseline = "proto/baseline.binpb";
let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "wire-"));
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs the pinned buf in the repository, and returns what it says; its exit code must be 0 or, `found`, 100. */
function buf(...args: string[]): { found: boolean; output: string } {
  const run = spawnSync(join(root, "node_modules/.bin/buf"), args, { cwd: root, encoding: "utf8" });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 && run.status !== 100) throw new Error(`buf ${args.join(" ")} failed: ${run.error ?? output}`);
  return { found: run.status === 100, output };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test("generating the messages again changes nothing; else run npm run generate", () => {
  buf("generate", "-o", scratch);
  const now = join(scratch, generated);
  const committed = join(root, generated);
  expect(filesUnder(now)).toEqual(filesUnder(committed));
  for (const file of filesUnder(now)) {
    // Compared as text, but told as a file: a whole diff of generated code helps nobody.
    const same = readFileSync(join(now, file), "utf8") === readFileSync(join(committed, file), "utf8");
    expect({ file, same }).toEqual({ file, same: true });
  }
});

test("the contract has nothing that buf lint objects to", () => {
  expect(buf("lint").output).toBe("");
});

test("the contract understands what was sent under the baseline", () => {
  expect(buf("breaking", "--against", baseline).output).toBe("");
});

test("a contract with a field taken away would be found out", () => {
  const canary = join(scratch, "canary");
  cpSync(join(root, "proto"), join(canary, "proto"), { recursive: true });
  cpSync(join(root, "buf.yaml"), join(canary, "buf.yaml"));
  const bell = join(canary, "proto/bellmesh/bell/v1/bell.proto");
  writeFileSync(bell, readFileSync(bell, "utf8").replace("bool z = 2;", ""));
  const { found, output } = buf("breaking", canary, "--against", baseline);
  expect(found).toBe(true);
  expect(output).toMatch(/field "2" with name "z" on message "BellIndex" was deleted/);
});
