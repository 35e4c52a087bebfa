import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
/** Where what runs lies; what is untracked elsewhere changes nothing. */
const SOURCES = ["packages", "services"];
const HASH_DIGITS = 8;
const OUTPUT_MAX_BYTES = 256 * 1024 * 1024;

/**
 * Which sources run: a commit, with `+changes.<8 hex>` where files differ from it; `unknown` outside a repository. The
 * digits are a hash of what differs, and of sources that are not tracked, so that other changes are other sources.
 * Untracked files alone are no change: no tracked file asks for them.
 * @param folder where to look
 */
export function commit(folder = here): string {
  try {
    const head = git(folder, "rev-parse", "HEAD").trim();
    const changes = git(folder, "-c", "diff.relative=false", "diff", "HEAD", "--no-ext-diff", "--no-color", "--binary");
    return changes === "" ? head : `${head}+changes.${hashOf(folder, changes)}`;
  } catch {
    return "unknown";
  }
}

function hashOf(folder: string, changes: string): string {
  const hash = createHash("sha256").update(changes);
  const top = git(folder, "rev-parse", "--show-toplevel").trim();
  const untracked = git(top, "ls-files", "-z", "--others", "--exclude-standard", "--", ...SOURCES);
  for (const file of untracked.split("\0").filter((name) => name !== "")) {
    hash.update(`\0${file}\0`).update(readFileSync(join(top, file)));
  }
  return hash.digest("hex").slice(0, HASH_DIGITS);
}

function git(folder: string, ...words: readonly string[]): string {
  const maxBuffer = OUTPUT_MAX_BYTES;
  return execFileSync("git", words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer });
}
