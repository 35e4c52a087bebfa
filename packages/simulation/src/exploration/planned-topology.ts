import { parseTopology, type Topology } from "@bellmesh/topology";
import { regimes } from "./regimes.ts";
import type { Trial } from "./trial.ts";

/** The topology of a planned network whose hardware is that of a regime. */
export function plannedTopology(trial: Pick<Trial, "network" | "regime" | "cutoffMs" | "scheduler">): Topology {
  const { network, regime, cutoffMs, scheduler } = trial;
  const { shape, nodes, links } = network;
  const { clock, lengthKm, defaults } = regimes[regime];
  const document = {
    name: `${shape}-${nodes.length}-${regime}`,
    clock,
    ...(cutoffMs !== null && { cutoffMs }),
    defaults: { ...defaults, ...(scheduler && { scheduler }) },
    nodes: nodes.map((name) => ({ name })),
    links: links.map((between) => ({ between, lengthKm })),
  };
  return parseTopology(JSON.stringify(document), `${document.name}.json`);
}
