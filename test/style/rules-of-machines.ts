import { importsOf } from "./imports.ts";
import { home, isMachine, isProduct } from "./places.ts";
import { perFile, places, type Rule } from "./rule.ts";

/** A machine is pure: it is given everything, so it imports nothing but our own contract. */
const machineImports = perFile("machine-imports", isMachine, (file) =>
  importsOf(file)
    .filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("@bellmesh/"))
    .map(({ specifier, line }) => ({ line, message: `a machine may not import ${specifier}` })),
);

const impureNames = [
  ["async", "await", "Promise"],
  ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"],
  ["Date", "performance", "process", "console", "globalThis", "crypto", "fetch", "Worker"],
].flat();
const impure = new RegExp(`(?<![.\\w$#])(?:${impureNames.join("|")})\\b(?!\\s*:)|\\bMath\\s*\\.\\s*random\\b`, "g");

/** A machine never waits, and has no clock, chance or process of its own. */
const machineWords = perFile("machine-words", isMachine, (file) =>
  places(file, "code", impure, (word) => `a machine may not use ${word}`),
);

/** Math's exact operations and constants: correctly rounded by the standard, so the same on every engine. */
const exactMath = new Set(
  "abs sqrt min max floor ceil round trunc sign imul clz32 fround PI E SQRT2 SQRT1_2 LN2 LN10 LOG2E LOG10E".split(" "),
);

/** Transcendental functions differ between engines in the last bit; ours do not. */
const portableMath = perFile(
  "portable-math",
  // The virtual host takes clocks and chance away from machines, and names them to do so.
  (path) => isProduct(path) && home(path)?.folder !== "numerics" && path !== "packages/mesh/src/virtual/purity.ts",
  (file) => [
    ...places(file, "code", /\bMath\s*\.\s*(\w+)/g, (use) => use).flatMap(({ line, message: use }) => {
      const name = use.replace(/^Math\s*\.\s*/, "");
      if (exactMath.has(name) || name === "random") return [];
      return [{ line, message: `${use} is not the same on every engine; use @bellmesh/numerics` }];
    }),
    ...places(file, "code", /\*\*/g, () => "** is not the same on every engine; multiply, or use @bellmesh/numerics"),
    ...places(file, "code", /\bMath\b(?!\s*\.)/g, () => "take functions out of Math one by one, by name"),
  ],
);

/** Chance comes by name from an entropy stream. */
const chanceByName = perFile(
  "chance-by-name",
  (path) => isProduct(path) && !isMachine(path) && path !== "packages/mesh/src/virtual/purity.ts",
  (file) => places(file, "code", /\bMath\s*\.\s*random\b/g, () => "chance comes from a named entropy stream"),
);

export const machineRules: readonly Rule[] = [machineImports, machineWords, portableMath, chanceByName];
