import { parseTopology, type Topology } from "@bellmesh/topology";
import { regimes } from "./regimes.ts";
import type { NetworkPlan, RegimeName } from "./trial.ts";

/** The topology of a planned network whose hardware is that of a regime. */
export function plannedTopology({ shape, nodes, links }: NetworkPlan, regime: RegimeName): Topology {
  const { clock, cutoffMs, lengthKm, defaults } = regimes[regime];
  const document = {
    name: `${shape}-${nodes.length}-${regime}`,
    clock,
    ...(cutoffMs !== undefined && { cutoffMs }),
    defaults,
    nodes: nodes.map((name) => ({ name })),
    links: links.map((between) => ({ between, lengthKm })),
  };
  return parseTopology(JSON.stringify(document), `${document.name}.json`);
}
