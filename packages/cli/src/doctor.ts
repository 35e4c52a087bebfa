import { loadTopology, type Topology } from "@bellmesh/topology";
import type { Command } from "./command.ts";
import { busFindings, containerFindings } from "./doctor-bus.ts";
import type { Finding } from "./doctor-finding.ts";
import { machineFindings } from "./doctor-machine.ts";
import { programFindings } from "./doctor-programs.ts";
import { table } from "./table.ts";

const PORT_MAX = 65_535;
const marks = { ok: "ok", note: "note", wrong: "WRONG" } as const;

/** `bellmesh doctor`: what is missing or wrong on this machine, and how to mend it. */
export const doctor: Command = {
  name: "doctor",
  summary: "say what is missing or wrong on this machine, and how to mend it",
  description:
    "Looks at everything a mesh needs of this machine, and with --topology whether it can carry that one. A note is\n" +
    "something one can do without. Exit code 1 when something needed is missing or wrong.",
  positionals: [],
  options: {
    topology: {
      value: "TOPOLOGY",
      summary: "the network to run: a file, or a preset: line:9, ring:6, star:5, grid:3x3",
    },
    port: { value: "PORT", summary: "whether the ports that bellmesh up --port would take are free" },
  },
  examples: ["bellmesh doctor", "bellmesh doctor --topology examples/topologies/metro.yaml --json"],
  async run(given, output) {
    const source = given.text("topology");
    const topology = source === undefined ? undefined : loadTopology(source);
    const port = given.wholeNumber("port", 1, PORT_MAX);
    const findings = [
      ...topologyFindings(topology),
      ...programFindings(),
      ...(await busFindings()),
      ...(await containerFindings()),
      ...(await machineFindings(topology ?? loadTopology("line:3"), port)),
    ];
    const healthy = findings.every(({ state }) => state !== "wrong");
    output.result(given.has("json") ? JSON.stringify({ healthy, findings }) : text(findings, healthy));
    return healthy ? 0 : 1;
  },
};

/** A topology that is not valid has ended the command already. */
function topologyFindings(topology: Topology | undefined): Finding[] {
  if (!topology) return [];
  const { name, nodes, links } = topology;
  return [{ about: "topology", state: "ok", found: `${name}: ${nodes.length} nodes, ${links.length} links`, mend: "" }];
}

function text(findings: readonly Finding[], healthy: boolean): string {
  const rows = findings.map(({ about, state, found }) => [marks[state], about, found]);
  const mends = findings.filter(({ mend }) => mend !== "").map(({ about, mend }) => `${about}: ${mend}`);
  const verdict = healthy ? "This machine can run meshes." : "This machine cannot run a mesh yet.";
  return [table(rows), "", ...mends, ...(mends.length > 0 ? [""] : []), verdict].join("\n");
}
