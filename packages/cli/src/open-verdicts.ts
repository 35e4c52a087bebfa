import { objections, type Verdict } from "@bellmesh/simulation";

/** Rules of which it is not known whether they held, by the names of their referees. */
export interface OpenVerdicts {
  /** All of them; those that had nothing to judge, or too little, are none. */
  readonly unknown: readonly string[];
  /** Of these, those that faults alone kept from being judged: they claim less, and fail nothing. */
  readonly excused: readonly string[];
}

/** What is not known, of what the referees of a run say. */
export function openVerdicts(verdicts: readonly Verdict[]): OpenVerdicts {
  const open = objections(verdicts).filter(({ verdict }) => verdict === "unknown");
  const names = (which: readonly Verdict[]) => which.map(({ name }) => name);
  return { unknown: names(open), excused: names(open.filter(({ excused }) => excused)) };
}

/** Rules that were broken, or may have been, for all that was seen: a command fails for them. */
export function failures(verdicts: readonly Verdict[]): readonly Verdict[] {
  return objections(verdicts).filter(({ excused }) => !excused);
}
