import type { LedgerReader } from "../ledger-readers.ts";

/** One breach of a rule. */
export interface Violation {
  /** The pair it is about, where it is about one. */
  readonly pair?: string;
  /** When it was seen, in true mesh time; at quiescence, when the pair was last heard of. */
  readonly atNs: number;
  readonly message: string;
  /** Nothing that may be missing from the ledger, or stand at the wrong place in it, could make this right. */
  readonly stands?: true;
}

/** `unknown`: nothing is wrong, but not everything was seen, or not everything has come to its end. */
export interface Verdict {
  readonly name: string;
  readonly verdict: "true" | "false" | "unknown";
  readonly violations: readonly Violation[];
  /**
   * It is unknown because the whole ledger holds nothing that the rule is about, or too little to judge by: nobody is
   * to blame, or to praise.
   */
  readonly idle?: true;
  /**
   * It is unknown because faults, of which the stack could not know, kept some of what happened from being judged, and
   * for nothing else: what could be judged was right, and the ledger is whole.
   */
  readonly excused?: true;
  /** It is unknown because the referee threw this when it was asked. */
  readonly threw?: string;
}

/** Reads a ledger event by event and says whether a rule held. It trusts no service's claim. */
export interface Referee extends LedgerReader {
  readonly name: string;
  /** At quiescence nothing is under way any more, so that what is unfinished stays so. */
  verdict(atQuiescence: boolean): Verdict;
}

/** Violations told one by one; further ones are no news. */
const VIOLATIONS_TOLD = 1000;

/** The verdict that follows from violations, and from whether anything was left open. */
export function verdictOf(name: string, violations: readonly Violation[], open: boolean): Verdict {
  const verdict = violations.length > 0 ? "false" : open ? "unknown" : "true";
  if (violations.length <= VIOLATIONS_TOLD) return { name, verdict, violations };
  const told = violations.toSorted((a, b) => Number(b.stands ?? false) - Number(a.stands ?? false));
  return { name, verdict, violations: told.slice(0, VIOLATIONS_TOLD) };
}
