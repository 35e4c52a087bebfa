/** Programs on pairs and small registers, evaluated exactly over all outcomes. Pure. */
export type { DescribedState } from "./described-state.ts";
export { type EvaluatedReport, type EvaluatedStep, type Evaluation, evaluate } from "./evaluate.ts";
export { type ClockCost, type ClockError, clockCost } from "./links/clock-cost.ts";
export { type HeraldTerm, heraldBudget, type Remedy } from "./links/herald-budget.ts";
export { type KeyFigures, keyFigures } from "./links/key-figures.ts";
export {
  announcedMatrix,
  type LinkEnd,
  type LinkFigures,
  type LinkInput,
  type LinkTerm,
  linkFigures,
} from "./links/link-figures.ts";
export { allLinksTail, eitherWaitsTail, firstWaitsTail, LINKS_MAX, lineKept } from "./links/parallel-waits.ts";
export {
  type AgeLaw,
  type PathFigures,
  type PathLink,
  type PathNode,
  type PathParameters,
  type PathTerm,
  pathFigures,
} from "./links/path-figures.ts";
export { attemptsLaw, type TailTerm, type WaitingLaw, waitingLaw } from "./links/waiting-law.ts";
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
