import { DensityMatrix } from "@bellmesh/joint-state";
import { addTo, type Branch } from "./branch.ts";
import { type DescribedState, describedState } from "./described-state.ts";
import type { Ket } from "./ket.ts";

/** Figures of one outcome, weighted by how probable the branches were that had it. */
export interface OutcomeRecord {
  probability: number;
  readonly sums: Map<string, number>;
}

/** What a report is about. */
export interface Look {
  readonly name: string;
  readonly qubits: readonly string[];
  /** What fidelity refers to. */
  readonly target: Ket | undefined;
  /** Whether the state without what is due is wanted as well. */
  readonly raw: boolean;
}

/** What a report saw in one branch. */
export interface SeenBranch {
  readonly probability: number;
  readonly outcomes: Readonly<Record<string, string>>;
  /** X^x Z^z that is due, by qubit: I, X, Z or XZ. */
  readonly due: Readonly<Record<string, string>>;
  readonly state: DescribedState;
  readonly raw?: DescribedState;
}

/** What a report saw in all branches. */
export interface Sight {
  readonly about: Look;
  /** Sums over the branches, weighted by their probabilities. */
  readonly framed: DensityMatrix;
  readonly raw: DensityMatrix;
  readonly branches: SeenBranch[];
}

/** What one step was seen to do, over all branches that came to it. */
export class StepRecord {
  /** By what was reported. Probabilities are of the whole program so far. */
  readonly outcomes = new Map<string, OutcomeRecord>();
  /** Figures that are not of an outcome: their weighted sums, and the weights. */
  readonly figures = new Map<string, { sum: number; weight: number }>();
  /** What it saw, when it is a report. */
  sight: Sight | undefined;
  /** The probability that the program came to this step. */
  reached = 0;
  /** The probability that it went on after it. */
  passed = 0;

  /** One outcome with this probability, and what is true in it. */
  outcome(outcome: string, probability: number, figures: Readonly<Record<string, number>> = {}): void {
    const record = this.outcomes.get(outcome) ?? { probability: 0, sums: new Map() };
    this.outcomes.set(outcome, record);
    record.probability += probability;
    for (const [name, value] of Object.entries(figures)) {
      record.sums.set(name, (record.sums.get(name) ?? 0) + probability * value);
    }
  }

  /** What is true in a branch, or for one input, of this probability. */
  figure(name: string, value: number, probability = 1): void {
    const figure = this.figures.get(name) ?? { sum: 0, weight: 0 };
    this.figures.set(name, figure);
    figure.sum += probability * value;
    figure.weight += probability;
  }

  /** What a report sees in one branch. */
  look(about: Look, branch: Branch): void {
    const { qubits, target } = about;
    this.sight ??= {
      about,
      framed: new DensityMatrix(qubits.length),
      raw: new DensityMatrix(qubits.length),
      branches: [],
    };
    const [framed, raw] = [branch.framed(qubits), branch.reduced(qubits)];
    addTo(this.sight.framed, framed, branch.probability);
    addTo(this.sight.raw, raw, branch.probability);
    this.sight.branches.push({
      probability: branch.probability,
      outcomes: Object.fromEntries(branch.outcomes),
      due: Object.fromEntries(qubits.map((qubit) => [qubit, dueName(branch, qubit)])),
      state: describedState(framed, target),
      ...(about.raw && { raw: describedState(raw, target) }),
    });
  }
}

function dueName(branch: Branch, qubit: string): string {
  const { x, z } = branch.due(qubit);
  return x ? (z ? "XZ" : "X") : z ? "Z" : "I";
}
