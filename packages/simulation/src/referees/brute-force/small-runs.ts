import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { clockPresets, loadTopology, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { type SimulationOptions, simulate } from "../../simulate.ts";

/** For tests: a ledger of a few pairs, and the network by which it is judged. */
export interface SmallRun {
  readonly title: string;
  readonly topology: Topology;
  readonly events: readonly LedgerEvent[];
}

const always = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;
const lossy: readonly FaultEntry[] = [{ ...always, kind: "loss", args: { probability: 0.3 } }];
const [line, longLine, star] = [loadTopology("line:3"), loadTopology("line:4"), loadTopology("star:4")];
const nature = "quantum-state/nature";
const paused: FaultEntry = { atNs: 1.005e9, forNs: 5e7, kind: "pause", target: { process: nature }, args: {} };
const preset = "ptp-hardware";
const drifting: Topology = { ...line, clock: { ...line.clock, ...clockPresets[preset], preset } };

/** Ledgers of real runs: lines and a star, with nothing wrong, losses, crashes, measured pairs, and clocks that err. */
export function smallRuns(): readonly SmallRun[] {
  return [
    ...[1, 2, 3].map((seed) => {
      const faults = seed === 2 ? lossy : [];
      const run = ranOn({ topology: { ...longLine, cutoffS: 0.02 }, from: "n0", to: "n3", pairs: 2, seed, faults });
      // Judged by a shorter cutoff than it ran with, so that some repeater keeps a half for too long.
      return { ...run, title: `a line with a cutoff, seed ${seed}`, topology: { ...longLine, cutoffS: 0.015 } };
    }),
    { ...ranOn({ topology: star, from: "n1", to: "n2", pairs: 3, seed: 4, faults: lossy }), title: "a lossy star" },
    ...[nature, "node-controller/n1", "node-controller/n2", "link-layer/n1"].map((process, index) => {
      const crash = { atNs: 1.02e9, forNs: 5e6, kind: "crash", target: { process }, args: {} } as const;
      const seed = 5 + index;
      const run = ranOn({ topology: line, from: "n0", to: "n2", pairs: 3, seed, maxTimeNs: 10e9, faults: [crash] });
      return { ...run, title: `a crash of ${process}` };
    }),
    {
      ...ranOn({ topology: line, from: "n0", to: "n2", pairs: 3, seed: 12, faults: [paused], maxTimeNs: 10e9 }),
      title: "nature that stands still",
    },
    ...[1, 8].map((seed) => {
      const misses = { faults: lossy, missPolicy: MissPolicy.DEGRADE, minFidelity: 0.93, graceNs: 5e6, maxTimeNs: 8e9 };
      const run = ranOn({ topology: line, from: "n0", to: "n2", pairs: 3, seed, ...misses });
      return { ...run, title: `pairs delivered before their index is known, seed ${seed}` };
    }),
    {
      ...ranOn({ topology: line, from: "n0", to: "n2", pairs: 4, seed: 9, tomography: true }),
      title: "pairs that applications measure",
    },
    ...[10, 11].map((seed) => {
      const [target, args] = [{ node: "n2" }, { stepNs: 5e6 }];
      const step: FaultEntry = { atNs: 1.045e9, forNs: 0, kind: "clock-step", target, args };
      const run = ranOn({ topology: drifting, from: "n0", to: "n2", pairs: 2, seed, faults: [step] });
      return { ...run, title: `a clock that is stepped, seed ${seed}` };
    }),
  ];
}

function ranOn(options: SimulationOptions): Omit<SmallRun, "title"> {
  const events: LedgerEvent[] = [];
  simulate({ ...options, onEvent: (event) => events.push(event) });
  return { topology: options.topology, events };
}
