import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Which sources run: a commit, with `+changes` where files differ from it; `unknown` outside a repository. */
export function commit(): string {
  try {
    const head = git("rev-parse", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? head : `${head}+changes`;
  } catch {
    return "unknown";
  }
}

function git(...words: readonly string[]): string {
  return execFileSync("git", words, { cwd: here, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
