import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { batchMeans, type Estimate } from "./batch-means.ts";
import { lineMonteCarlo } from "./line-monte-carlo.ts";
import { lineParameters, topologyFile } from "./line-parameters.ts";

/** The same figures from the network stack and from the Monte Carlo. */
export interface Compared {
  readonly simulated: LineFigures;
  readonly expected: LineFigures;
}

interface LineFigures {
  /** Mean true fidelity. */
  readonly fidelity: Estimate;
  readonly pairsPerVirtualSecond: Estimate;
}

/** Replicas of the Monte Carlo: its error is to be small beside that of the one simulated run. */
const REPLICAS = 10;
const FIRST_REPLICA_SEED = 1000;
const BATCHES = 40;

/**
 * Both runs start from an empty line, so that the first pairs, which wait less, weigh the same. The Monte Carlo knows
 * no clocks: with white-rabbit clocks the photons of a link meet some 30 ps apart, and a photon lifetime of 1 µs turns
 * that into 3e-5 of visibility, 1.3e-5 of fidelity per link. Amplitude damping instead of its Pauli twirl changes less
 * than 1e-5. Both are far below the statistical error.
 */
export function fidelityAgainstMonteCarlo(name: string, pairs: number, seed: number): Compared {
  const parameters = lineParameters(name);
  const expectedFidelities: number[] = [];
  const expectedRates: number[] = [];
  for (let replica = 0; replica < REPLICAS; replica += 1) {
    const run = lineMonteCarlo(parameters, pairs, FIRST_REPLICA_SEED + replica);
    for (const fidelity of run.fidelities) expectedFidelities.push(fidelity);
    expectedRates.push(run.pairsPerVirtualSecond);
  }
  const fidelities: number[] = [];
  const { delivered, deliveryNs } = simulate({
    topology: loadTopology(topologyFile(name)),
    from: "n0",
    to: `n${parameters.links}`,
    pairs,
    seed,
    onEvent: ({ event }) => {
      if (event?.$case === "pairFidelity") fidelities.push(event.pairFidelity.fidelityPpt / 1e12);
    },
  });
  if (delivered !== pairs || fidelities.length !== pairs) {
    throw new Error(`${name}: ${delivered} of ${pairs} pairs were delivered, ${fidelities.length} have a fidelity`);
  }
  const rate = batchMeans(expectedRates, REPLICAS);
  return {
    simulated: {
      fidelity: batchMeans(fidelities, BATCHES),
      // One run scatters as one replica does.
      pairsPerVirtualSecond: {
        mean: delivered / (deliveryNs * 1e-9),
        standardError: rate.standardError * Math.sqrt(REPLICAS),
      },
    },
    expected: { fidelity: batchMeans(expectedFidelities, REPLICAS * BATCHES), pairsPerVirtualSecond: rate },
  };
}
