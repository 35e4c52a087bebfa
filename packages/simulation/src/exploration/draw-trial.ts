import { SeededEntropy } from "@bellmesh/numerics";
import { drawCore } from "./draw-core.ts";
import { drawFaults } from "./draw-faults.ts";
import { drawNetwork } from "./draw-network.ts";
import { drawFreshRequest, drawRequests } from "./draw-requests.ts";
import { pick, scaleBetween } from "./draws.ts";
import { plannedTopology } from "./planned-topology.ts";
import { BUDGET, type RegimeName, type Trial } from "./trial.ts";

const CALM_MIN_NS = 5e8;
const CALM_MAX_NS = 12e9;
/** How long outside the core things may stay broken, for the core to show that it does without. */
const LASTING_NS = 20e9;
const regimeNames: readonly RegimeName[] = ["ideal", "nv", "atom", "hostile"];

/** What a seed stands for. Each part is drawn from a stream of its own, so that a new draw in one shifts no other. */
export function drawTrial(seed: number): Trial {
  const chance = new SeededEntropy(seed);
  const network = drawNetwork(chance.stream("exploration.network"));
  const regime = pick(chance.stream("exploration.regime"), regimeNames);
  const calmAtNs = scaleBetween(chance.stream("exploration.calm"), CALM_MIN_NS, CALM_MAX_NS);
  const core = drawCore(network, chance.stream("exploration.core"));
  const topology = plannedTopology(network, regime);
  const requests = drawRequests(topology, core, calmAtNs, chance.stream("exploration.requests"));
  const fresh = drawFreshRequest(topology, core, chance.stream("exploration.fresh"));
  const healedAtNs = calmAtNs + LASTING_NS;
  const bounds = { topology, core, calmAtNs, healedAtNs };
  const faults = drawFaults(bounds, chance.stream("exploration.faults"));
  const lasts = faults.some(({ atNs, forNs }) => atNs + forNs > calmAtNs);
  return {
    seed,
    network,
    regime,
    requests,
    fresh,
    faults,
    core,
    calmAtNs,
    healedAtNs: lasts ? healedAtNs : calmAtNs,
    budget: BUDGET,
  };
}
