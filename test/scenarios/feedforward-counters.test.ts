import { type Call, effect, methodsOf, type Service } from "@bellmesh/mesh";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import { simulatedMesh } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { after } from "@bellmesh/wire";
import { MissPolicy, NetworkLayerServiceDefinition } from "@bellmesh/wire/network-layer";
import { expect, test } from "vitest";

const { getCounters } = methodsOf(NetworkLayerServiceDefinition);

/** A tool that asks one node's network layer for its counters when it starts. */
function inquirer(node: string, told: (response: unknown) => void): Service<null> {
  return {
    name: `inquirer-of-${node}`,
    timeBase: "true",
    serves: [],
    subscriptions: () => [],
    start: () => ({
      step: (now, input) => {
        if (input.kind === "reply") told(input.response);
        if (input.kind !== "started") return [];
        return [effect.call(1 as Call<never>, `network-layer/${node}`, getCounters, {}, after(now, 1e9))];
      },
    }),
  };
}

test("every node tells what its feedforward has done: sent, repeated, applied once, duplicates left out", () => {
  const topology = loadTopology("line:3");
  const lossy = { atNs: 0, forNs: Number.POSITIVE_INFINITY, target: { subject: ">" } } as const;
  const world = simulatedMesh({
    topology,
    seed: 2,
    faults: [
      { ...lossy, kind: "loss", args: { probability: 0.2 } },
      { ...lossy, kind: "duplication", args: { probability: 0.2, delayNs: 100_000 } },
    ],
    onRecord: () => undefined,
  });
  const table = new RequesterTable();
  const limits = { minFidelity: undefined, maxTimeNs: 0, graceNs: 0, finalState: undefined };
  const ask = { from: "n0", to: "n2", pairs: 40, missPolicy: MissPolicy.UNSPECIFIED, ...limits };
  world.add(requester, { place: "n0", config: { ask, table } });
  world.start();
  world.run({ untilNs: 30e9, until: () => table.done });
  world.run({ untilNs: world.now + 1e9 });
  const counters: Record<string, number>[] = [];
  for (const { name } of topology.nodes) {
    world.add(
      inquirer(name, (response) => counters.push(response as Record<string, number>)),
      { place: name, config: null },
    );
  }
  world.run({ untilNs: world.now + 1e9 });
  const total = (counter: string) => counters.reduce((sum, one) => sum + (one[counter] as number), 0);
  expect(counters).toHaveLength(3);
  expect(total("sent")).toBeGreaterThanOrEqual(4 * 40);
  expect(total("fresh") + total("late")).toBe(total("sent"));
  expect(total("repeated")).toBeGreaterThan(10);
  expect(total("duplicate")).toBeGreaterThan(10);
  expect([total("pending"), total("abandoned"), total("missed")]).toEqual([0, 0, 0]);
});
