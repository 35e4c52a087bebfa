import { readdirSync, readFileSync } from "node:fs";
import { type SourceFile, sourceFile } from "./source.ts";

/** Not ours to read: what is installed, generated, or bad on purpose. */
const skipped = new Set([".git", "node_modules", "packages/wire/src/gen", "test/style/canaries"]);
const textual = /(?:\.(?:ts|js|mjs|json|md|proto|ya?ml|sh|css|html|txt|qasm|toml)|\/\.[a-z]+rc|Dockerfile|\.ci\/run)$/;

/** Every text file of the repository, whether committed or not, but for what .gitignore names. */
export function sourcesUnder(root: string): readonly SourceFile[] {
  const ignored = readFileSync(`${root}/.gitignore`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/\/$/, ""));
  const isIgnored = (name: string) =>
    ignored.some((pattern) => (pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern));
  const sources: SourceFile[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (skipped.has(path) || isIgnored(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && textual.test(`/${path}`)) {
        sources.push(sourceFile(path, readFileSync(`${root}/${path}`, "utf8")));
      }
    }
  };
  walk("");
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}
