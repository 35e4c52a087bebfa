import type { Topology } from "@bellmesh/topology";

/** The network whose link of the station's own name it heralds. */
export interface PhysicalLinkConfig {
  readonly topology: Topology;
}
