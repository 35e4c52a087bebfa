import type { Address } from "@bellmesh/mesh";
import type { MeshProcess } from "@bellmesh/mesh/grpc-nats";
import { nodeNamed } from "@bellmesh/topology";
import { ClockTrust, uncertaintyMaxPs } from "./clock-trust.ts";
import type { ProcessSettings } from "./process-settings.ts";

/** Makes a process ready only while the clocks of the nodes it works for can be trusted. */
export function watchClocks({ topology, addresses }: ProcessSettings, process: MeshProcess): readonly ClockTrust[] {
  const dependent = addresses.filter((address) => !address.startsWith("clock-sync/"));
  const nodes = new Set(dependent.map(placeOf).filter((place) => nodeNamed(topology, place)));
  return Array.from(nodes, (node) => {
    const condition = nodes.size === 1 ? "clock" : `clock of ${node}`;
    return new ClockTrust({
      node,
      client: process.channels.to(`clock-sync/${node}`),
      uncertaintyMaxPs: uncertaintyMaxPs(topology, node),
      say: (ok, reason) => process.condition(condition, ok, reason),
    });
  });
}

/** The place of an address. */
export function placeOf(address: Address): string {
  return address.slice(address.indexOf("/") + 1);
}
