import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bellmesh-interrupted-"));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Explores in a process of its own; `onNote` is told of every piece of its standard error. */
async function explore(words: readonly string[], onNote?: (note: string, child: ChildProcess) => void) {
  const all = [main, "explore", "--folder", folder, "--jobs", "1", "--json", ...words];
  const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  const [out, notes]: [string[], string[]] = [[], []];
  child.stdout.on("data", (data) => out.push(String(data)));
  child.stderr.on("data", (data) => {
    notes.push(String(data));
    onNote?.(String(data), child);
  });
  const [code] = await once(child, "close");
  return { code, notes: notes.join(""), report: JSON.parse(out.join("")) };
}

test("Ctrl-C prints and keeps what there is, and --resume goes on from there", async () => {
  let isAsked = false;
  const { code, notes, report } = await explore(["--seeds", "1..100000"], (note, child) => {
    if (isAsked || !note.includes("of 100000 seeds")) return;
    isAsked = true;
    child.kill("SIGINT");
  });
  const { seedsRun, stopped, totals } = report;
  expect(code).toBe(1);
  expect(stopped).toBe(true);
  expect(seedsRun).toBeGreaterThan(0);
  expect(notes).toContain(`bellmesh: stopped after ${seedsRun} of 100000 seeds`);
  expect(JSON.parse(readFileSync(totals, "utf8"))).toMatchObject({ seedsRun, events: report.events });
  const further = await explore(["--seeds", `1..${seedsRun + 1}`, "--resume"]);
  expect(further).toMatchObject({ code: 0, report: { seedsRun: 1, stopped: false, totals } });
  expect(JSON.parse(readFileSync(totals, "utf8"))).toMatchObject({ seeds: `1..${seedsRun + 1}` });
});
