import { type Evaluation, evaluate, parseProgram } from "@bellmesh/physics";

/** One figure that is known, and how we come to it. */
export interface PhysicsCase {
  readonly what: string;
  /** As printed: it holds to half a unit of its last digit. */
  readonly expected: string;
  readonly ours: () => number;
}

/** Cases of one kind, with the formula that the expected figures follow. */
export interface Section {
  readonly title: string;
  readonly about: string;
  readonly cases: readonly PhysicsCase[];
}

export type Step = Readonly<Record<string, unknown>>;

/** Evaluates a program, as `bellmesh physics eval` does. */
export function run(steps: readonly Step[], defaults: Step = {}): Evaluation {
  return evaluate(parseProgram(JSON.stringify({ defaults, steps }), "case"));
}

/** A pair written out. */
export function pair(first: string, second: string, state: Step): Step {
  return { op: "state", qubits: [first, second], ...state };
}

/** F of the Bell state that is meant and (1 − F)/3 of each other one. */
export function werner(fidelity: number): Step {
  return { wernerFidelity: fidelity };
}

/** Weights in the order phi+, psi+, phi-, psi-. */
export function bell(...bellWeights: readonly number[]): Step {
  return { bellWeights };
}

/** The fidelity that the last report gives, averaged over outcomes. */
export function fidelity(steps: readonly Step[], defaults: Step = {}): number {
  return run(steps, defaults).reports.at(-1)?.average.fidelity as number;
}

/** A figure that one of the steps gives. */
export function figure(steps: readonly Step[], name: string, defaults: Step = {}): number {
  const found = run(steps, defaults).steps.find(({ figures }) => name in figures)?.figures[name];
  if (found === undefined) throw new Error(`no step gives ${name}`);
  return found;
}

/** The Bell weight of the last report. */
export function weight(steps: readonly Step[], name: string, defaults: Step = {}): number {
  return run(steps, defaults).reports.at(-1)?.average.bellWeights?.[name as "phi+"] as number;
}
