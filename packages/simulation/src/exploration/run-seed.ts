import { drawTrial } from "./draw-trial.ts";
import { runTrial, type TrialOptions } from "./run-trial.ts";
import type { TrialReport } from "./trial-report.ts";

/**
 * Draws what a seed stands for, and runs it. It never throws: what is thrown outside of the run's steps and referees
 * is this seed's violation, `trial-throws`, and of no concern to other seeds.
 */
export function runSeed(seed: number, options: TrialOptions = {}): TrialReport {
  try {
    return runTrial(drawTrial(seed), options);
  } catch (error) {
    return thrownReport(seed, error instanceof Error ? error.message : String(error));
  }
}

/** The report of a trial of which nothing is known but that it threw. */
export function thrownReport(seed: number, message: string): TrialReport {
  return {
    seed,
    endedBy: "violation",
    virtualNs: 0,
    events: 0,
    sha256: "",
    ledgerEvents: 0,
    delivered: 0,
    ended: {},
    faultsByKind: {},
    rareStates: {},
    verdicts: {},
    violations: [{ property: "trial-throws", atNs: 0, message }],
  };
}
