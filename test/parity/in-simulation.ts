import type { AnyService } from "@bellmesh/mesh";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { simulatedMesh } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import type { Observation } from "./observation.ts";
import type { Suite } from "./scenarios.ts";

/** Until the clocks are locked, as they are on a mesh that says it is ready. */
const READY_NS = 4e9;
/** Between two requests: what was under way comes to its end. */
const SETTLE_NS = 3e9;
const PATIENCE_NS = 600e9;

/** Every scenario of a suite, one after the other on one simulated mesh. */
export function inSimulation(suite: Suite, seed: number): readonly Observation[] {
  let fidelities: number[] = [];
  const world = simulatedMesh({
    topology: loadTopology(suite.topology),
    seed,
    handsOver: true,
    onRecord: ({ event }) => {
      if (event?.$case === "pairFidelity") fidelities.push(event.pairFidelity.fidelityPpt / 1e12);
    },
  });
  world.start();
  world.run({ untilNs: READY_NS });
  return suite.scenarios.map(({ ask }, number) => {
    fidelities = [];
    const table = new RequesterTable();
    const named: AnyService = { ...requester, name: `requester-${number}` };
    const address = world.add(named, { place: ask.from, config: { ask, table } });
    world.run({ untilNs: world.now + PATIENCE_NS, until: () => table.done });
    world.run({ untilNs: world.now + SETTLE_NS });
    world.crash(address);
    return {
      ended: table.ended ?? "unanswered",
      missing: Object.keys(table.failed()),
      delivered: table.delivered,
      deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
      fidelitySum: fidelities.reduce((sum, fidelity) => sum + fidelity, 0),
      fidelities: fidelities.length,
    };
  });
}
