import type { ExplorationSummary } from "@bellmesh/simulation/exploration";
import { count, table } from "./table.ts";

const VIOLATIONS_SHOWN = 20;

/** What came of an exploration, for people. */
export function explorationText(here: ExplorationSummary, totals: ExplorationSummary, totalsFile: string): string {
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
    ...missed(totals, "all at this commit,"),
    "",
    ...violations(here),
    ...unjudged(here),
    `at this commit so far: ${count(totals.seedsRun, "seed")}, ${totals.virtualHours.toFixed(2)} virtual hours, ` +
      `${count(totals.violations.length, "violation")} (${totalsFile})`,
  ].join("\n");
}

/** A gap in what is explored, which no broken rule would show. */
function missed({ seedsRun, missedRareStates }: ExplorationSummary, which: string): readonly string[] {
  if (missedRareStates.length === 0) return [];
  return [
    `FAILED: ${which} ${count(seedsRun, "seed")} had to reach each, and never reached ${missedRareStates.join(", ")}`,
  ];
}

function violations({ violations: found }: ExplorationSummary): readonly string[] {
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
