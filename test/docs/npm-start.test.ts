import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-start-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The first column of a table in the README or in what was printed. */
function labels(lines: readonly string[]): string[] {
  return lines.map((line) => line.split(/ {2,}/)[0] as string);
}

test("npm start runs a mesh, prints what the README shows, and leaves nothing", async () => {
  const { start } = JSON.parse(readFileSync(`${root}package.json`, "utf8")).scripts;
  const [, ...words] = (start as string).split(" ");
  const env = { ...process.env, XDG_RUNTIME_DIR: directory, NATS_URL: "" };
  const { stdout } = await run(process.execPath, words, { cwd: root, env });
  const printed = stdout.split("\n");
  expect(printed).toContainEqual(expect.stringMatching(/^pairs delivered +100$/));
  expect(printed).toContainEqual(expect.stringMatching(/^ledger +[\d,]+ events, no violation \(\d+ referees\)$/));
  const shown = /and stops them:\n\n```\n([^`]*)```/.exec(readFileSync(`${root}README.md`, "utf8"))?.[1] ?? "";
  const lines = shown.trim().split("\n");
  expect(lines.length).toBeGreaterThan(5);
  for (const label of labels(lines)) expect(labels(printed)).toContain(label);
  for (const line of lines.slice(0, 3)) expect(printed).toContain(line);
  expect(readdirSync(join(directory, "bellmesh")).filter((name) => !name.startsWith("."))).toEqual([]);
});
