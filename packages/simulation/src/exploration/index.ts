/** Seeds that draw a whole mesh with all that goes wrong in it, run, judged, and made small when they fail. */
export { type Bundle, readBundle, type WrittenBundle, writeBundle } from "./bundle.ts";
export { BundleError } from "./bundle-error.ts";
export { drawTrial } from "./draw-trial.ts";
export {
  type ExplorationSummary,
  ExplorationTotals,
  type FoundViolation,
  type VerdictCounts,
} from "./exploration-totals.ts";
export { type ExploreOptions, explore, minimised } from "./explore.ts";
export { minimise } from "./minimise.ts";
export { type RareStateName, rareStateNames } from "./rare-states/rare-state-names.ts";
export { type ReplayOutcome, replayOutcome } from "./replay-outcome.ts";
export { runTrial, type TrialOptions } from "./run-trial.ts";
export { SeedSet } from "./seed-set.ts";
export { TotalsError } from "./totals-error.ts";
export { TotalsFile } from "./totals-file.ts";
export type { Trial } from "./trial.ts";
export type { Said, TrialReport, TrialViolation } from "./trial-report.ts";
