import { posix } from "node:path";
import { importsOf } from "./imports.ts";
import { home, isProduct, isTest, isTypeScript, rankedPackages, rankOf } from "./places.ts";
import { perFile, type Rule } from "./rule.ts";
import type { SourceFile } from "./source.ts";

const ours = "@bellmesh/";

/** Folders of `services/` among these files: what stands under our name and is no package. */
function isService(folder: string): boolean {
  return !rankedPackages.has(folder);
}

function workspaceImports(file: SourceFile) {
  return importsOf(file).flatMap(({ specifier, line }) => {
    if (!specifier.startsWith(ours)) return [];
    const [folder = "", ...rest] = specifier.slice(ours.length).split("/");
    return [{ folder, subpath: rest.join("/"), line }];
  });
}

/** Nothing is imported upward or sideways in the ranks of the packages. */
const ranks = perFile("ranks", isProduct, (file) => {
  const { area, folder: from } = home(file.path) as { area: string; folder: string };
  const rank = area === "services" ? rankOf("services") : rankOf(from);
  if (rank === undefined) return [{ line: 1, message: `packages/${from} has no rank; give it one in places.ts` }];
  return workspaceImports(file).flatMap(({ folder, line }) => {
    if (folder === from || (area === "services" && isService(folder))) return [];
    const other = isService(folder) ? rankOf("services") : rankOf(folder);
    return other !== undefined && other < rank ? [] : [{ line, message: `${from} may not import ${folder}` }];
  });
});

/** Services talk over the mesh; only services/node runs several in one process. */
const servicesApart = perFile(
  "services-apart",
  (path) => isTypeScript(path) && path.startsWith("services/") && !path.startsWith("services/node/"),
  (file) =>
    workspaceImports(file)
      .filter(({ folder }) => isService(folder) && folder !== home(file.path)?.folder)
      .map(({ folder, line }) => ({ line, message: `a service may not import another, ${folder}` })),
);

/** A folder is reached by its name, through what it exports. */
const noReachingIn = perFile(
  "no-reaching-in",
  (path) => isTypeScript(path) && home(path) !== undefined,
  (file) => {
    const { area, folder } = home(file.path) as { area: string; folder: string };
    return importsOf(file)
      .filter(({ specifier }) => specifier.startsWith("."))
      .filter(({ specifier }) => !posix.join(posix.dirname(file.path), specifier).startsWith(`${area}/${folder}/`))
      .map(({ specifier, line }) => ({ line, message: `${specifier} leaves ${area}/${folder}` }));
  },
);

/** Only a service's main.ts knows that there are sockets, a simulation, or an environment. */
const hosts = perFile(
  "hosts",
  (path) => isProduct(path) && !path.endsWith("/main.ts"),
  (file) => {
    const { area, folder } = home(file.path) as { area: string; folder: string };
    const mayRun = ["simulation", "emulation", "process", "cli", "mesh"].includes(folder);
    const hostImports = workspaceImports(file)
      .filter(({ folder: to, subpath }) => to === "mesh" && subpath !== "" && !mayRun)
      .map(({ subpath, line }) => ({ line, message: `the host ${subpath} is for main.ts alone` }));
    const environment = area === "packages" && folder === "cli" ? [] : environmentUses(file);
    return [...hostImports, ...environment];
  },
);

function environmentUses(file: SourceFile) {
  return Array.from(file.code.matchAll(/\bprocess\s*\.\s*env\b/g), ({ index }) => ({
    line: file.text.slice(0, index).split("\n").length,
    message: "the environment is for main.ts alone",
  }));
}

/** Tests are imported by nobody. */
const noTestImports = perFile(
  "no-test-imports",
  (path) => isTypeScript(path) && !isTest(path),
  (file) =>
    importsOf(file)
      .filter(({ specifier }) => specifier.endsWith(".test.ts") || specifier === "vitest" || specifier === "fast-check")
      .filter(() => file.path !== "vitest.config.ts")
      .map(({ specifier, line }) => ({ line, message: `${specifier} is for tests` })),
);

export const importRules: readonly Rule[] = [ranks, servicesApart, noReachingIn, hosts, noTestImports];
