import { fidelityOf } from "@bellmesh/bell";
import { Code, failure, type Status } from "@bellmesh/mesh";
import {
  afterBothWait,
  bestPath,
  classicalDelayNs,
  linkMinimum,
  networkAt,
  networkFrom,
  nodeNamed,
  predict,
  type Topology,
} from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { SubmitRequest } from "@bellmesh/wire/network-layer";
import { pathBudget } from "./path-budget.ts";

/** A path that can serve a request. */
export interface Route {
  readonly nodes: readonly string[];
  readonly links: readonly string[];
  readonly predictedFidelity: number;
  /** What its links are asked to give, where requests choose α; undefined where none lets them. */
  readonly minLinkFidelity: number | undefined;
}

/** Whether a route is another than this: over other nodes or links, or of links that are asked for something else. */
export function isOtherWay(one: Route, other: Route): boolean {
  const way = ({ nodes, links, minLinkFidelity }: Route) => [...nodes, ...links, minLinkFidelity].join(" ");
  return way(one) !== way(other);
}

/** Three bits in the draft's CREATE. */
export const PRIORITY_MAX = 7;
const PAIRS_MAX = 4_294_967_295;

/** What a path is sought for. */
export type Wish = Pick<SubmitRequest, "to" | "minFidelity">;

/**
 * The best path for a request, or why there is none: judged at once, from topology and parameters alone. Links that
 * are down are gone round where that fulfils the request; else it waits for those that come again.
 */
export function routeFor(topology: Topology, now: Instant, from: string, request: SubmitRequest): Route | Status {
  return malformed(topology, from, request) ?? pathFor(topology, now, from, request);
}

function malformed(topology: Topology, from: string, request: SubmitRequest): Status | undefined {
  const { to, pairs, minFidelity, priority = 0 } = request;
  if (!nodeNamed(topology, to)) {
    const known = topology.nodes.map(({ name }) => name).join(", ");
    return failure(
      Code.NOT_FOUND,
      `to: there is no node "${to}" in ${topology.name}; there are ${known}`,
      "NO_SUCH_NODE",
    );
  }
  if (to === from) return failure(Code.INVALID_ARGUMENT, `to: "${to}" is this node itself`, "SELF");
  if (!(pairs > 0 && pairs <= PAIRS_MAX)) {
    return failure(Code.INVALID_ARGUMENT, `pairs: ${pairs} is not a number of pairs; ask for at least 1`, "NO_PAIRS");
  }
  if (priority > PRIORITY_MAX) {
    const message = `priority: ${priority} is none; it is 0 to ${PRIORITY_MAX}, higher is sooner`;
    return failure(Code.INVALID_ARGUMENT, message, "BAD_PRIORITY");
  }
  if (minFidelity !== undefined && !(minFidelity > 0 && minFidelity <= 1)) {
    const message = `min_fidelity: ${minFidelity} is not a fidelity; it lies in (0.5, 1]`;
    return failure(Code.INVALID_ARGUMENT, message, "BAD_FIDELITY");
  }
  if (minFidelity !== undefined && minFidelity <= 0.5) {
    const message = `min_fidelity: a pair of fidelity ${minFidelity} is not entangled; ask for more than 0.5`;
    return failure(Code.FAILED_PRECONDITION, message, "NOT_ENTANGLED");
  }
  return undefined;
}

/** The best path over links that are up, or else that come again. */
export function pathFor(topology: Topology, now: Instant, from: string, wish: Wish): Route | Status {
  const [up, coming] = [networkAt(topology, now), networkFrom(topology, now)];
  const found = pathOver(topology, up, from, wish);
  return "code" in found && up !== coming ? pathOver(topology, coming, from, wish) : found;
}

function pathOver(topology: Topology, usable: Topology, from: string, { to, minFidelity }: Wish): Route | Status {
  const found = bestPath(usable, from, to);
  if ("unreachable" in found || "best" in found) {
    const down = usable === topology ? "" : " over links that are up or come again";
    return failure(Code.FAILED_PRECONDITION, `to: no path leads from "${from}" to "${to}"${down}`, "UNREACHABLE");
  }
  const { nodes, links } = found;
  const minLinkFidelity = linkMinimum(topology, nodes, links, minFidelity);
  const route = { ...found, minLinkFidelity };
  const attainable = attainableFidelity(topology, route);
  if (minFidelity !== undefined && minFidelity > attainable) {
    const bound = (Math.floor(attainable * 1e6) / 1e6).toFixed(6);
    const message = `min_fidelity: ${minFidelity} is more than any pair over ${nodes.join(" – ")} has (${bound})`;
    return failure(Code.FAILED_PRECONDITION, message, "UNSUPP", { attainable: bound });
  }
  if (minLinkFidelity === undefined) return route;
  return { ...route, predictedFidelity: predict(topology, nodes, links, minLinkFidelity).fidelity };
}

/** What a pair is worth whose halves never waited for anything but light. */
function attainableFidelity(topology: Topology, { nodes, links, minLinkFidelity }: Route): number {
  const [head, tail] = [nodes[0] as string, nodes[nodes.length - 1] as string];
  const delayS = classicalDelayNs(topology, head, tail) * 1e-9;
  const { fresh, headEnd, tailEnd } = pathBudget(topology, { nodes, links, minLinkFidelity });
  return fidelityOf(afterBothWait(fresh, [headEnd, tailEnd], [delayS, delayS]));
}
