import { simulate } from "@bellmesh/simulation";
import { linkModel, loadTopology } from "@bellmesh/topology";
import { latenciesMs } from "./load-run.ts";
import type { Trend } from "./table-row.ts";

const PAIRS = 400;
/** Four sigma of a mean over so many waiting times. */
const PROPORTIONAL = 4 / Math.sqrt(PAIRS);

function fidelityAgainstRate(): ReturnType<Trend["seen"]> {
  const topology = loadTopology("examples/topologies/nv-lab-pair.yaml");
  const [link] = topology.links;
  const runs = [0.55, 0.65, 0.75].map((minFidelity) => {
    const request = { topology, from: "alice", to: "bob", pairs: PAIRS, seed: 1, minFidelity };
    const { delivered, deliveryNs, fidelity } = simulate(request);
    const alpha = (link && linkModel(topology, link, minFidelity).alpha) ?? Number.NaN;
    return { minFidelity, alpha, rateHz: delivered / (deliveryNs / 1e9), fidelity: fidelity.true ?? Number.NaN };
  });
  const ratios = runs.map(({ alpha, rateHz }) => rateHz / alpha);
  const isFalling = runs.every(
    ({ alpha, rateHz, fidelity }, place) =>
      place === 0 ||
      (alpha < (runs[place - 1]?.alpha ?? 0) &&
        rateHz < (runs[place - 1]?.rateHz ?? 0) &&
        fidelity > (runs[place - 1]?.fidelity ?? 1)),
  );
  return {
    text: runs
      .map(
        ({ minFidelity, alpha, rateHz, fidelity }) =>
          `F ≥ ${minFidelity}: α ${alpha.toFixed(3)}, ${rateHz.toFixed(1)} pairs/s, ` +
          `${(1000 / rateHz).toFixed(0)} ms a pair, F ${fidelity.toFixed(3)}`,
      )
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
  const runs = [0, 1e-4].map((probability) => {
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
    what: "a higher minimum fidelity takes a smaller α; throughput falls with it, latency grows (Dahlberg et al. 2019)",
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
