import type { Context } from "@bellmesh/mesh";
import { type Link, linkNamed, type Topology } from "@bellmesh/topology";

/** The network whose link of the station's own name it heralds. */
export interface PhysicalLinkConfig {
  readonly topology: Topology;
}

/** The link this station stands on. @throws Error when the topology has none of the place's name. */
export function linkOf({ config, place }: Pick<Context<PhysicalLinkConfig>, "config" | "place">): Link {
  const link = linkNamed(config.topology, place);
  if (!link) throw new Error(`${config.topology.name} has no link ${place}`);
  return link;
}
