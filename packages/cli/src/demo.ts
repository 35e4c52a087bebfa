import { Mesh, type MeshReport, meshReport } from "@bellmesh/emulation";
import { loadTopology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import { type AskGiven, askGiven, askOptions } from "./ask-options.ts";
import type { Command, Output } from "./command.ts";
import { RequestProgressLine } from "./request-progress.ts";
import { showReport } from "./show-report.ts";
import { StopSignals } from "./stop-signals.ts";
import { givenMeshOptions, givenMeshTopology, meshOptions, readyLimitMs } from "./up.ts";

/** `bellmesh demo`: a mesh of its own for one request. */
export const demo: Command = {
  name: "demo",
  summary: "start a mesh, ask it for pairs, show what came of it, stop it",
  description:
    "Starts every service of a topology as a process of this machine, over real gRPC and NATS, asks for entangled\n" +
    "pairs between two nodes, waits until nothing is under way any more, and lets the referees judge. npm start is\n" +
    "this. With --stay the mesh stays up afterwards for other commands. Exit code 1 when fewer pairs were delivered\n" +
    "than asked, when a referee found a violation or could not see all that its rule is about, or when the request\n" +
    "was refused.",
  positionals: [],
  options: {
    ...meshOptions,
    ...askOptions,
    name: { value: "NAME", summary: "by which other commands find it (default: one that no other mesh has)" },
    stay: { summary: "leave the mesh running afterwards, until Ctrl-C" },
  },
  examples: [
    "bellmesh demo --topology examples/topologies/alice-repeater-bob.yaml --from alice --to bob --pairs 100",
    "bellmesh demo --topology line:4 --per-node --nats embedded --pairs 20 --json",
  ],
  async run(given, output) {
    const source = givenMeshTopology(given);
    const ask = askGiven(given, loadTopology(source));
    const name = given.text("name");
    const options = givenMeshOptions(given);
    const signals = new StopSignals();
    const mesh = await Mesh.start({
      topology: source,
      ...options,
      ...(name !== undefined && { name }),
      onStopAsked: () => signals.stop("bellmesh down"),
    });
    try {
      output.note(`${mesh.connection.processes} processes of ${mesh.topology.name} are starting`);
      const startedMs = performance.now();
      await Promise.race([mesh.whenReady(readyLimitMs(mesh)), signals.stopped]);
      if (!signals.isStopped) output.note(`ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
      const report = signals.isStopped ? undefined : await ran(mesh, ask, given, output, signals);
      if (!report) return 1;
      const code = showReport(report, given, output);
      if (given.has("stay")) await stayed(mesh, output, signals);
      return code;
    } finally {
      await mesh.stop();
    }
  },
};

/** Asks, waits until all has come to its end, and reports; undefined when it is to stop before. */
async function ran(
  mesh: Mesh,
  ask: AskGiven,
  given: Arguments,
  output: Output,
  signals: StopSignals,
): Promise<MeshReport | undefined> {
  const { from, to } = ask;
  await mesh.reported();
  const before = mesh.account({ from, to, atQuiescence: false });
  output.note(`asking for ${ask.pairs} pairs from ${from} to ${to}`);
  const progress = new RequestProgressLine(output);
  const { tomography } = ask;
  const onProgress = progress.show.bind(progress);
  const outcome = await mesh.request(ask, { onProgress, signal: signals.signal, tomography });
  progress.clear();
  if (signals.isStopped) return undefined;
  const atQuiescence = await mesh.settle();
  // Processes report how they fared when they end, and every second otherwise.
  if (given.has("stay")) await mesh.reported();
  else await mesh.end();
  const after = mesh.account({ from, to, atQuiescence });
  return meshReport({ connection: mesh.connection, ask, outcome, before, after });
}

async function stayed(mesh: Mesh, output: Output, signals: StopSignals): Promise<void> {
  const { name } = mesh;
  output.note(
    [
      "",
      `The mesh ${name} stays up. In another terminal:`,
      `  npx bellmesh status --name ${name}`,
      `  npx bellmesh request --name ${name} --pairs 20`,
      `  npx bellmesh down --name ${name}`,
      "Ctrl-C stops it.",
    ].join("\n"),
  );
  await signals.stopped;
}
