import { type Topology, TopologyError } from "@bellmesh/topology";
import { COLLECTOR } from "./mesh-nats.ts";
import { processPlans } from "./process-plan.ts";

/** One container of a mesh that runs a process of ours. */
export interface Container {
  /** Its name in the compose file, which is its DNS name too. */
  readonly name: string;
  /** What Node starts in it, from the root of the repository. */
  readonly entry: string;
  /** What `BELLMESH_SERVICE` says. */
  readonly service: string;
  /** What `BELLMESH_NODE` says: a node, a link, "nature" or "collector". */
  readonly place: string;
  /** Whether requests of applications come in here, so that it is published on the host. */
  readonly isDoor: boolean;
}

/** The container of the bus. */
export const BUS = "nats";

/** Longer names are no DNS labels (RFC 1035, 2.3.4). */
const LABEL_LENGTH_MAX = 63;

/**
 * The containers of a topology, the bus left out: nature, one per link, then one per service of each node, or one per
 * node that runs its four; the collector last.
 * @throws TopologyError for names that make no DNS names, or that one container has already.
 */
export function containersOf(topology: Topology, perNode: boolean): readonly Container[] {
  const containers = processPlans(topology, perNode).map(({ service, place, isDoor }): Container => {
    const entry = `services/${service === "all" ? "node" : service}/src/main.ts`;
    return { name: perNode ? place : `${service}-${place}`, entry, service, place, isDoor };
  });
  const collector = { entry: "packages/emulation/src/main.ts", service: COLLECTOR, place: COLLECTOR, isDoor: false };
  const all = [...containers, { name: COLLECTOR, ...collector }];
  checkNames(all, topology);
  return all;
}

/** How peers reach one another: the template of `BELLMESH_TARGETS`. */
export function targetsOf(perNode: boolean, port: number): string {
  return perNode ? `dns:///{place}:${port}` : `dns:///{service}-{place}:${port}`;
}

function checkNames(containers: readonly Container[], topology: Topology): void {
  const taken = new Set<string>([BUS]);
  for (const { name, place } of containers) {
    if (taken.has(name)) {
      throw new TopologyError(
        { file: topology.name, path: "" },
        `the place ${place} has the name of another container, ${name}`,
        "give it another name, or one container to every service",
      );
    }
    if (name.length > LABEL_LENGTH_MAX) {
      throw new TopologyError(
        { file: topology.name, path: "" },
        `${name} has ${name.length} characters and is to be a DNS name`,
        `shorten the name of ${place}, for DNS takes at most ${LABEL_LENGTH_MAX}`,
      );
    }
    taken.add(name);
  }
}
