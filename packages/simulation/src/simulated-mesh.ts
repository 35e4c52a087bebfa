import { type AnyService, NodeClocks } from "@bellmesh/mesh";
import { type FaultEntry, type StepObserver, VirtualWorld } from "@bellmesh/mesh/virtual";
import { SeededEntropy } from "@bellmesh/numerics";
import { classicalDelayNs, deployment, nodeNamed, scopeOf, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { services } from "./services.ts";

export interface SimulatedMeshOptions {
  readonly topology: Topology;
  readonly seed: number;
  readonly faults?: readonly FaultEntry[];
  readonly onRecord: (event: LedgerEvent) => void;
  readonly onStep?: StepObserver;
  /** How often every process has started before; 0 by default. */
  readonly startsBefore?: number;
  /** What streams and the bus carry is handed over as it is, not encoded and decoded: the same history, sooner. */
  readonly handsOver?: boolean;
  /** In place of the services of these names. */
  readonly instead?: ReadonlyMap<string, AnyService>;
}

/** A whole deployment on virtual hosts, not yet started: every service of the topology, each its own process. */
export function simulatedMesh(options: SimulatedMeshOptions): VirtualWorld {
  const { topology, seed, faults = [], onRecord, onStep, startsBefore = 0, handsOver = false, instead } = options;
  const clocks = new NodeClocks(new SeededEntropy(seed), topology.clock);
  const world = new VirtualWorld({
    seed,
    network: topology.name,
    delayNs: (from, to) => classicalDelayNs(topology, from, to),
    clockOf: (place) => (nodeNamed(topology, place) ? clocks.of(place) : undefined),
    onRecord,
    ...(onStep && { onStep }),
    startsBefore,
    handsOver,
    faults,
    links: scopeOf(topology).links,
  });
  for (const { service, place } of deployment(topology)) {
    const definition = instead?.get(service) ?? services.get(service);
    if (!definition) throw new Error(`the deployment names a service "${service}" that is not there`);
    world.add(definition, { place, config: { topology } });
  }
  return world;
}
