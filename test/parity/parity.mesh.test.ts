import { Tally } from "@bellmesh/numerics";
import { beforeAll, describe, expect, test } from "vitest";
import type { JudgedMesh } from "../mesh/judged-mesh.ts";
import { inMesh, type MeshObservation, type MeshObservations, warmMesh } from "./in-mesh.ts";
import { inSimulation } from "./in-simulation.ts";
import type { Observation } from "./observation.ts";
import { type Suite, suites } from "./scenarios.ts";

const SEED = 11;
/** The simulation is asked so often, with as many seeds. */
const RUNS = 64;
/** What chance may do: a difference of so many standard errors is none. */
const SIGMAS = 4;
/** Messages between places that the next pair of a link waits for: both ARMs, both heralds, one after the other. */
const MESSAGES_PER_PAIR = 4;
/** Messages that a half waits for: its herald, and TRACK over up to three hops. */
const MESSAGES_PER_HALF = 4;
const T2_NS = 10e9;

interface Both {
  readonly mesh: MeshObservations;
  readonly simulated: readonly ReturnType<typeof inSimulation>[];
}

const both = new Map<Suite, Both>();

beforeAll(async () => {
  // All meshes before any simulation: while one computes here, nobody hears what the other meshes say.
  const meshes = await inMeshes();
  for (const [number, suite] of suites.entries()) {
    const simulated = Array.from({ length: RUNS }, (_, run) => inSimulation(suite, SEED + run));
    both.set(suite, { mesh: meshes[number] as MeshObservations, simulated });
  }
});

/** Meshes start one after another, for what starts keeps the processors from those that are measured. */
async function inMeshes(): Promise<readonly MeshObservations[]> {
  const warm: JudgedMesh[] = [];
  try {
    for (const suite of suites) warm.push(await warmMesh(suite, SEED));
    return await Promise.all(suites.map((suite, number) => inMesh(suite, warm[number] as JudgedMesh)));
  } finally {
    await Promise.all(warm.map((judged) => judged.stop()));
  }
}

const outcome = ({ ended, missing }: Observation) => [ended, ...missing].join(", missing for ");

/**
 * What the simulation shows of one scenario, over all its seeds. Of each run the mean fidelity counts, not that of
 * every pair: halves queue for partners that are slow to come, so that pairs that follow one another are alike.
 */
function simulatedOf({ simulated }: Both, number: number) {
  const [deliveryNs, delivered, fidelity] = [new Tally(), new Tally(), new Tally()];
  const outcomes = new Set<string>();
  for (const run of simulated) {
    const observation = run[number];
    if (!observation) throw new Error(`no scenario ${number}`);
    deliveryNs.add(observation.deliveryNs);
    delivered.add(observation.delivered);
    if (observation.fidelities > 0) fidelity.add(observation.fidelitySum / observation.fidelities);
    outcomes.add(outcome(observation));
  }
  return { deliveryNs, delivered, fidelity, outcomes };
}

/** A new run of what was tallied differs from its mean by no more than this, as far as chance goes. */
const chanceOf = (tally: Tally) => SIGMAS * Math.sqrt(tally.variance * (1 + 1 / tally.count));

describe.each(suites.map((suite) => [suite.name, suite] as const))("On %s both worlds agree:", (_name, suite) => {
  const worlds = () => both.get(suite) as Both;
  const meshOf = (number: number) => worlds().mesh.observations[number] as MeshObservation;
  const numbered = suite.scenarios.map(({ name }, number) => [name, number] as const);

  test.each(numbered)("%s ends alike", (_scenario, number) => {
    const { outcomes } = simulatedOf(worlds(), number);
    expect([outcome(meshOf(number))]).toEqual([...outcomes]);
  });

  test.each(numbered)("%s takes as long", (_scenario, number) => {
    const { deliveryNs, delivered } = simulatedOf(worlds(), number);
    const observed = meshOf(number);
    const budgetNs = observed.delivered * MESSAGES_PER_PAIR * observed.excessNs;
    // Where time is the limit the number of pairs is what is measured.
    if (delivered.variance > 0) {
      const budget = (delivered.mean * budgetNs) / Math.max(1, observed.deliveryNs);
      expect(observed.delivered).toBeGreaterThanOrEqual(delivered.mean - chanceOf(delivered) - budget);
      expect(observed.delivered).toBeLessThanOrEqual(delivered.mean + chanceOf(delivered));
      return;
    }
    expect(observed.delivered).toBe(delivered.mean);
    expect(observed.deliveryNs).toBeGreaterThanOrEqual(deliveryNs.mean - chanceOf(deliveryNs));
    expect(observed.deliveryNs).toBeLessThanOrEqual(deliveryNs.mean + chanceOf(deliveryNs) + budgetNs);
  });

  test.each(numbered)("%s is worth as much", (_scenario, number) => {
    const { fidelity } = simulatedOf(worlds(), number);
    const { fidelitySum, fidelities, excessNs } = meshOf(number);
    if (fidelity.count === 0) {
      expect(fidelities).toBe(0);
      return;
    }
    const mean = fidelitySum / fidelities;
    // Two halves wait; what waits t of a coherence time T2 loses no more than t/T2.
    const budget = (2 * MESSAGES_PER_HALF * excessNs) / T2_NS;
    expect(mean).toBeGreaterThanOrEqual(fidelity.mean - chanceOf(fidelity) - budget);
    expect(mean).toBeLessThanOrEqual(fidelity.mean + chanceOf(fidelity));
  });

  test("all of it together takes as long", () => {
    let [differenceNs, variance, budgetNs] = [0, 0, 0];
    for (const number of suite.scenarios.keys()) {
      const { deliveryNs, delivered } = simulatedOf(worlds(), number);
      if (delivered.variance > 0 || delivered.mean === 0) continue;
      differenceNs += meshOf(number).deliveryNs - deliveryNs.mean;
      variance += deliveryNs.variance * (1 + 1 / deliveryNs.count);
      budgetNs += delivered.mean * MESSAGES_PER_PAIR * meshOf(number).excessNs;
    }
    expect(differenceNs).toBeGreaterThanOrEqual(-SIGMAS * Math.sqrt(variance));
    expect(differenceNs).toBeLessThanOrEqual(SIGMAS * Math.sqrt(variance) + budgetNs);
  });

  test("no referee objects", () => {
    expect(worlds().mesh.objections).toEqual([]);
  });
});
