import {
  type Bundle,
  type ReplayOutcome,
  readBundle,
  replayOutcome,
  runTrial,
  type TrialReport,
  type TrialViolation,
} from "@bellmesh/simulation/exploration";
import type { Command } from "./command.ts";
import { commit } from "./commit.ts";
import { sourcesAdvice } from "./sources-advice.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh replay`: a failure that was found before, again. */
export const replay: Command = {
  name: "replay",
  summary: "run the failure in a bundle again",
  description:
    "Runs what bellmesh explore found and wrote as a bundle: same sources, same failure. A bundle of another commit\n" +
    "is refused, and the commit to check out is named, unless --any-commit is given: to see whether it still fails.\n" +
    "Exit code 1 when the rule is broken again, when others are, or when the run ends before the rule can be judged.",
  positionals: [{ name: "BUNDLE", summary: "the file that bellmesh explore wrote" }],
  options: { "any-commit": { summary: "run it on these sources, whatever the bundle's were" } },
  examples: ["bellmesh replay .bellmesh/exploration/seed-17-ends-agree.json"],
  run(given, output) {
    const [file] = given.positionals;
    if (file === undefined) throw new UsageError("no bundle is named", "give the file that bellmesh explore wrote");
    const bundle = readBundle(file);
    const here = commit();
    if (bundle.commit !== here) {
      const sources = `the bundle is of commit ${bundle.commit}, these sources are ${here}`;
      if (!given.has("any-commit")) throw new UsageError(sources, sourcesAdvice(bundle.commit, here));
      output.note(`bellmesh: ${sources}`);
    }
    if (majorOf(bundle.nodeVersion) !== majorOf(process.version)) {
      const versions = `the bundle is of Node ${bundle.nodeVersion}, this is ${process.version}`;
      output.note(`bellmesh: ${versions}; runs are tested to be the same across 22 and 24`);
    }
    const report = runTrial(bundle.trial, bundle.options);
    const outcome = replayOutcome(report, bundle.property);
    if (given.has("json")) output.result(JSON.stringify(asData(bundle, report, outcome)));
    else output.result(asText(bundle, report, outcome));
    return outcome.again || outcome.others.length > 0 || outcome.unjudged !== undefined ? 1 : 0;
  },
};

function asData({ seed, property }: Bundle, report: TrialReport, { again, others, unjudged }: ReplayOutcome): object {
  const alsoBroken = others.map((other) => other.property);
  return {
    seed,
    property,
    reproduced: again !== undefined,
    ...(unjudged !== undefined && { notJudged: unjudged }),
    alsoBroken,
    report,
  };
}

function asText({ property }: Bundle, { verdicts }: TrialReport, outcome: ReplayOutcome): string {
  const { again, others, unjudged } = outcome;
  const idly = verdicts[property] === "idle" ? ", for nothing happened that it is about" : "";
  const first =
    unjudged === undefined
      ? `${property} held: it is not broken on these sources${idly}`
      : `${property} was not judged: ${unjudged}`;
  return [again ? brokenText(again) : first, ...others.map((other) => `also broken: ${brokenText(other)}`)].join("\n");
}

function brokenText({ property, atNs, message }: TrialViolation): string {
  return `${property} at ${(atNs / 1e9).toFixed(6)} s: ${message}`;
}

function majorOf(version: string): string | undefined {
  return version.split(".")[0];
}
