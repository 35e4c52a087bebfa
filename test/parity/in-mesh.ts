import { JudgedMesh } from "../mesh/judged-mesh.ts";
import type { Observation } from "./observation.ts";
import type { Suite } from "./scenarios.ts";

/** What a suite's mesh showed, and what of it is the emulator's. */
export interface MeshObservations {
  readonly observations: readonly Observation[];
  /** How much later than light a message between places came, on average. */
  readonly excessNs: number;
  readonly objections: readonly string[];
}

/** Every scenario of a suite, one after the other on one mesh of processes. */
export async function inMesh(suite: Suite, seed: number): Promise<MeshObservations> {
  const { topology, perNode } = suite;
  const judged = await JudgedMesh.start({ topology, perNode, seed });
  try {
    const observations: Observation[] = [];
    for (const { ask } of suite.scenarios) {
      const ends = { from: ask.from, to: ask.to, atQuiescence: false };
      const before = judged.mesh.account(ends).fidelity;
      const { table } = await judged.mesh.request(ask);
      await judged.mesh.settle();
      const after = judged.mesh.account(ends).fidelity;
      observations.push({
        ended: table.ended ?? "unanswered",
        missing: Object.keys(table.failed()),
        delivered: table.delivered,
        deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
        fidelitySum: after.sum - before.sum,
        fidelities: after.pairs - before.pairs,
      });
    }
    let [sum, count] = [0, 0];
    for (const { messageExcess } of judged.mesh.reports.all()) {
      sum += messageExcess?.sum ?? 0;
      count += messageExcess?.count ?? 0;
    }
    return { observations, excessNs: count === 0 ? 0 : sum / count, objections: await judged.objections() };
  } finally {
    await judged.stop();
  }
}
