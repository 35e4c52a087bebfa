import { type BellIndex, bellIndices, bellName } from "@bellmesh/bell";
import type { Topology } from "@bellmesh/topology";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import type { Arguments } from "./arguments.ts";
import type { Option } from "./command.ts";
import { nodeOption } from "./node-option.ts";
import { UsageError } from "./usage-error.ts";

const missPolicies: Readonly<Record<string, MissPolicy>> = {
  discard: MissPolicy.DISCARD,
  age: MissPolicy.AGE,
  degrade: MissPolicy.DEGRADE,
};

const PAIRS_DEFAULT = 100;
const PAIRS_MAX = 100_000_000;
/** Two shots in each of the nine settings: fewer say nothing of the error. */
const SHOTS_MIN = 18;
const MILLISECOND_NS = 1e6;

/** The options of a request for pairs, the same wherever one is made. */
export const askOptions: Readonly<Record<string, Option>> = {
  from: { value: "NODE", summary: "the head-end, which asks (default: the first node)" },
  to: { value: "NODE", summary: "the tail-end (default: the last node)" },
  pairs: { value: "N", summary: `how many pairs to ask for (default: ${PAIRS_DEFAULT})` },
  "min-fidelity": { value: "F", summary: "deliver nothing claimed below this, in (0.5, 1] (default: best effort)" },
  "max-time": { value: "MS", summary: "give the request so many emulated milliseconds (default: no limit)" },
  "miss-policy": { value: "POLICY", summary: "late feedforward: discard (default), age or degrade" },
  grace: { value: "MS", summary: "with degrade: how long the late bits may still upgrade a pair (default: 0)" },
  "final-state": { value: "STATE", summary: "deliver phi+, psi+, phi- or psi- (default: whatever state it is)" },
  priority: { value: "P", summary: "0 to 7, higher is sooner, where links serve by strict priority (default: 2)" },
  tomography: { value: "N", summary: "ask for N pairs, measure both halves of each, and estimate their state" },
};

/** A request for pairs as the command line has it. */
export interface AskGiven {
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  readonly minFidelity: number | undefined;
  /** 0 is no limit. */
  readonly maxTimeNs: number;
  readonly missPolicy: MissPolicy;
  readonly graceNs: number;
  readonly finalState: BellIndex | undefined;
  readonly priority: number | undefined;
  /** Every pair is measured at both ends. */
  readonly tomography: boolean;
}

/** @throws UsageError for a node the topology does not have, or a value that is none. */
export function askGiven(given: Arguments, topology: Topology): AskGiven {
  return {
    from: nodeOption(given, topology, "from") ?? (topology.nodes[0]?.name as string),
    to: nodeOption(given, topology, "to") ?? (topology.nodes.at(-1)?.name as string),
    pairs: pairsOption(given),
    minFidelity: given.number("min-fidelity"),
    maxTimeNs: (given.wholeNumber("max-time", 1, 1e9) ?? 0) * MILLISECOND_NS,
    missPolicy: missPolicyOption(given),
    graceNs: (given.wholeNumber("grace", 0, 1e9) ?? 0) * MILLISECOND_NS,
    finalState: finalStateOption(given),
    priority: given.wholeNumber("priority", 0, 7),
    tomography: given.has("tomography"),
  };
}

/** As many pairs as were asked for, or as many as tomography needs. */
function pairsOption(given: Arguments): number {
  const shots = given.wholeNumber("tomography", SHOTS_MIN, PAIRS_MAX);
  if (shots === undefined) return given.wholeNumber("pairs", 0, PAIRS_MAX) ?? PAIRS_DEFAULT;
  if (given.has("pairs")) {
    throw new UsageError("--tomography and --pairs both say how many pairs", "give one of them");
  }
  return shots;
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
