import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const launcher = `${root}packages/cli/bin/bellmesh.mjs`;
const run = promisify(execFile);

/** Every `npx bellmesh …` of a page, and every example line of a command's help. */
function commandsIn(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => /^(npx )?bellmesh (simulate|topology|hardware|state|physics) /.test(line))
    .map((line) => line.replace(/^(npx )?bellmesh /, ""));
}

async function bellmesh(words: string): Promise<string> {
  const { stdout } = await run(process.execPath, [launcher, ...words.split(/\s+/)], { cwd: root });
  return stdout;
}

describe("Commands shown to readers work as shown", () => {
  const readme = commandsIn(readFileSync(`${root}README.md`, "utf8"));

  test("the README shows some", () => expect(readme.length).toBeGreaterThanOrEqual(4));

  test.each(readme)("README: bellmesh %s", async (words) => {
    expect(await bellmesh(words)).not.toBe("");
  });

  test.each(["simulate", "topology validate", "topology show", "hardware list", "hardware show"])(
    "help of %s: every example",
    async (command) => {
      const examples = commandsIn(await bellmesh(`${command} --help`));
      expect(examples.length).toBeGreaterThan(0);
      for (const words of examples) expect(await bellmesh(words), words).not.toBe("");
    },
  );
});
