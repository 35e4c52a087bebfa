import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TEST = /`([^`]+\.test\.ts)`(?:, "([^"]+)")?/g;

/** The rows of the table, by what something was found with. */
const rows = readFileSync(`${root}docs/found-by-seed.md`, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | "))
  .map((cells) => ({ cells: cells.length, found: cells[0] as string, now: cells.at(-1) as string }));

/** Every source beside a file: what its tests are called may stand in another, as those of histories do. */
function textsBeside(path: string): string {
  const folder = dirname(`${root}${path}`);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  return sources.map((name) => readFileSync(`${folder}/${name}`, "utf8")).join("\n");
}

test("Every row has its four cells", () => {
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter(({ cells }) => cells !== 4)).toEqual([]);
});

test.each(rows)("A test that is there holds what was found with $found", ({ now }) => {
  const tests = [...now.matchAll(TEST)];
  const paths = [...now.matchAll(/`([^`]+\/[^`]*)`/g)].map(([, path]) => path);
  expect(paths, "nothing else than tests, each by its path").toEqual(tests.map(([, path]) => path));
  expect(tests).not.toEqual([]);
  for (const [, path = "", title] of tests) {
    expect(existsSync(`${root}${path}`), path).toBe(true);
    if (title !== undefined) expect(textsBeside(path).includes(title), title).toBe(true);
  }
});

test("Every seed of an exploration names the commit at which it was drawn", () => {
  const seeds = rows.filter(({ found }) => /^`bellmesh explore` seed/.test(found));
  expect(seeds.length).toBeGreaterThan(25);
  for (const { found } of seeds) expect(found).toMatch(/\((?:of|before) [0-9a-f]{7}[,)]/);
});
