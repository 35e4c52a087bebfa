import { closeSync, openSync } from "node:fs";
import { simulate as runSimulation, type Progress as SimulationProgress } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import { askGiven, askOptions } from "./ask-options.ts";
import type { Command } from "./command.ts";
import { faultTally, tallyNotes } from "./fault-tally.ts";
import { faultsGiven, faultsOption } from "./faults-option.ts";
import { type Progress, ProgressLine } from "./progress-line.ts";
import { reportCode, reportDoubts, reportJson } from "./report-json.ts";
import { simulationText } from "./simulation-text.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh simulate`: one request for pairs, on a mesh of its own in virtual time. */
export const simulate: Command = {
  name: "simulate",
  summary: "ask for pairs on a simulated mesh, in virtual time",
  description:
    "Runs every service of a topology in this process, on virtual time, and asks for entangled pairs between two\n" +
    "nodes. The same options give the same ledger, byte for byte. Exit code 1 when fewer pairs were delivered than\n" +
    "asked, when a referee found a violation or could not see all that its rule is about, or when the request was\n" +
    "refused. A rule that only faults kept from being judged, where claims may be untrue meanwhile, is told (in\n" +
    "JSON in ledger.unknown and ledger.excused), and is no reason for it.",
  positionals: [],
  options: {
    topology: { value: "TOPOLOGY", summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3" },
    ...askOptions,
    seed: { value: "S", summary: "the seed of all chance (default: 1)" },
    faults: faultsOption,
    encode: {
      summary: "encode every message, as processes do: the same report, slower; shows what could not cross",
    },
    ledger: { value: "FILE", summary: "write the ledger to this file: length-prefixed protobuf, bellmesh.ledger.v1" },
  },
  examples: [
    "bellmesh simulate --topology examples/topologies/alice-repeater-bob.yaml --from alice --to bob --pairs 1000",
    "bellmesh simulate --topology line:5 --pairs 200 --min-fidelity 0.8 --seed 7 --json",
    "bellmesh simulate --topology line:3 --tomography 900 --seed 7",
    "bellmesh simulate --topology examples/topologies/alice-repeater-bob.yaml --faults examples/faults/bad-day.yaml",
  ],
  run(given, output) {
    const topology = loadTopology(given.requiredText("topology", "name a topology file, or a preset such as line:9"));
    const options = simulationOptions(given, topology);
    const progress = new ProgressLine(process.stderr, output);
    output.note(`asking for ${options.pairs} pairs from ${options.from} to ${options.to} of ${topology.name}`);
    const onProgress = (now: SimulationProgress) => progress.show(progressOf(now));
    const report = runSimulation({ ...options, onProgress });
    progress.clear();
    if (report.refusal) output.note(`bellmesh: refused: ${report.refusal.message}`);
    const faults = given.has("faults") ? faultTally(options.faults ?? [], report.virtualNs) : undefined;
    if (given.has("json")) output.result(JSON.stringify(reportJson(report, faults)));
    else if (!report.refusal) output.result(simulationText(report, faults));
    const notes = [...reportDoubts(report), ...tallyNotes(faults, report.virtualNs)];
    for (const note of notes) output.note(`bellmesh: ${note}`);
    return reportCode(report);
  },
};

function progressOf({ virtualNs, ...progress }: SimulationProgress): Progress {
  return { ...progress, detail: `${(virtualNs / 1e9).toFixed(1)} s virtual` };
}

/** The ledger's file, which must be writable before anything starts. */
function ledgerOption(given: Arguments): string | undefined {
  const file = given.text("ledger");
  if (file === undefined) return undefined;
  try {
    closeSync(openSync(file, "w"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--ledger ${JSON.stringify(file)} cannot be written (${reason})`,
      "name a file in a folder of yours",
    );
  }
  return file;
}

/**
 * What the options of a simulation say.
 * @throws UsageError for a value that is none, or a ledger that cannot be written; ScheduleError for its faults
 */
export function simulationOptions(given: Arguments, topology: Topology) {
  const { minFidelity, finalState, priority, ...ask } = askGiven(given, topology);
  const faults = faultsGiven(given, topology);
  const ledgerFile = ledgerOption(given);
  return {
    topology,
    ...ask,
    seed: given.wholeNumber("seed", 0, Number.MAX_SAFE_INTEGER) ?? 1,
    ...(minFidelity === undefined ? {} : { minFidelity }),
    ...(priority === undefined ? {} : { priority }),
    ...(faults.length > 0 && { faults }),
    ...(given.has("encode") && { encodes: true }),
    ...(ledgerFile === undefined ? {} : { ledgerFile }),
    ...(finalState === undefined ? {} : { finalState }),
  };
}
