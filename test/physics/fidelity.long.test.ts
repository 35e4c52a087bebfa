import { expect, test } from "vitest";
import { sigmasApart } from "./batch-means.ts";
import { fidelityAgainstMonteCarlo } from "./fidelity-against-monte-carlo.ts";

/** What 20,000 pairs must resolve: well below the half per cent that one swap or one slot's waiting makes. */
const RESOLVED = 7e-4;

test.each([
  { name: "bench-line-3", seed: 21 },
  { name: "bench-line-5", seed: 22 },
  { name: "bench-line-9", seed: 23 },
])(
  "20,000 pairs over $name have the fidelity and rate of the Monte Carlo, within 4 sigma, seed $seed",
  ({ name, seed }) => {
    const { simulated, expected } = fidelityAgainstMonteCarlo(name, 20_000, seed);
    const figures = `simulated ${JSON.stringify(simulated)}, expected ${JSON.stringify(expected)}`;
    expect(simulated.fidelity.standardError, figures).toBeLessThan(RESOLVED);
    expect(sigmasApart(simulated.fidelity, expected.fidelity), figures).toBeLessThan(4);
    expect(sigmasApart(simulated.pairsPerVirtualSecond, expected.pairsPerVirtualSecond), figures).toBeLessThan(4);
  },
);
