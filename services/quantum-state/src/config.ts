import type { Topology } from "@bellmesh/topology";

/** What nature is made of: every node's memory, gates and readout, and which links may create pairs. */
export interface QuantumStateConfig {
  readonly topology: Topology;
}
