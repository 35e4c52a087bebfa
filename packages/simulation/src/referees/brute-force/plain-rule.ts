import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/**
 * For tests: a rule once more, written as plainly as it can be, over the whole of a short history that has come to
 * rest. It shares nothing with the referee of its name, and knows no streaming and no bounds of memory.
 */
export interface PlainRule {
  readonly name: string;
  /** Whether the rule is broken. */
  readonly isBroken: (history: readonly LedgerEvent[], topology: Topology) => boolean;
  /** Whether it holds nothing that the rule is about, or too little to judge by; never, where it is not given. */
  readonly isIdle?: (history: readonly LedgerEvent[], topology: Topology) => boolean;
}
