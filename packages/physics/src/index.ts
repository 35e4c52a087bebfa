/** Programs on pairs and small registers, evaluated exactly over all outcomes. Pure. */
export type { DescribedState } from "./described-state.ts";
export { BRANCHES_MAX, type EvaluatedReport, type EvaluatedStep, type Evaluation, evaluate } from "./evaluate.ts";
export { type Program, parseProgram } from "./parse-program.ts";
export { ProgramError } from "./program-error.ts";
export { programJsonSchema } from "./program-schema.ts";
export type { SeenBranch } from "./step-record.ts";
