import { Outcome } from "@bellmesh/wire/ledger";

/** Whether a half that ended so was made use of: its entanglement went into something else. */
export function isSpending(outcome: Outcome): boolean {
  return outcome === Outcome.USED || outcome === Outcome.DISTILLED || outcome === Outcome.MEASURED;
}

/** An outcome's name, for people. */
export function outcomeName(outcome: Outcome): string {
  const found = Object.entries(Outcome).find(([, value]) => value === outcome);
  return (found?.[0] ?? `OUTCOME_${outcome}`).toLowerCase().replace("_", " ");
}
