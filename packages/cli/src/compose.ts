import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ComposeFile, composeFile } from "@bellmesh/emulation";
import { loadTopology, standaloneTopology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { count, table } from "./table.ts";

/** `bellmesh compose`: a network as containers. */
export const compose: Command = {
  name: "compose",
  summary: "write the compose file that runs a network in containers",
  description:
    "Writes a compose file for docker-compose 1.29 or Compose v2: the bus, a container for every service of every\n" +
    "node, link and nature, and the collector of the ledger. Without --output it goes to standard output. With it,\n" +
    "secret passwords for the bus are added to .env beside the file; those that stand there already are kept.\n" +
    "The image is built from this repository: put the file at its root, or set BELLMESH_IMAGE to one that exists.",
  positionals: [],
  options: {
    topology: { value: "TOPOLOGY", summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3" },
    "per-node": { summary: "one container per node, with its services in one process" },
    output: { value: "FILE", summary: "write it there, such as docker-compose.yml" },
  },
  examples: [
    "bellmesh compose --topology examples/topologies/alice-repeater-bob.yaml",
    "bellmesh compose --topology grid:3x3 --per-node --json",
  ],
  run(given, output) {
    const source = given.requiredText("topology", "name a topology file, or a preset such as line:9");
    const perNode = given.has("per-node");
    const file = composeFile({
      topology: loadTopology(source),
      source: standaloneTopology(source),
      command: `bellmesh compose --topology ${source}${perNode ? " --per-node" : ""}`,
      perNode,
    });
    const path = given.text("output");
    if (path !== undefined) {
      writeFileSync(path, file.text);
      addPasswords(join(dirname(path), ".env"), file.passwords);
    }
    output.result(result(given, file, path));
    return 0;
  },
};

/** Compose reads .env beside its file by itself. Whoever may read it may speak on the bus in any node's name. */
function addPasswords(path: string, variables: readonly string[]): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const missing = variables.filter((variable) => !new RegExp(`^\\s*${variable}\\s*=`, "m").test(text));
  if (missing.length === 0) return;
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  const lines = missing.map((variable) => `${variable}=${randomBytes(16).toString("hex")}\n`);
  writeFileSync(path, text + separator + lines.join(""), { mode: 0o600 });
}

function result(given: Arguments, { text, containers, doors }: ComposeFile, path: string | undefined): string {
  if (given.has("json")) {
    const nodes = doors.map(({ node, port }) => ({ node, address: `127.0.0.1:${port}` }));
    return JSON.stringify({ ...(path === undefined ? { compose: text } : { file: path }), containers, nodes });
  }
  if (path === undefined) return text.trimEnd();
  const rows = doors.map(({ node, port, variable }) => [node, `127.0.0.1:${port}`, `${variable} moves it`]);
  return `${path}: the bus and ${count(containers.length, "container")}\n\n${table(rows)}`;
}
