import { askSupervisor, connectionTo, type FaultList } from "@bellmesh/emulation";
import { faultData } from "@bellmesh/mesh";
import { loadSchedule } from "@bellmesh/simulation";
import { scopeOf } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import type { Command, Output } from "./command.ts";
import { type FaultsAnswer, injectFaults, refuseFaults } from "./inject-faults.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";
import { count } from "./table.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh faults inject`: lets things go wrong on a running mesh. */
export const faultsInject: Command = {
  name: "faults inject",
  summary: "inject the faults of a file into a running mesh",
  description:
    "Reads a schedule of faults (docs/faults.md) and puts it in force on a mesh that bellmesh up --allow-faults has\n" +
    "started; instants count from now. Crashes and pauses are done by the mesh's supervisor, everything else by the\n" +
    "processes. All stand in the ledger. Exit code 1 when the mesh does not allow faults, 2 for a mistake in the file.",
  positionals: [{ name: "FILE", summary: "the schedule, YAML or JSON" }],
  options: { name: nameOption },
  examples: [
    "bellmesh faults inject examples/faults/bad-day.yaml",
    "bellmesh faults inject day.yaml --name lab --json",
  ],
  async run(given, output) {
    const [file] = given.positionals;
    if (file === undefined) throw new UsageError("no schedule is given", "name a file of faults, see docs/faults.md");
    const connection = connectionTo(givenMesh(given));
    const { topology, name } = connection;
    const injected = await injectFaults(connection, loadSchedule(file, scopeOf(topology)));
    if ("refusal" in injected) return refuseFaults(given, output, injected);
    const data = injected.map(({ entry, processes }) => ({ ...faultData(entry), processes }));
    if (given.has("json")) output.result(JSON.stringify({ name, injected: data }));
    else output.result(`${count(injected.length, "fault")} in force on ${name}, or to come`);
    return 0;
  },
};

/** `bellmesh faults list`: what acts on a running mesh, and what is to come. */
export const faultsList: Command = {
  name: "faults list",
  summary: "show the faults of a running mesh",
  description: "Shows the faults that act on a running mesh now, and those still to come.",
  positionals: [],
  options: { name: nameOption },
  examples: ["bellmesh faults list", "bellmesh faults list --name lab --json"],
  run: (given, output) => listed(given, output, "/faults/list"),
};

/** `bellmesh faults clear`: ends them. */
export const faultsClear: Command = {
  name: "faults clear",
  summary: "end the faults of a running mesh",
  description: "Ends the faults that act on a running mesh now, forgets those still to come, and shows what there was.",
  positionals: [],
  options: { name: nameOption },
  examples: ["bellmesh faults clear", "bellmesh faults clear --name lab --json"],
  run: (given, output) => listed(given, output, "/faults/clear"),
};

async function listed(given: Arguments, output: Output, path: string): Promise<number> {
  const { control } = connectionTo(givenMesh(given));
  const answer = await askSupervisor<FaultsAnswer>(control, path);
  if ("refusal" in answer) return refuseFaults(given, output, answer);
  if (given.has("json")) output.result(JSON.stringify(answer));
  else output.result(listText(answer));
  return 0;
}

function listText({ acting, coming }: FaultList): string {
  const lines = (title: string, faults: readonly object[]) =>
    faults.length === 0 ? [] : [title, ...faults.map((fault) => `  ${JSON.stringify(fault)}`)];
  const text = [...lines("acting", acting), ...lines("to come", coming)].join("\n");
  return text === "" ? "no faults" : text;
}
