import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { type SimulationOptions, simulate, type Verdict } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";

/** For tests: what a simulated mesh wrote into its ledger, and what the referees said of it. */
export interface RecordedRun {
  readonly title: string;
  readonly events: readonly LedgerEvent[];
  readonly verdicts: readonly Verdict[];
  readonly trueFidelity: number | null;
}

const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;

const lossyBus: readonly FaultEntry[] = [
  { ...always, kind: "loss", args: { probability: 0.3 } },
  { ...always, kind: "duplication", args: { probability: 0.1, delayNs: 300_000 } },
];

type Ask = Partial<SimulationOptions>;

const asks: Readonly<Record<string, Ask>> = {
  "nothing goes wrong": { pairs: 30 },
  "late feedforward is degraded and the head-end turns the pairs": {
    faults: lossyBus,
    minFidelity: 0.8,
    missPolicy: MissPolicy.DEGRADE,
    graceNs: 50_000_000,
    finalState: { x: false, z: true },
  },
  "late feedforward is discarded": { faults: lossyBus, minFidelity: 0.8, missPolicy: MissPolicy.DISCARD },
  "the repeater crashes and comes back": {
    faults: [{ atNs: 1.135e9, forNs: 5e6, kind: "crash", target: { process: "n1" }, args: {} }],
  },
  "nature, and the repeater twice, crash and come back": {
    pairs: 60,
    faults: [
      { atNs: 1.135e9, forNs: 5e6, kind: "crash", target: { process: "n1" }, args: {} },
      { atNs: 2.335e9, forNs: 5e6, kind: "crash", target: { process: "quantum-state/nature" }, args: {} },
      { atNs: 2.335e9, forNs: 5e6, kind: "crash", target: { process: "n1" }, args: {} },
    ],
  },
};

/** Runs of a line of three nodes. */
export function recordedRuns(): readonly RecordedRun[] {
  return Object.entries(asks).map(([title, ask]) => {
    const events: LedgerEvent[] = [];
    const { verdicts, fidelity } = simulate({
      topology: loadTopology("line:3"),
      from: "n0",
      to: "n2",
      pairs: 20,
      seed: 7,
      untilNs: 300e9,
      ...ask,
      onEvent: (event) => events.push(event),
    });
    return { title, events, verdicts, trueFidelity: fidelity.true };
  });
}
