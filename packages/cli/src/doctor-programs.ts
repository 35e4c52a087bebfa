import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Finding } from "./doctor-finding.ts";

const NODE_MIN = [22, 18] as const;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Node and the packages of npm. */
export function programFindings(): Finding[] {
  const root = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as Manifest;
  return [nodeFinding(root), packagesFinding(root)];
}

function nodeFinding({ optionalDependencies = {} }: Manifest): Finding {
  const about = "Node";
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const pinned = optionalDependencies[`node-${process.platform}-${process.arch}`];
  const found = `${process.version} at ${process.execPath}`;
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
    return { about, state: "wrong", found, mend: `install Node ${NODE_MIN.join(".")} or later, or run npm ci` };
  }
  if (pinned === undefined || `v${pinned}` === process.version) return { about, state: "ok", found, mend: "" };
  const mend = `npm ci brings v${pinned}, with which everything is tested; start with npx bellmesh or npm start`;
  return { about, state: "note", found, mend };
}

function packagesFinding({ dependencies = {} }: Manifest): Finding {
  const about = "npm packages";
  const amiss = Object.entries(dependencies).flatMap(([name, wanted]) => {
    const installed = installedVersion(name);
    return installed === wanted ? [] : [`${name} ${installed ?? "is missing"}, not ${wanted}`];
  });
  if (amiss.length > 0) return { about, state: "wrong", found: amiss.join("; "), mend: "run npm ci in the repository" };
  return { about, state: "ok", found: `${Object.keys(dependencies).length} as pinned`, mend: "" };
}

function installedVersion(name: string): string | undefined {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return (JSON.parse(readFileSync(`${path}/${name}/package.json`, "utf8")) as Manifest).version;
    } catch {
      // Not in this folder; it may be in one further up.
    }
  }
  return undefined;
}
