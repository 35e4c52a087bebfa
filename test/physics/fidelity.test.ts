import { expect, test } from "vitest";
import { sigmasApart } from "./batch-means.ts";
import { fidelityAgainstMonteCarlo } from "./fidelity-against-monte-carlo.ts";

test("2,000 pairs over three nodes have the fidelity and rate of the Monte Carlo, within 4 sigma, seed 11", () => {
  const { simulated, expected } = fidelityAgainstMonteCarlo("bench-line-3", 2000, 11);
  expect(simulated.fidelity.standardError).toBeLessThan(1.5e-3);
  expect(sigmasApart(simulated.fidelity, expected.fidelity)).toBeLessThan(4);
  expect(sigmasApart(simulated.pairsPerVirtualSecond, expected.pairsPerVirtualSecond)).toBeLessThan(4);
});
