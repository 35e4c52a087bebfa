/** Every rare state that a run is watched for. A trial seldom reaches one; a thousand must reach each. */
export const rareStateNames = [
  "acknowledgement-lost-three-times",
  "both-ends-in-different-epochs",
  "clock-step-during-attempt",
  "cutoff-and-swap-at-the-same-instant",
  "double-herald",
  "expire-crossing-track",
  "expiry-race",
  "grandmaster-change-during-series",
  "reconnect-with-pending-feedforward",
  "restart-with-a-parked-track",
  "rollback-of-reservation",
  "sequence-wrap",
  "swap-under-loss",
  "track-before-its-swap",
] as const;

export type RareStateName = (typeof rareStateNames)[number];

/** After so many seeds each was to be reached once at least. */
const SEEDS_THAT_REACH_ALL = 1_000;

/** Counts of which nothing has been added yet: every name is there. */
export function noneReached(): Record<RareStateName, number> {
  return Object.fromEntries(rareStateNames.map((name) => [name, 0])) as Record<RareStateName, number>;
}

/** What so many seeds had to reach and did not: nothing as long as there are too few of them to tell. */
export function missedRareStates(
  seedsRun: number,
  reached: Readonly<Record<string, number>>,
): readonly RareStateName[] {
  return seedsRun < SEEDS_THAT_REACH_ALL ? [] : rareStateNames.filter((name) => !reached[name]);
}
