import type { Address } from "@bellmesh/mesh";
import { deployment, nodeNamed, type Topology } from "@bellmesh/topology";

/** One process to be: what it runs, and where. */
export interface ProcessPlan {
  /** "link-layer.alice"; names its log. */
  readonly name: string;
  /** What BELLMESH_SERVICE says. */
  readonly service: string;
  readonly place: string;
  /** The services in it. */
  readonly addresses: readonly Address[];
  /** The file that Node runs. */
  readonly entry: string;
  /** Applications call here, so that it listens on a TCP port too. */
  readonly isDoor: boolean;
}

/** The processes of a mesh: one per service and place, or one per node that holds its four. */
export function processPlans(topology: Topology, perNode: boolean): readonly ProcessPlan[] {
  const plans = new Map<string, ProcessPlan>();
  for (const { service, place, address } of deployment(topology)) {
    const together = perNode && nodeNamed(topology, place) !== undefined;
    const name = together ? `node.${place}` : `${service}.${place}`;
    const former = plans.get(name);
    plans.set(name, {
      name,
      service: together ? "all" : service,
      place,
      addresses: [...(former?.addresses ?? []), address],
      entry: import.meta.resolve(together ? "@bellmesh/node/main" : `@bellmesh/${service}/main`),
      isDoor: (former?.isDoor ?? false) || service === "node-controller",
    });
  }
  return [...plans.values()];
}

/** Where peers are, and where they listen: a template of gRPC addresses in this directory. */
export function socketTemplate(directory: string, perNode: boolean): string {
  return `unix:${directory}/${perNode ? "{place}" : "{service}.{place}"}.sock`;
}

/** Tells the processes of services from applications, by "<service>/<place>". */
export function deployedProcesses(topology: Topology): (process: string) => boolean {
  const deployed = new Set<string>(deployment(topology).map(({ address }) => address));
  return (process) => deployed.has(process);
}
