import { perFile, places, type Rule } from "./rule.ts";

const everyFile = () => true;

/** What is to be done stands in an issue, not in a file. */
const noPostponing = perFile("no-postponing", everyFile, (file) =>
  places(file, "text", /\b(?:TO(?:)DO|FIX(?:)ME|XX(?:)X|HA(?:)CK)\b/g, (word) => `${word}: do it, or open an issue`),
);

/** What a checker objects to is mended: to silence it hides the next mistake, too. */
const noSilencing = perFile("no-silencing", everyFile, (file) =>
  places(
    file,
    "text",
    /(?:biome|@ts|eslint|v8|istanbul)-(?:ignore|disable|expect-error|nocheck)/g,
    (word) => `${word}: mend what it silences`,
  ),
);

/** A path of somebody's machine means nothing on another. */
const noMachinePaths = perFile("no-machine-paths", everyFile, (file) =>
  places(
    file,
    "text",
    /(?<![\w.@*)\]}-])\/(?:work|home|root|Users)\/[\w.-]+/g,
    (path) => `${path} is a path of one machine`,
  ),
);

/** Packages come from wherever npm is told to take them from: nothing here says where. */
const noRegistryHosts = perFile("no-registry-hosts", everyFile, (file) =>
  places(
    file,
    "text",
    /"resolved"\s*:\s*"https?:[^"]*"|\bregistry\s*[=:]\s*"?https?:\S+/g,
    (address) => `${address} is where one machine found a package; the npm configuration names it`,
  ),
);

/** The repository stands alone: no path leads out of it. */
const noNeighbours = perFile(
  "no-neighbours",
  (path) => path !== ".ci/run",
  (file) => {
    const depth = file.path.split("/").length - 1;
    const outward = new RegExp(`(?<![\\w./])(?:\\.\\./){${depth + 1},}[\\w-]+`, "g");
    return places(file, "text", outward, (path) => `${path} is not part of this repository`);
  },
);

const dependencyTables = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/** What was tested is what is installed. */
const exactVersions = perFile(
  "exact-versions",
  (path) => path === "package.json" || path.endsWith("/package.json"),
  ({ text }) => {
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
    return dependencyTables.flatMap((table) =>
      Object.entries(manifest[table] ?? {})
        .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
        .map(([name, version]) => ({
          line: text.slice(0, text.indexOf(`"${name}"`)).split("\n").length,
          message: `${name} ${version} is not one version`,
        })),
    );
  },
);

export const textRules: readonly Rule[] = [
  noPostponing,
  noSilencing,
  noMachinePaths,
  noRegistryHosts,
  noNeighbours,
  exactVersions,
];
