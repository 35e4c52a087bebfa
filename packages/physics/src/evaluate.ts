import { Branch } from "./branch.ts";
import { type DescribedState, describedState } from "./described-state.ts";
import { nameOf } from "./ket.ts";
import type { PlannedStep, Program } from "./parse-program.ts";
import { ProgramError } from "./program-error.ts";
import { type SeenBranch, type Sight, StepRecord } from "./step-record.ts";

/** The most histories of outcomes that are followed. */
const BRANCHES_MAX = 100_000;

/** What a program comes to. */
export interface Evaluation {
  readonly title?: string;
  /** That the program comes to its end, all heralds given. */
  readonly successProbability: number;
  /** How many different histories of outcomes come to the end. */
  readonly branches: number;
  readonly steps: readonly EvaluatedStep[];
  readonly reports: readonly EvaluatedReport[];
}

/** What one step was seen to do. */
export interface EvaluatedStep {
  /** Its place in the program, counted from 0. */
  readonly step: number;
  readonly op: string;
  readonly as: string;
  /** That the program goes on after it, once it came to it. */
  readonly successProbability: number;
  /** What it may report, given that the program came to it. */
  readonly outcomes: readonly {
    readonly outcome: string;
    readonly probability: number;
    readonly [figure: string]: unknown;
  }[];
  /** Averages over all outcomes. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What one report saw: averaged over outcomes, and in each branch; what is due counts as done. */
export interface EvaluatedReport {
  readonly name: string;
  /** The report's place in the program; none for one that the program did not ask for. */
  readonly step?: number;
  readonly qubits: readonly string[];
  /** The state that fidelity refers to, when it has a name. */
  readonly target?: string;
  readonly average: DescribedState;
  /** The average without what is due. */
  readonly raw?: DescribedState;
  /** By what was reported; probabilities are given that the program came here, and sum to 1. */
  readonly branches: readonly SeenBranch[];
}

/**
 * Follows every history of outcomes through the program, exactly.
 * @throws ProgramError when there are more than BRANCHES_MAX, or what is due cannot be carried through a gate.
 */
export function evaluate(program: Program): Evaluation {
  const { steps } = program;
  const records = steps.map(() => new StepRecord());
  let [ended, branches] = [0, 0];
  follow(Branch.empty(), 0);
  const pairs = steps.map((step, at) => [step, records[at] as StepRecord] as const);
  return {
    ...(program.title !== undefined && { title: program.title }),
    successProbability: ended,
    branches,
    steps: pairs.flatMap(([step, record]) => evaluatedStep(step, record)),
    reports: pairs.flatMap(([step, record]) => (record.sight ? [evaluatedReport(step, record.sight)] : [])),
  };

  /** Depth first, so that few of the matrices exist at one time. */
  function follow(branch: Branch, at: number): void {
    const step = steps[at];
    const record = records[at];
    if (!step || !record) {
      ended += branch.probability;
      branches += 1;
      return;
    }
    if (branches >= BRANCHES_MAX) {
      const expected = "report fewer outcomes: announce one herald, discard instead of measuring";
      throw new ProgramError(program.file, "steps", `there are more than ${BRANCHES_MAX} histories`, expected);
    }
    record.reached += branch.probability;
    for (const next of step.run(branch, record)) {
      record.passed += next.probability;
      follow(next, at + 1);
    }
  }
}

function evaluatedStep({ place, op, label }: PlannedStep, record: StepRecord): readonly EvaluatedStep[] {
  if (place === undefined || op === "report") return [];
  const { outcomes, figures, reached, passed } = record;
  const step: EvaluatedStep = {
    step: place,
    op,
    as: label,
    successProbability: reached === 0 ? 0 : passed / reached,
    outcomes: [...outcomes].map(([outcome, { probability, sums }]) => ({
      outcome,
      probability: probability / reached,
      ...Object.fromEntries([...sums].map(([name, sum]) => [name, sum / probability])),
    })),
    figures: Object.fromEntries([...figures].map(([name, { sum, weight }]) => [name, sum / weight])),
  };
  return [step];
}

function evaluatedReport({ place }: PlannedStep, { about, framed, raw, branches }: Sight): EvaluatedReport {
  const total = branches.reduce((sum, { probability }) => sum + probability, 0);
  for (const state of [framed, raw]) {
    for (let entry = 0; entry < state.real.length; entry += 1) {
      state.real[entry] = (state.real[entry] as number) / total;
      state.imaginary[entry] = (state.imaginary[entry] as number) / total;
    }
  }
  const target = about.target && nameOf(about.target);
  return {
    name: about.name,
    ...(place !== undefined && { step: place }),
    qubits: about.qubits,
    ...(target !== undefined && { target }),
    average: describedState(framed, about.target),
    ...(about.raw && { raw: describedState(raw, about.target) }),
    branches: branches.map((branch) => ({ ...branch, probability: branch.probability / total })),
  };
}
