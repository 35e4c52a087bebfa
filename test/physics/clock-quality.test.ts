import { simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import { expect, test } from "vitest";

/** Microsecond clocks cost visibility: claims and predictions must know it, as nature does. */
test("with clocks of 100 ns the claimed and predicted fidelities follow the true one (3,000 pairs, seed 1)", () => {
  const line = loadTopology("examples/topologies/alice-repeater-bob.yaml");
  const clock = { ...line.clock, stampJitterPs: 100_000, initialOffsetNs: 1000, driftPpb: 100 };
  const topology: Topology = { ...line, clock };
  const { fidelity } = simulate({ topology, from: "alice", to: "bob", pairs: 3000, seed: 1 });
  const good = simulate({ topology: line, from: "alice", to: "bob", pairs: 500, seed: 1 }).fidelity;
  const [truth, claimed, predicted] = [
    fidelity.true as number,
    fidelity.claimed as number,
    fidelity.predicted as number,
  ];
  // The servo's first seconds are worse than its steady state, to which claims and predictions belong.
  expect(truth).toBeLessThan((good.true as number) - 0.05);
  expect(Math.abs(truth - claimed)).toBeLessThan(0.02);
  expect(Math.abs(truth - predicted)).toBeLessThan(0.02);
});
