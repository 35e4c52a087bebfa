import { simulate } from "@bellmesh/simulation";
import { clockPresets, linkModel, loadTopology } from "@bellmesh/topology";
import { latenciesByPriorityMs, latenciesMs } from "./load-run.ts";
import type { Trend } from "./table-row.ts";

const PAIRS = 400;
/** Four sigma of a mean over so many waiting times. */
const PROPORTIONAL = 4 / Math.sqrt(PAIRS);

/** With perfect clocks: pairs come from the first second on, and only α decides. */
function fidelityAgainstRate(): ReturnType<Trend["seen"]> {
  const lab = loadTopology("examples/topologies/nv-lab-pair.yaml");
  const topology = { ...lab, clock: { ...lab.clock, preset: "perfect", ...clockPresets.perfect } as const };
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

const [BATCHES, SIGMAS] = [20, 4];

/** A mean and the σ of it, from means of batches: what follows closely in a queue is alike. */
function batchMean(values: readonly number[]): { readonly value: number; readonly sigma: number } {
  const size = values.length / BATCHES;
  const batches = Array.from({ length: BATCHES }, (_, at) => mean(values.slice(at * size, (at + 1) * size)));
  const value = mean(batches);
  const squares = batches.map((batch) => (batch - value) ** 2);
  return { value, sigma: Math.sqrt(mean(squares) / (BATCHES - 1)) };
}

/** What stands for requests of type M, which links do not serve. */
const KEPT =
  "NL, CK and MD are priorities 2, 1 and 0 here, of requests that all keep their pairs: that a pair measured at once " +
  "would free its memory sooner is not in these figures";

type BatchMean = ReturnType<typeof batchMean>;

/**
 * Strict priority against the queue with exponential service and preemption, in which class k waits as if the classes
 * below it were not there: S / ((1 − ρ₁ − … − ρₖ₋₁)(1 − ρ₁ − … − ρₖ)), a pair taking S (White & Christie 1958).
 */
function latencyByPriority(): ReturnType<Trend["seen"]> {
  const [load, requests] = [0.25, 600];
  const priorities = [2, 1, 0];
  const arrived = latenciesByPriorityMs("fcfs", priorities, load, requests);
  const urgent = latenciesByPriorityMs("strict-priority", priorities, load, requests);
  const classes = ["NL", "CK", "MD"].map((name, at) => ({
    name,
    fcfs: batchMean(arrived.latenciesMs[at] ?? []),
    strict: batchMean(urgent.latenciesMs[at] ?? []),
    expectedMs: urgent.pairMs / ((1 - at * load) * (1 - (at + 1) * load)),
  }));
  const isAsExpected = classes.every(
    ({ strict, expectedMs }) => Math.abs(strict.value - expectedMs) < SIGMAS * strict.sigma,
  );
  const [highest, , lowest] = classes as [(typeof classes)[0], (typeof classes)[0], (typeof classes)[0]];
  const inMs = ({ value, sigma }: BatchMean) => `${value.toFixed(1)} ± ${sigma.toFixed(1)} ms`;
  return {
    text: `${classes
      .map(
        ({ name, fcfs, strict, expectedMs }) =>
          `${name}: ${inMs(fcfs)} first come, first served, ${inMs(strict)} by strict priority ` +
          `(a queue's theory: ${expectedMs.toFixed(1)})`,
      )
      .join("; ")}. ${KEPT}`,
    holds: isAsExpected && highest.strict.value < highest.fcfs.value && lowest.strict.value > lowest.fcfs.value,
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
    id: "T3",
    what: "strict priority lowers the latency of NL at the cost of CK and MD (Dahlberg et al. 2019)",
    seen: latencyByPriority,
  },
  {
    id: "T4",
    what: "losing one classical message of 10,000 changes little (Dahlberg et al. 2019)",
    seen: classicalLoss,
  },
];
