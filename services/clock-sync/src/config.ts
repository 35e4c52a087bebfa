import type { Topology } from "@bellmesh/topology";

/** What a clock-sync is told when it starts: the network, whose `clock` part names the grandmaster and the preset. */
export interface ClockSyncConfig {
  readonly topology: Topology;
}
