import { closeSync, openSync } from "node:fs";
import { type BellIndex, bellIndices, bellName } from "@bellmesh/bell";
import { simulate as runSimulation, type SimulationReport } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { nodeOption } from "./node-option.ts";
import { ProgressLine } from "./progress-line.ts";
import { simulationText } from "./simulation-text.ts";
import { UsageError } from "./usage-error.ts";

const missPolicies: Readonly<Record<string, MissPolicy>> = {
  discard: MissPolicy.DISCARD,
  age: MissPolicy.AGE,
  degrade: MissPolicy.DEGRADE,
};

const PAIRS_DEFAULT = 100;
const PAIRS_MAX = 100_000_000;
const MILLISECOND_NS = 1e6;

/** `bellmesh simulate`: one request for pairs, on a mesh of its own in virtual time. */
export const simulate: Command = {
  name: "simulate",
  summary: "ask for pairs on a simulated mesh, in virtual time",
  description:
    "Runs every service of a topology in this process, on virtual time, and asks for entangled pairs between two\n" +
    "nodes. The same options give the same ledger, byte for byte. Exit code 1 when fewer pairs were delivered than\n" +
    "asked, when a referee found a violation, or when the request was refused.",
  positionals: [],
  options: {
    topology: { value: "TOPOLOGY", summary: "a topology file, or a preset: line:9, ring:6, star:5, grid:3x3" },
    from: { value: "NODE", summary: "the head-end, which asks (default: the first node)" },
    to: { value: "NODE", summary: "the tail-end (default: the last node)" },
    pairs: { value: "N", summary: `how many pairs to ask for (default: ${PAIRS_DEFAULT})` },
    "min-fidelity": { value: "F", summary: "deliver nothing claimed below this, in (0.5, 1] (default: best effort)" },
    "max-time": { value: "MS", summary: "give the request so many virtual milliseconds (default: a day)" },
    "miss-policy": { value: "POLICY", summary: "late feedforward: discard (default), age or degrade" },
    grace: { value: "MS", summary: "with degrade: how long the late bits may still upgrade a pair (default: 0)" },
    "final-state": { value: "STATE", summary: "deliver phi+, psi+, phi- or psi- (default: whatever state it is)" },
    seed: { value: "S", summary: "the seed of all chance (default: 1)" },
    ledger: { value: "FILE", summary: "write the ledger to this file: length-prefixed protobuf, bellmesh.ledger.v1" },
  },
  examples: [
    "bellmesh simulate --topology examples/topologies/alice-repeater-bob.yaml --from alice --to bob --pairs 1000",
    "bellmesh simulate --topology line:5 --pairs 200 --min-fidelity 0.8 --seed 7 --json",
  ],
  run(given, output) {
    const topology = loadTopology(given.requiredText("topology", "name a topology file, or a preset such as line:9"));
    const options = simulationOptions(given, topology);
    const progress = new ProgressLine(process.stderr, output);
    output.note(`asking for ${options.pairs} pairs from ${options.from} to ${options.to} of ${topology.name}`);
    const report = runSimulation({ ...options, onProgress: (now) => progress.show(now) });
    progress.clear();
    if (report.refusal) output.note(`bellmesh: refused: ${report.refusal.message}`);
    if (given.has("json")) output.result(JSON.stringify(asJson(report)));
    else if (!report.refusal) output.result(simulationText(report));
    for (const note of doubts(report)) output.note(`bellmesh: ${note}`);
    const isShort = report.refusal !== undefined || report.delivered < report.requested;
    return isShort || report.verdicts.some(({ verdict }) => verdict !== "true") ? 1 : 0;
  },
};

/** What a reader must know before trusting the figures. */
function doubts({ verdicts, emulatorLimits, refusal }: SimulationReport): string[] {
  const unknown = verdicts.filter(({ verdict }) => verdict === "unknown").map(({ name }) => name);
  return [
    ...(unknown.length > 0 && !refusal ? [`not everything was seen to its end: ${unknown.join(", ")} unknown`] : []),
    ...(emulatorLimits > 0 ? [`${emulatorLimits} pairs ended because no engine could hold their register`] : []),
  ];
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

function simulationOptions(given: Arguments, topology: Topology) {
  const minFidelity = given.number("min-fidelity");
  const ledgerFile = ledgerOption(given);
  const finalState = finalStateOption(given);
  return {
    topology,
    from: nodeOption(given, topology, "from") ?? (topology.nodes[0]?.name as string),
    to: nodeOption(given, topology, "to") ?? (topology.nodes.at(-1)?.name as string),
    pairs: given.wholeNumber("pairs", 0, PAIRS_MAX) ?? PAIRS_DEFAULT,
    seed: given.wholeNumber("seed", 0, Number.MAX_SAFE_INTEGER) ?? 1,
    maxTimeNs: (given.wholeNumber("max-time", 1, 1e9) ?? 0) * MILLISECOND_NS,
    graceNs: (given.wholeNumber("grace", 0, 1e9) ?? 0) * MILLISECOND_NS,
    missPolicy: missPolicyOption(given),
    ...(minFidelity === undefined ? {} : { minFidelity }),
    ...(ledgerFile === undefined ? {} : { ledgerFile }),
    ...(finalState === undefined ? {} : { finalState }),
  };
}

function finalStateOption(given: Arguments): BellIndex | undefined {
  const name = given.text("final-state");
  if (name === undefined) return undefined;
  const state = bellIndices.find((index) => bellName(index) === name);
  if (state) return state;
  const names = bellIndices.map(bellName).join(", ");
  throw new UsageError(`--final-state ${JSON.stringify(name)} is not a Bell state`, `it is one of ${names}`);
}

function missPolicyOption(given: Arguments): MissPolicy {
  const name = given.text("miss-policy");
  if (name === undefined) return MissPolicy.UNSPECIFIED;
  const policy = missPolicies[name];
  if (policy !== undefined) return policy;
  throw new UsageError(
    `--miss-policy ${JSON.stringify(name)} is not a miss policy`,
    `it is one of ${Object.keys(missPolicies).join(", ")}`,
  );
}

/** The fields scripts rely on, in this order; `refusal` only where there was one. */
function asJson(report: SimulationReport) {
  const { world, seed, requested, delivered, failed, fidelity, feedforward, virtualNs, wallMs, events, ledger } =
    report;
  return {
    world,
    seed,
    requested,
    delivered,
    failed,
    fidelity,
    feedforward,
    virtualNs,
    wallMs: Math.round(wallMs),
    events,
    ledger,
    ...(report.refusal && { refusal: report.refusal }),
  };
}
