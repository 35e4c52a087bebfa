import type { Topology } from "./topology.ts";

/** One service at one place, and its address "<service>/<place>". */
export interface Deployed {
  readonly service: string;
  /** A node, a link, or "nature". */
  readonly place: string;
  readonly address: `${string}/${string}`;
}

/** The services of every node, in the order in which they are started. */
const nodeServices = ["clock-sync", "node-controller", "link-layer", "network-layer"];

/** All services a topology needs: nature, one heralding station per link, then each node's stack. */
export function deployment(topology: Topology): readonly Deployed[] {
  return [
    deployed("quantum-state", "nature"),
    ...topology.links.map((link) => deployed("physical-link", link.name)),
    ...topology.nodes.flatMap((node) => nodeServices.map((service) => deployed(service, node.name))),
  ];
}

function deployed(service: string, place: string): Deployed {
  return { service, place, address: `${service}/${place}` };
}
