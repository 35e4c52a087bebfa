import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { Scheduler } from "@bellmesh/topology";

export type Shape = "line" | "star" | "ring" | "grid" | "tree";

export type RegimeName = "ideal" | "nv" | "atom" | "hostile";

/** Nodes, and which of them a link joins. The first node is the grandmaster that the others prefer. */
export interface NetworkPlan {
  readonly shape: Shape;
  readonly nodes: readonly string[];
  readonly links: readonly (readonly [string, string])[];
}

/** What an application asks for, and when it starts. */
export interface PlannedRequest {
  readonly atNs: number;
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  /** 0: no limit. */
  readonly maxTimeNs: number;
  readonly minFidelity: number | null;
  readonly missPolicy: "discard" | "age" | "degrade";
  readonly graceNs: number;
  /** The final state asked for, 2z + x; null: whatever state it is. */
  readonly finalState: number | null;
  /** 0 to 7, higher is sooner; absent: that of the network layer. */
  readonly priority?: number;
}

/** When a run ends at the latest. */
export interface Budget {
  readonly events: number;
  readonly virtualNs: number;
}

/** Everything one seed stands for, written out: a run depends on this and nothing else. All of it is plain data. */
export interface Trial {
  /** Of the chance within the run: heralds, outcomes, clocks, what faults strike. */
  readonly seed: number;
  readonly network: NetworkPlan;
  readonly regime: RegimeName;
  /** In which order links serve their requests; absent: first come, first served. */
  readonly scheduler?: Scheduler;
  /** At which age repeaters give link pairs up; null: never. */
  readonly cutoffMs: number | null;
  /** How often every process has started before: what is numbered by incarnation may be near its end. */
  readonly startsBefore: number;
  readonly requests: readonly PlannedRequest[];
  /** Asked in the core when it is calm and what was pending there has ended; its `atNs` has no meaning. */
  readonly fresh: PlannedRequest;
  readonly faults: readonly FaultEntry[];
  /** Connected nodes; from `calmAtNs` on no fault touches them, and what is asked among them must be served. */
  readonly core: readonly string[];
  readonly calmAtNs: number;
  /** From here on nothing is wrong anywhere. */
  readonly healedAtNs: number;
  readonly budget: Budget;
}

/** What the trial that a seed draws may cost at most. */
export const BUDGET: Budget = Object.freeze({ events: 200_000, virtualNs: 60e9 });
