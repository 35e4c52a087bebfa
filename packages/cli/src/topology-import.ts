import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type ImportedTopology, type ImportTool, importTools, importTopology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { count } from "./table.ts";
import { textOf } from "./text-of.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh topology import`: another tool's network as a topology file. */
export const topologyImport: Command = {
  name: "topology import",
  summary: "import a network of SquidASM or SeQUeNCe",
  description:
    "Turns a network YAML of SquidASM (NetSquid) or a topology JSON of SeQUeNCe into a topology file. Its comments\n" +
    "say what every number was made of. Units and conventions are converted. What has no counterpart is left out\n" +
    "and listed with its place in the source: on standard error, at the top of the file, and with --json in\n" +
    "`warnings`. docs/the-same-network-in-three-tools.md has the table of conventions.",
  positionals: [{ name: "FILE", summary: "the other tool's file, or - for standard input" }],
  options: {
    from: { value: "TOOL", summary: "squidasm or sequence; by default, what the file looks like" },
    output: { value: "FILE", summary: "where to write the topology file (standard output)" },
  },
  examples: [
    "bellmesh topology import network.yaml --output imported.yaml",
    "bellmesh topology import star_network.json --from sequence --json",
  ],
  run(given, output) {
    const [file] = given.positionals;
    if (file === undefined) throw new UsageError("no file is given", "name one, or - for standard input");
    const target = given.text("output");
    if (target !== undefined && resolve(target) === resolve(file)) {
      throw new UsageError(`--output ${JSON.stringify(target)} is the file to import`, "name another file");
    }
    const imported = importTopology(
      textOf(file, "name a file of SquidASM or SeQUeNCe"),
      file === "-" ? "standard input" : file,
      toolOf(given),
    );
    if (target !== undefined) writeFileSync(target, imported.text);
    if (given.has("json")) {
      output.result(JSON.stringify(summaryOf(imported, file, target)));
      return 0;
    }
    for (const { path, line, message } of imported.warnings) {
      output.note(`${file}${line === undefined ? "" : `:${line}`}: ${path === "" ? "" : `${path}: `}${message}`);
    }
    output.result(target === undefined ? imported.text.trimEnd() : writtenText(imported, target));
    return 0;
  },
};

function toolOf(given: Arguments): ImportTool | undefined {
  const named = given.text("from");
  if (named === undefined) return undefined;
  const tool = importTools.find((candidate) => candidate === named.toLowerCase());
  if (tool !== undefined) return tool;
  throw new UsageError(`--from ${JSON.stringify(named)} is no tool that is known here`, "give squidasm or sequence");
}

function summaryOf({ tool, text, topology, warnings }: ImportedTopology, file: string, target: string | undefined) {
  const { name, nodes, links } = topology;
  const written = target === undefined ? { text } : { output: target };
  return { file, tool, name, nodes: nodes.length, links: links.length, warnings, ...written };
}

function writtenText({ topology, warnings }: ImportedTopology, target: string): string {
  const { name, nodes, links } = topology;
  const counts = `${count(nodes.length, "node")} and ${count(links.length, "link")}`;
  return `${target}: ${name} with ${counts}; ${count(warnings.length, "warning")}`;
}
