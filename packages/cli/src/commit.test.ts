import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commit } from "./commit.ts";

const folder = mkdtempSync(join(tmpdir(), "bellmesh-commit-"));
const tracked = join(folder, "packages", "one.ts");
const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, encoding: "utf8" }).trim();

beforeAll(() => {
  mkdirSync(join(folder, "packages"));
  writeFileSync(tracked, "1;\n");
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "one");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("The sources that run", () => {
  test("are the commit where nothing differs from it", () => {
    expect(commit(folder)).toBe(git("rev-parse", "HEAD"));
    writeFileSync(join(folder, "packages", "untracked.ts"), "2;\n");
    expect(commit(folder)).toBe(git("rev-parse", "HEAD"));
  });

  test("are others with every other change, in untracked sources too, and from wherever it is asked", () => {
    appendFileSync(tracked, "3;\n");
    const once = commit(folder);
    expect(once).toMatch(new RegExp(`^${git("rev-parse", "HEAD")}\\+changes\\.[0-9a-f]{8}$`));
    expect(commit(join(folder, "packages"))).toBe(once);
    writeFileSync(join(folder, "notes.txt"), "no source\n");
    expect(commit(folder)).toBe(once);
    appendFileSync(tracked, "4;\n");
    const twice = commit(folder);
    appendFileSync(join(folder, "packages", "untracked.ts"), "5;\n");
    expect(new Set([once, twice, commit(folder)]).size).toBe(3);
  });

  test("are unknown outside a repository", () => {
    const outside = mkdtempSync(join(tmpdir(), "bellmesh-no-commit-"));
    expect(commit(outside)).toBe("unknown");
    rmSync(outside, { recursive: true });
  });
});
