import { estimateLink, type LinkScheme, largestAlpha } from "@bellmesh/hardware";
import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { latenciesMs } from "./load-run.ts";
import type { Trend } from "./table-row.ts";

const heralding: LinkScheme = {
  scheme: "single-click",
  ...{ etaA: 3.5e-4, etaB: 3.5e-4, darkCountProbability: 5e-7, visibility: 0.9 },
};

/** Throughput is proportional to α: rate/α is the same to so much over the fidelities asked. */
const PROPORTIONAL = 0.03;

function fidelityAgainstRate(): ReturnType<Trend["seen"]> {
  const choices = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85].map((minimum) => {
    const alpha = largestAlpha(heralding, minimum) ?? Number.NaN;
    const { rateHz } = estimateLink({ heralding, timing: { armDelaysS: [0, 0], minimumS: 5.5e-6 } }, alpha);
    return { minimum, alpha, rateHz };
  });
  const ratios = choices.map(({ alpha, rateHz }) => rateHz / alpha);
  const isFalling = choices.every(({ alpha }, place) => place === 0 || alpha < (choices[place - 1]?.alpha ?? 0));
  return {
    text: choices
      .map(({ minimum, alpha, rateHz }) => `${minimum}: α ${alpha.toFixed(3)}, ${rateHz.toFixed(1)} Hz`)
      .join("; "),
    holds: isFalling && Math.max(...ratios) / Math.min(...ratios) < 1 + PROPORTIONAL,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function latencyAgainstLoad(): ReturnType<Trend["seen"]> {
  const loads = [0.3, 0.7, 0.99, 1.5];
  const runs = loads.map((load) => latenciesMs(load, 600));
  const means = runs.map(mean);
  const halves = (values: readonly number[]) =>
    [values.slice(0, values.length / 2), values.slice(values.length / 2)].map(mean) as [number, number];
  const [early, late] = halves(runs[3] as readonly number[]);
  const grows = means.every((value, place) => place === 0 || value > 1.3 * (means[place - 1] as number));
  return {
    text:
      `${loads.map((load, place) => `load ${load}: ${(means[place] as number).toFixed(0)} ms`).join("; ")}; ` +
      `at 1.5 the first half ${early.toFixed(0)} ms, the second ${late.toFixed(0)} ms`,
    holds: grows && late > 2 * early,
  };
}

/** How much worse a run may be for it. */
const MILD = 0.03;

function classicalLoss(): ReturnType<Trend["seen"]> {
  const topology = loadTopology("examples/topologies/alice-repeater-bob.yaml");
  const request = { topology, from: "alice", to: "bob", pairs: 1000, seed: 1 };
  const runs = [0, 1e-4, 1e-2].map((probability) => {
    const faults = [
      { kind: "loss", atNs: 0, forNs: Number.POSITIVE_INFINITY, target: {}, args: { probability } },
    ] as const;
    const { delivered, deliveryNs, fidelity } = simulate({ ...request, faults });
    return { probability, rateHz: delivered / (deliveryNs / 1e9), fidelity: fidelity.true ?? Number.NaN };
  });
  const [none, some] = runs as [(typeof runs)[0], (typeof runs)[0]];
  return {
    text: runs
      .map(
        ({ probability, rateHz, fidelity }) => `${probability}: ${rateHz.toFixed(1)} pairs/s, F ${fidelity.toFixed(4)}`,
      )
      .join("; "),
    holds: some.rateHz > (1 - MILD) * none.rateHz && some.fidelity > none.fidelity - MILD,
  };
}

/** Statements of papers whose figures are not at hand. */
export const trends: readonly Trend[] = [
  {
    id: "T1",
    what: "a higher minimum fidelity takes a smaller α, and the rate falls with it (Dahlberg et al. 2019)",
    seen: fidelityAgainstRate,
  },
  {
    id: "T2",
    what: "the latency of requests grows without bound as the load comes to 1 (Dahlberg et al. 2019)",
    seen: latencyAgainstLoad,
  },
  {
    id: "T4",
    what: "losing one classical message of 10,000 changes little (Dahlberg et al. 2019)",
    seen: classicalLoss,
  },
];
