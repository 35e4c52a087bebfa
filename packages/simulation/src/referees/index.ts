/** The referees: each reads the ledger and checks one rule. */
import { EndsAgree } from "./ends-agree.ts";
import { FrameParity } from "./frame-parity.ts";
import { IdsUnique } from "./ids-unique.ts";
import { NoDoubleSpend } from "./no-double-spend.ts";
import { NoSlotLeaked } from "./no-slot-leaked.ts";
import { OneTerminalOutcome } from "./one-terminal-outcome.ts";
import type { Referee } from "./referee.ts";

export { verdicts } from "./judge.ts";
export type { Referee, Verdict, Violation } from "./referee.ts";

/** One of each, with nothing observed yet. */
export function allReferees(): readonly Referee[] {
  return [
    new IdsUnique(),
    new EndsAgree(),
    new NoDoubleSpend(),
    new OneTerminalOutcome(),
    new NoSlotLeaked(),
    new FrameParity(),
  ];
}
