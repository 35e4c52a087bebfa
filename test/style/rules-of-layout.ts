import { functionsIn } from "./functions.ts";
import { home, isProduct, isTest, isTypeScript } from "./places.ts";
import { type Finding, perFile, places, type Rule } from "./rule.ts";

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 450;
/** Files that outgrew the limit, and what they may have until they are cut. */
const outgrown: Readonly<Record<string, number>> = { "packages/mesh/src/codec.ts": 650 };
const LINE_LENGTH_MAX = 120;

/** A service says what it is and has its table where everybody looks for it. */
const serviceFolder: Rule = {
  name: "service-folder",
  check: (files) => {
    const paths = new Set(files.map(({ path }) => path));
    const services = new Set(files.filter(({ path }) => path.startsWith("services/")).map(({ path }) => home(path)));
    const folders = new Set([...services].flatMap((place) => (place ? [place.folder] : [])));
    return [...folders].flatMap((folder) =>
      ["README.md", "src/service.ts"]
        .map((needed) => `services/${folder}/${needed}`)
        .filter((needed) => !paths.has(needed))
        .map((needed): Finding => ({ path: needed, line: 1, message: "is missing" })),
    );
  },
};

/** A file is named after the one thing in it. */
const fileNames = perFile("file-names", isTypeScript, ({ path }) => {
  const name = (path.split("/").at(-1) ?? "").replace(/(?:\.(?:(?:long|mesh)\.)?test|\.d)?\.ts$/, "");
  const vague = /^(?:utils?|helpers?|common|manager|misc|shared|lib|tools|stuff)$/.test(name);
  const suffixed = /-(?:utils?|helpers?|common)$|-manager$/.test(name) && !name.endsWith("memory-manager");
  if (vague || suffixed) return [{ line: 1, message: `${name} does not say what is in it` }];
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name !== "vitest.config") {
    return [{ line: 1, message: `${name} is not in kebab-case` }];
  }
  return [];
});

const functionLength = perFile(
  "function-length",
  (path) => isTypeScript(path) && !isTest(path),
  (file) =>
    functionsIn(file.code)
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(({ line, lines }) => ({ line, message: `a function of ${lines} lines; at most ${FUNCTION_LINES_MAX}` })),
);

const fileLength = perFile("file-length", isProduct, ({ path, text }) => {
  const lines = text.split("\n").length - 1;
  const most = outgrown[path] ?? FILE_LINES_MAX;
  return lines > most ? [{ line: lines, message: `${lines} lines; at most ${most}` }] : [];
});

const lineLength = perFile(
  "line-length",
  (path) => /\.(?:ts|proto|sh)$/.test(path),
  ({ text }) =>
    text.split("\n").flatMap((content, index) => {
      if (content.length <= LINE_LENGTH_MAX) return [];
      return [{ line: index + 1, message: `${content.length} characters; at most ${LINE_LENGTH_MAX}` }];
    }),
);

const docstrings = perFile(
  "docstrings",
  (path) => isProduct(path) && path.startsWith("packages/"),
  (file) => {
    const lines = file.text.split("\n");
    return lines.flatMap((content, index) => {
      const match = /^export (?:abstract )?(?:function|class) (\w+)/.exec(content);
      if (!match) return [];
      // Of an overloaded function the first signature carries it.
      const first = lines.findIndex((line) => line.startsWith(`export function ${match[1]}(`) || line === content);
      if (first < index || (lines[index - 1] ?? "").trimEnd().endsWith("*/")) return [];
      return [{ line: index + 1, message: `${match[1]} has no docstring` }];
    });
  },
);

const noDefaultExport = perFile(
  "no-default-export",
  (path) => isTypeScript(path) && path !== "vitest.config.ts",
  (file) =>
    places(file, "code", /^\s*export\s+default\b|\bas\s+default\b/gm, () => "a thing has one name: no default export"),
);

const noExportStar = perFile("no-export-star", isTypeScript, (file) =>
  places(file, "code", /^\s*export\s+(?:type\s+)?\*\s+from\b/gm, () => "say what is exported"),
);

const noEnum = perFile("no-enum", isTypeScript, (file) =>
  places(
    file,
    "code",
    /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/gm,
    () => "enum leaves code behind; use a union",
  ),
);

export const layoutRules: readonly Rule[] = [
  serviceFolder,
  fileNames,
  functionLength,
  fileLength,
  lineLength,
  docstrings,
  noDefaultExport,
  noExportStar,
  noEnum,
];
