import { isOf } from "../faults.ts";
import { type FaultEntry, kindOf } from "./fault-kinds.ts";
import type { FaultScope } from "./fault-scope.ts";

/** Whether a fault has to be known at an address, for it befalls what comes there or what the service owns. */
export function concerns(entry: FaultEntry, address: string, scope: FaultScope): boolean {
  const service = address.slice(0, address.indexOf("/"));
  const place = address.slice(address.indexOf("/") + 1);
  const { target } = entry;
  if (kindOf(entry).services.includes(service) && isOwner(entry, service, place, scope)) return true;
  if (kindOf(entry).appliedBy !== "host") return false;
  if ("process" in target) return isOf(target.process, address);
  if ("place" in target) return target.place === "*" || target.place === place;
  if ("node" in target) return target.node === place;
  if ("link" in target) return isOn(target.link, place, scope);
  if ("a" in target || entry.kind === "asymmetric-delay") return true;
  return target.to === undefined || target.to === "*" || target.to === place;
}

/** Nature owns what is of any node, a station what is of its link and its ends' clocks, the others their node's own. */
function isOwner({ target }: FaultEntry, service: string, place: string, scope: FaultScope): boolean {
  if (service === "quantum-state") return true;
  if ("node" in target) return target.node === place || isOn(place, target.node, scope);
  return "link" in target && target.link === place;
}

function isOn(link: string, place: string, { links }: FaultScope): boolean {
  return place === link || (links.find(({ name }) => name === link)?.ends.includes(place) ?? false);
}
