import { messagesBetween } from "@bellmesh/emulation";
import { JudgedMesh } from "../mesh/judged-mesh.ts";
import type { Observation } from "./observation.ts";
import type { Suite } from "./scenarios.ts";

/** What a mesh showed of one scenario, and what of it is the emulator's. */
export interface MeshObservation extends Observation {
  /** How much later than light a message between places came meanwhile, on average. */
  readonly excessNs: number;
}

/** What a suite's mesh showed. */
export interface MeshObservations {
  readonly observations: readonly MeshObservation[];
  readonly objections: readonly string[];
}

const PAIRS_TO_WARM = 10;

/** A mesh of processes for a suite, which has delivered a few pairs: cold processes are much later than light. */
export async function warmMesh({ topology, perNode, scenarios }: Suite, seed: number): Promise<JudgedMesh> {
  const judged = await JudgedMesh.start({ topology, perNode, seed });
  const [first] = scenarios;
  try {
    if (first) await judged.request({ from: first.ask.from, to: first.ask.to, pairs: PAIRS_TO_WARM });
    await judged.mesh.settle();
    return judged;
  } catch (error) {
    await judged.stop();
    throw error;
  }
}

/** Every scenario of a suite, one after the other on its mesh. */
export async function inMesh(suite: Suite, judged: JudgedMesh): Promise<MeshObservations> {
  const observations: MeshObservation[] = [];
  for (const { ask } of suite.scenarios) {
    const ends = { from: ask.from, to: ask.to, atQuiescence: false };
    await judged.mesh.reported();
    const before = judged.mesh.account(ends);
    const { table } = await judged.mesh.request(ask);
    await judged.mesh.settle();
    await judged.mesh.reported();
    const after = judged.mesh.account(ends);
    const { sum, count } = messagesBetween(before.messages, after.messages).messageExcess;
    observations.push({
      ended: table.ended ?? "unanswered",
      missing: Object.keys(table.failed()),
      delivered: table.delivered,
      deliveryNs: Math.max(0, table.lastDeliveredAt - table.askedAt),
      fidelitySum: after.fidelity.sum - before.fidelity.sum,
      fidelities: after.fidelity.pairs - before.fidelity.pairs,
      excessNs: count === 0 ? 0 : sum / count,
    });
  }
  return { observations, objections: await judged.objections() };
}
