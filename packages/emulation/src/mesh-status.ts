import type { NatsKind } from "@bellmesh/broker";
import type { Address } from "@bellmesh/mesh";
import type { CalibratedNode, UntrustedLink } from "@bellmesh/simulation";
import type { Phase } from "./supervised-process.ts";

/** How one process is. */
export interface ProcessStatus {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly pid: number | undefined;
  readonly phase: Phase;
  /** How often it has started. */
  readonly incarnation: number;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason: string;
  readonly residentBytes: number | undefined;
  readonly cpuMs: number | undefined;
  readonly ports: readonly number[];
  /** Why it ended last. */
  readonly exitReason: string | undefined;
}

/** How a mesh is. */
export interface MeshStatus {
  readonly name: string;
  /** Of the supervisor. */
  readonly pid: number;
  readonly network: string;
  readonly seed: number;
  readonly upMs: number;
  readonly nats: { readonly kind: NatsKind; readonly up: boolean };
  readonly directory: string;
  readonly processes: readonly ProcessStatus[];
  /** Links whose ends make no attempt now, for a clock that is not good enough (CLOCK_UNTRUSTED). */
  readonly untrusted: readonly UntrustedLink[];
  /** Nodes whose hardware has been measured anew, each with its version. */
  readonly calibrated: readonly CalibratedNode[];
}
