import { isUp, nextUpS } from "@bellmesh/hardware";
import type { Link, Topology } from "./topology.ts";

/** By the links that are left out. */
const reduced = new WeakMap<Topology, Map<string, Topology>>();

/** Whether a link is up at an instant of mesh time. */
export function isLinkUp({ schedule }: Pick<Link, "schedule">, atNs: number): boolean {
  return schedule === undefined || isUp(schedule, atNs * 1e-9);
}

/** The first instant from one on at which a link is up; Infinity when it never is again. */
export function nextUpNs({ schedule }: Pick<Link, "schedule">, fromNs: number): number {
  if (schedule === undefined) return fromNs;
  const upS = nextUpS(schedule, fromNs * 1e-9);
  return upS === undefined ? Number.POSITIVE_INFINITY : Math.max(fromNs, Math.ceil(upS * 1e9));
}

/** The network as it is at an instant: without the links that are down. The same links give the same object. */
export function networkAt(topology: Topology, atNs: number): Topology {
  return without(topology, (link) => !isLinkUp(link, atNs));
}

/** The network as it may still be: without the links that are never up again from an instant on. */
export function networkFrom(topology: Topology, fromNs: number): Topology {
  return without(topology, (link) => nextUpNs(link, fromNs) === Number.POSITIVE_INFINITY);
}

function without(topology: Topology, isOut: (link: Link) => boolean): Topology {
  const out = topology.links.filter((link) => link.schedule !== undefined && isOut(link));
  if (out.length === 0) return topology;
  let networks = reduced.get(topology);
  if (networks === undefined) {
    networks = new Map();
    reduced.set(topology, networks);
  }
  const key = out.map(({ name }) => name).join(" ");
  let network = networks.get(key);
  if (network === undefined) {
    network = { ...topology, links: topology.links.filter((link) => !out.includes(link)) };
    networks.set(key, network);
  }
  return network;
}
