import { expect, test } from "vitest";
import { deployment } from "./deployment.ts";
import { loadTopology } from "./load-topology.ts";

test("a deployment has nature, a station per link and four services per node", () => {
  expect(deployment(loadTopology("line:2")).map((deployed) => deployed.address)).toEqual([
    "quantum-state/nature",
    "physical-link/n0-n1",
    "clock-sync/n0",
    "node-controller/n0",
    "link-layer/n0",
    "network-layer/n0",
    "clock-sync/n1",
    "node-controller/n1",
    "link-layer/n1",
    "network-layer/n1",
  ]);
  expect(deployment(loadTopology("line:2"))[1]).toEqual({
    service: "physical-link",
    place: "n0-n1",
    address: "physical-link/n0-n1",
  });
});
