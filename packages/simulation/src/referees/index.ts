/** The referees: each reads the ledger and checks one rule. See README.md for which promise each of them holds. */
import type { Topology } from "@bellmesh/topology";
import { AsAsked } from "./as-asked.ts";
import { Causality } from "./causality.ts";
import { ClocksBounded } from "./clocks-bounded.ts";
import { Conservation } from "./conservation.ts";
import { EndsAgree } from "./ends-agree.ts";
import { FrameParity } from "./frame-parity.ts";
import { GroundTruth } from "./ground-truth.ts";
import { IdsUnique } from "./ids-unique.ts";
import { KeyBits } from "./key-bits.ts";
import { MemoryKept } from "./memory-kept.ts";
import { NoCloning } from "./no-cloning.ts";
import { NoDoubleSpend } from "./no-double-spend.ts";
import { NoSlotLeaked } from "./no-slot-leaked.ts";
import { NoStorm } from "./no-storm.ts";
import { NothingLeft } from "./nothing-left.ts";
import { OneOwner } from "./one-owner.ts";
import { OneTerminalOutcome } from "./one-terminal-outcome.ts";
import { PairDirectory } from "./pair-directory.ts";
import type { Referee } from "./referee.ts";
import { RequestsEnd } from "./requests-end.ts";
import { WaitsOnce } from "./waits-once.ts";

export { objections, verdicts } from "./judge.ts";
export type { Referee, Verdict, Violation } from "./referee.ts";
export { judgeReplay, type ReplayOptions } from "./replay.ts";

/** One of each, with nothing observed yet. */
export function allReferees(topology: Topology): readonly Referee[] {
  const pairs = new PairDirectory();
  return [
    new IdsUnique(pairs),
    new OneOwner(pairs),
    new EndsAgree(pairs, topology),
    new NoDoubleSpend(pairs),
    new OneTerminalOutcome(pairs),
    new Conservation(pairs),
    new NoSlotLeaked(),
    new FrameParity(pairs),
    new GroundTruth(pairs, topology),
    new WaitsOnce(pairs, topology),
    new Causality(pairs, topology),
    new MemoryKept(pairs, topology),
    new ClocksBounded(topology),
    new NoCloning(pairs),
    new RequestsEnd(),
    new AsAsked(topology),
    new KeyBits(pairs, topology),
    new NothingLeft(topology),
    new NoStorm(topology),
  ];
}
