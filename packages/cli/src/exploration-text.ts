import type { ExplorationSummary, FoundViolation } from "@bellmesh/simulation/exploration";
import { count, table } from "./table.ts";

const VIOLATIONS_SHOWN = 20;

/** What came before of seeds that were asked for, and that are left out for it. */
export interface RunBefore {
  /** How many were asked for in all. */
  readonly asked: number;
  readonly seeds: number;
  readonly violations: readonly FoundViolation[];
}

const NONE_BEFORE: RunBefore = { asked: 0, seeds: 0, violations: [] };

/** What came of an exploration, for people. */
export function explorationText(
  here: ExplorationSummary,
  totals: ExplorationSummary,
  totalsFile: string,
  before = NONE_BEFORE,
): string {
  const isNew = before.seeds === 0 || before.seeds < before.asked;
  return [
    ...(isNew ? ran(here) : []),
    ...missed(totals, "all at this commit,"),
    ...(isNew ? ["", ...violations(here), ...unjudged(here)] : []),
    ...leftOut(before),
    `at this commit so far: ${count(totals.seedsRun, "seed")}, ${totals.virtualHours.toFixed(2)} virtual hours, ` +
      `${count(totals.violations.length, "violation")} (${totalsFile})`,
  ].join("\n");
}

function ran(here: ExplorationSummary): readonly string[] {
  const reached = Object.entries(here.rareStates);
  const unreached = reached.filter(([, seeds]) => seeds === 0).map(([name]) => name);
  return [
    `${count(here.seedsRun, "seed")}, ${here.virtualHours.toFixed(2)} virtual hours, ${here.events} events`,
    `ended: ${list(here.endedBy)}`,
    `faults: ${list(here.faultsByKind)}`,
    "",
    "rare states, and how many seeds reached them:",
    table(
      reached.map(([name, seeds]) => [`  ${name}`, String(seeds)]),
      "lr",
    ),
    ...(unreached.length > 0 ? [`not reached: ${unreached.join(", ")}`] : []),
    ...missed(here, "these"),
  ];
}

/** What is not run again was judged all the same. */
function leftOut(before: RunBefore): readonly string[] {
  const { asked, seeds } = before;
  if (seeds === 0) return [];
  const which = seeds === asked ? `all ${count(seeds, "seed")}` : `${seeds} of the ${count(asked, "seed")}`;
  return [`${which} ${seeds === 1 ? "was" : "were"} run before at this commit; then:`, ...violations(before)];
}

/** A gap in what is explored, which no broken rule would show. */
function missed({ seedsRun, missedRareStates }: ExplorationSummary, which: string): readonly string[] {
  if (missedRareStates.length === 0) return [];
  return [
    `FAILED: ${which} ${count(seedsRun, "seed")} had to reach each, and never reached ${missedRareStates.join(", ")}`,
  ];
}

function violations({ violations: found }: Pick<ExplorationSummary, "violations">): readonly string[] {
  if (found.length === 0) return ["no rule was broken"];
  const rows = found
    .slice(0, VIOLATIONS_SHOWN)
    .map(({ seed, property, atNs, message, repro }) => [
      `seed ${seed}`,
      property,
      `${(atNs / 1e9).toFixed(3)} s`,
      message,
      repro,
    ]);
  return [`${count(found.length, "violation")}:`, table(rows)];
}

/** Which referees did not always say that their rule was kept, and why not. */
function unjudged({ verdicts, seedsRun }: ExplorationSummary): readonly string[] {
  const rows = Object.entries(verdicts)
    .filter(([, { true: kept = 0 }]) => kept < seedsRun)
    .map(([referee, counts]) => [`  ${referee}`, list(counts)]);
  return rows.length === 0 ? [] : ["referees that could not judge every seed, and what they said:", table(rows)];
}

function list(counts: Readonly<Partial<Record<string, number>>>): string {
  const entries = Object.entries(counts).map(([name, number]) => `${name} ${number}`);
  return entries.length === 0 ? "none" : entries.join(", ");
}
