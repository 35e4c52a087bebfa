/** Programs on pairs and small registers, evaluated exactly over all outcomes. Pure. */
export type { DescribedState } from "./described-state.ts";
export { BRANCHES_MAX, type EvaluatedReport, type EvaluatedStep, type Evaluation, evaluate } from "./evaluate.ts";
export { type Program, parseProgram } from "./parse-program.ts";
export { ProgramError } from "./program-error.ts";
export { programJsonSchema } from "./program-schema.ts";
export {
  bb84Fraction,
  binaryEntropy,
  chshMaximum,
  deviceIndependentFraction,
  type ErrorRates,
  errorRates,
  repeaterlessBound,
  sixStateFraction,
} from "./rates/key-rates.ts";
export {
  type Attempts,
  cutoffAttempts,
  nestedAttempts,
  parallelAttempts,
  parallelCoherence,
  sequentialCoherence,
} from "./rates/waiting-times.ts";
export type { SeenBranch } from "./step-record.ts";
