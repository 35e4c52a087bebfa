import { asAsked } from "./as-asked.ts";
import { causality } from "./causality.ts";
import { clocksBounded } from "./clocks-bounded.ts";
import { conservation } from "./conservation.ts";
import { endsAgree } from "./ends-agree.ts";
import { frameParity } from "./frame-parity.ts";
import { groundTruth } from "./ground-truth.ts";
import { idsUnique } from "./ids-unique.ts";
import { keyBits } from "./key-bits.ts";
import { memoryKept } from "./memory-kept.ts";
import { noCloning } from "./no-cloning.ts";
import { noDoubleSpend } from "./no-double-spend.ts";
import { noSlotLeaked } from "./no-slot-leaked.ts";
import { noStorm } from "./no-storm.ts";
import { nothingLeft } from "./nothing-left.ts";
import { oneOwner } from "./one-owner.ts";
import { oneTerminalOutcome } from "./one-terminal-outcome.ts";
import type { PlainRule } from "./plain-rule.ts";
import { requestsEnd } from "./requests-end.ts";
import { waitsOnce } from "./waits-once.ts";

/** Every rule of which there is a referee, by that referee's name, but for replays. */
export const plainRules: readonly PlainRule[] = [
  idsUnique,
  oneOwner,
  endsAgree,
  noDoubleSpend,
  oneTerminalOutcome,
  conservation,
  noSlotLeaked,
  frameParity,
  groundTruth,
  waitsOnce,
  causality,
  memoryKept,
  clocksBounded,
  noCloning,
  requestsEnd,
  asAsked,
  keyBits,
  nothingLeft,
  noStorm,
];
