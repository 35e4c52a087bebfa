import type { Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { Swap } from "@bellmesh/wire/node-controller";

/** A swap that nature has been asked for: it begins at that instant. */
export interface SwapUnderWay {
  readonly swap: Swap;
  readonly at: Instant;
}

/** A swap that is measured, and its outcome from when it is ready. */
export interface MeasuredSwap {
  readonly swap: Swap;
  readonly outcome: BellIndex;
  readonly readyAt: Instant;
}
