import { fidelityOf, multiply } from "@bellmesh/bell";
import { Code, failure, type Status } from "@bellmesh/mesh";
import { bestPath, classicalDelayNs, endsDecay, nodeNamed, type Topology } from "@bellmesh/topology";
import type { SubmitRequest } from "@bellmesh/wire/network-layer";
import { pathBudget } from "./path-budget.ts";

/** A path that can serve a request. */
export interface Route {
  readonly nodes: readonly string[];
  readonly links: readonly string[];
  readonly predictedFidelity: number;
}

const PAIRS_MAX = 4_294_967_295;

/** The best path for a request, or why there is none: judged at once, from topology and parameters alone. */
export function routeFor(topology: Topology, from: string, request: SubmitRequest): Route | Status {
  const { to, pairs, minFidelity } = request;
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
  if (minFidelity !== undefined && !(minFidelity > 0 && minFidelity <= 1)) {
    const message = `min_fidelity: ${minFidelity} is not a fidelity; it lies in (0.5, 1]`;
    return failure(Code.INVALID_ARGUMENT, message, "BAD_FIDELITY");
  }
  if (minFidelity !== undefined && minFidelity <= 0.5) {
    const message = `min_fidelity: a pair of fidelity ${minFidelity} is not entangled; ask for more than 0.5`;
    return failure(Code.FAILED_PRECONDITION, message, "NOT_ENTANGLED");
  }
  const found = bestPath(topology, from, to);
  if ("unreachable" in found || "best" in found) {
    return failure(Code.FAILED_PRECONDITION, `to: no path leads from "${from}" to "${to}"`, "UNREACHABLE");
  }
  const attainable = attainableFidelity(topology, found);
  if (minFidelity !== undefined && minFidelity > attainable) {
    const bound = (Math.floor(attainable * 1e6) / 1e6).toFixed(6);
    const message = `min_fidelity: ${minFidelity} is more than any pair over ${found.nodes.join(" – ")} has (${bound})`;
    return failure(Code.FAILED_PRECONDITION, message, "UNSUPP", { attainable: bound });
  }
  return found;
}

/** What a pair is worth whose halves never waited for anything but light. */
function attainableFidelity(topology: Topology, { nodes, links }: Route): number {
  const [head, tail] = [nodes[0] as string, nodes[nodes.length - 1] as string];
  const { fresh, headEnd, tailEnd } = pathBudget(topology, { nodes, links });
  return fidelityOf(multiply(fresh, endsDecay(headEnd, tailEnd, classicalDelayNs(topology, head, tail))));
}
