import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { processPlans } from "./process-plan.ts";

const topology = loadTopology("line:2");

test("a process per service and place, each with a program; node-controllers have doors", () => {
  const plans = processPlans(topology, false);
  expect(plans.map(({ name }) => name)).toEqual([
    "quantum-state.nature",
    "physical-link.n0-n1",
    ...["clock-sync.n0", "node-controller.n0", "link-layer.n0", "network-layer.n0"],
    ...["clock-sync.n1", "node-controller.n1", "link-layer.n1", "network-layer.n1"],
  ]);
  for (const { entry } of plans) expect(existsSync(fileURLToPath(entry)), entry).toBe(true);
  expect(plans.filter(({ isDoor }) => isDoor).map(({ place }) => place)).toEqual(["n0", "n1"]);
});

test("or one per node that holds its four", () => {
  const plans = processPlans(topology, true);
  expect(plans.map(({ name }) => name)).toEqual(["quantum-state.nature", "physical-link.n0-n1", "node.n0", "node.n1"]);
  expect(plans[2]).toMatchObject({
    service: "all",
    place: "n0",
    addresses: ["clock-sync/n0", "node-controller/n0", "link-layer/n0", "network-layer/n0"],
    isDoor: true,
  });
  for (const { entry } of plans) expect(existsSync(fileURLToPath(entry)), entry).toBe(true);
});
