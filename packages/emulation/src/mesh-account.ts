import type { Verdict } from "@bellmesh/simulation";
import type { EmulatorBudget } from "./emulator-budget.ts";
import type { FidelitySum } from "./fidelity-of-ends.ts";

/** What a mesh has done so far, from its ledger and from what its processes say about themselves. */
export interface MeshAccount {
  readonly ledger: { readonly events: number; readonly sha256: string };
  readonly verdicts: readonly Verdict[];
  /** How often a register outgrew every engine. */
  readonly emulatorLimits: number;
  /** Nature's fidelity of the pairs delivered between the two ends that were asked for. */
  readonly fidelity: FidelitySum;
  /** Of all processes of services, those that have ended too, and of the bus. */
  readonly cpuMs: number;
  /** Given to machines. */
  readonly inputs: number;
  /** Of pairs over the path that was asked for; absent where none was. */
  readonly budget: EmulatorBudget | undefined;
}

/** What an account is to be of. */
export interface AccountQuery {
  readonly from: string;
  readonly to: string;
  /** Of the circuit; empty for none. */
  readonly path: readonly string[];
  /** Pairs delivered over it. */
  readonly delivered: number;
  /** Nothing is under way any more, so that what is unfinished stays so. */
  readonly atQuiescence: boolean;
}
