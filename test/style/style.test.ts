import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { functionsIn } from "./functions.ts";
import { importsOf } from "./imports.ts";
import { rules } from "./rules.ts";
import { type SourceFile, sourceFile } from "./source.ts";
import { sourcesUnder } from "./tree.ts";

const root = new URL("../../", import.meta.url).pathname;
const canaries = new URL("canaries/", import.meta.url).pathname;

describe("the tree", () => {
  const sources = sourcesUnder(root.replace(/\/$/, ""));

  test("is read whole", () => {
    const paths = sources.map(({ path }) => path);
    expect(paths).toContain("packages/mesh/src/host.ts");
    expect(paths).toContain("proto/bellmesh/ledger/v1/ledger.proto");
    expect(paths).toContain("test/style/style.test.ts");
    expect(paths).toContain("package-lock.json");
    expect(paths.filter((path) => path.includes("node_modules") || path.includes("/gen/"))).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))("keeps to %s", (_, rule) => {
    expect(rule.check(sources).map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual([]);
  });
});

describe("the canaries", () => {
  // Named after the rule each must set off; the first line says where it pretends to stand.
  const names = readdirSync(canaries).filter((name) => name.endsWith(".txt"));

  test("are there for every rule", () => {
    expect([...new Set(names.map(ruleOf))].sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  test.each(names)("%s sets off its rule and no other", (name) => {
    const text = readFileSync(canaries + name, "utf8");
    const path = /^(?:\/\/|#) (\S+)\n/.exec(text)?.[1];
    if (path === undefined) throw new Error(`the first line of ${name} does not say where it pretends to stand`);
    const canary = sourceFile(path, text.slice(text.indexOf("\n") + 1));
    const files = ruleOf(name) === "service-folder" ? [canary] : [canary, ...companionsOf(path)];
    const firing = rules.filter((rule) => rule.check(files).length > 0);
    expect(firing.map((rule) => rule.name)).toEqual([ruleOf(name)]);
  });
});

describe("the scanner", () => {
  // \x24 is a dollar sign: before a brace it would look like a forgotten template.
  const source = [
    'import { a } from "./a.ts"; // import "node:fs"',
    "/* async */ const url = `await \x24{a(`nested \x24{'Date'}`)} // no comment` + \"it's // a string\";",
    'const half = 6 / 2 / 1; const pattern = /[/*]await"/g; const next = await;',
    "const text = \"import { b } from './b.ts'\";",
    'export type { C } from "./c.ts"; const late = import("./d.ts");',
  ].join("\n");
  const file = sourceFile("packages/bell/src/example.ts", source);

  test("tells code from comments, strings, templates and regular expressions", () => {
    expect(file.code).toHaveLength(source.length);
    expect(file.code.match(/await|async|Date|comment|string/g)).toEqual(["await"]);
    expect(file.code).toContain("a(`");
    expect(file.uncommented).toContain("it's // a string");
    expect(file.uncommented).not.toContain("async");
  });

  test("finds every import and nothing that only looks like one", () => {
    expect(importsOf(file).map(({ specifier, line }) => [specifier, line])).toEqual([
      ["./a.ts", 1],
      ["./c.ts", 5],
      ["./d.ts", 5],
    ]);
  });

  test("measures functions, methods and arrow functions, and nothing else in braces", () => {
    const code = [
      "function f(a: { b: number }): { c: number }[] {",
      "  if (a.b) {",
      "  }",
      "}",
      "class K {",
      "  get x(): Map<string, () => void> {",
      "    return { y: 1 };",
      "  }",
      "  m = (z: number) => {",
      "  };",
      "}",
      "const object = { k: f({ b: 1 }) };",
    ].join("\n");
    expect(functionsIn(code)).toEqual([
      { line: 1, lines: 4 },
      { line: 6, lines: 3 },
      { line: 9, lines: 2 },
    ]);
  });
});

/** `machine-words.async.ts.txt` is a canary of machine-words. */
function ruleOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

/** What stands beside any file of a service. */
function companionsOf(path: string): SourceFile[] {
  const folder = /^services\/[^/]+\//.exec(path)?.[0];
  if (folder === undefined) return [];
  return [sourceFile(`${folder}README.md`, "# canary\n"), sourceFile(`${folder}src/service.ts`, "\n")];
}
