import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anchorOf, meshStartIn, meshStartNow, meshStartText, parseMeshStart } from "./mesh-start.ts";

const run = promisify(execFile);
const hasBootId = existsSync("/proc/sys/kernel/random/boot_id");
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-mesh-start-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("the first process notes the start, and all others find it", async () => {
  const module = new URL("./mesh-start.ts", import.meta.url);
  const program = `import("${module}").then((m) => console.log(m.meshStartText(m.meshStartIn("${directory}"))))`;
  const processes = Array.from({ length: 4 }, () => run(process.execPath, ["-e", program]));
  const said = new Set((await Promise.all(processes)).map(({ stdout }) => stdout));
  expect(said.size).toBe(1);
  expect(readFileSync(join(directory, "mesh-start"), "utf8")).toBe([...said][0]);
  expect(readdirSync(directory)).toEqual(["mesh-start"]);
});

test("on the machine that noted it the start is exact", () => {
  const start = meshStartNow();
  const { monotonicNs, uncertaintyNs } = anchorOf(start);
  if (!hasBootId) return;
  expect(uncertaintyNs).toBe(0);
  expect(monotonicNs).toBe(start.monotonic?.ns);
});

test("after another boot, or elsewhere, the wall clock tells it within its uncertainty", () => {
  const start = meshStartNow();
  const { monotonicNs } = anchorOf(start);
  const elsewhere = anchorOf({ ...start, monotonic: { ns: 5n, bootId: "another" } });
  expect(elsewhere.uncertaintyNs).toBeGreaterThan(0);
  expect(Math.abs(Number(elsewhere.monotonicNs - monotonicNs))).toBeLessThan(elsewhere.uncertaintyNs);
  expect(anchorOf({ ...start, monotonic: undefined }).uncertaintyNs).toBeGreaterThan(0);
});

test("its text is read back, and no other", () => {
  const start = { unixNs: 1_790_000_000_000_000_000n, monotonic: { ns: 12n, bootId: "a-b" } };
  expect(meshStartText(start)).toBe("1790000000000000000,12,a-b");
  expect(parseMeshStart(meshStartText(start))).toEqual(start);
  expect(parseMeshStart("1790000000000000000\n")).toEqual({ ...start, monotonic: undefined });
  for (const text of ["", "soon", "1,2", "1,2,", "-1", "1,2,a b"]) expect(parseMeshStart(text)).toBeUndefined();
});

test("a file that holds something else is told by name", () => {
  writeFileSync(join(directory, "mesh-start"), "hello");
  expect(() => meshStartIn(directory)).toThrow(/mesh-start does not hold the start of a mesh; remove it/);
});
