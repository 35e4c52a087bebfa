import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { type EntropyStream, SeededEntropy } from "@bellmesh/numerics";
import { drawCore } from "./draw-core.ts";
import { drawFaults, type FaultBounds, isFaultless } from "./draw-faults.ts";
import { drawNetwork, line } from "./draw-network.ts";
import { withPriorities } from "./draw-priorities.ts";
import { drawFreshRequest, drawRequests, drawShortRequests } from "./draw-requests.ts";
import { drawLateOrders, drawRestarts, drawUnheardPairs } from "./draw-restarts.ts";
import { drawRetractions } from "./draw-retractions.ts";
import { drawStorms } from "./draw-storms.ts";
import { happens, pick, scaleBetween, wholeBetween } from "./draws.ts";
import { plannedTopology } from "./planned-topology.ts";
import { regimes } from "./regimes.ts";
import { BUDGET, type NetworkPlan, type RegimeName, type Trial } from "./trial.ts";

const CALM_MIN_NS = 1e9;
const CALM_MAX_NS = 8e9;
/** Some faults show only after tens of seconds: clocks elect another grandmaster, streams are given up. */
const LONG_SHARE = 0.15;
const LONG_MIN_NS = 14e9;
const LONG_MAX_NS = 24e9;
/** How long outside the core things may stay broken, for the core to show that it does without. */
const LASTING_NS = 15e9;
const regimeNames: readonly RegimeName[] = ["ideal", "nv", "atom", "hostile"];
/** Trials of much at once: short lines, storms of faults, many short requests. They find most per second. */
const DENSE_SHARE = 0.5;
const DENSE_NODES_MAX = 4;
const NEAR_WRAP_SHARE = 0.15;
/** Trials of pairs that are taken back, in place of the others. */
const RETRACTIONS_SHARE = 0.09;
/** After these many starts the link labels of a circuit, which begin at 2 · 1021 · starts mod 2^16, soon wrap. */
const STARTS_NEAR_WRAP = [3755, 7510];

/** What a seed stands for. Each part is drawn from a stream of its own, so that a new draw in one shifts no other. */
export function drawTrial(seed: number): Trial {
  const chance = new SeededEntropy(seed);
  return withPriorities(drawUnordered(seed, chance), chance.stream("exploration.priorities"));
}

function drawUnordered(seed: number, chance: SeededEntropy): Trial {
  const isWithoutFaults = isFaultless(chance.stream("exploration.faultless"));
  const retractions = chance.stream("exploration.retractions");
  if (happens(retractions, RETRACTIONS_SHARE)) return drawRetractionTrial(seed, retractions, isWithoutFaults);
  const isDense = happens(chance.stream("exploration.density"), DENSE_SHARE);
  const network = isDense
    ? drawShortLine(chance.stream("exploration.line"))
    : drawNetwork(chance.stream("exploration.network"));
  const regime = pick(chance.stream("exploration.regime"), regimeNames);
  const cutoffMs = pick(chance.stream("exploration.cutoff"), regimes[regime].cutoffsMs);
  const calmAtNs = drawCalm(chance.stream("exploration.calm"));
  const core = drawCore(network, chance.stream("exploration.core"));
  const topology = plannedTopology({ network, regime, cutoffMs });
  const asked = chance.stream("exploration.requests");
  const requests = (isDense ? drawShortRequests : drawRequests)(topology, core, calmAtNs, asked);
  const fresh = drawFreshRequest(topology, core, chance.stream("exploration.fresh"));
  const healedAtNs = calmAtNs + LASTING_NS;
  const bounds = { topology, core, calmAtNs, healedAtNs };
  const faults = isWithoutFaults ? [] : drawSchedule(bounds, isDense, chance);
  const lasts = faults.some(({ atNs, forNs }) => atNs + forNs > calmAtNs);
  return {
    seed,
    network,
    regime,
    cutoffMs,
    startsBefore: drawStarts(chance.stream("exploration.starts")),
    requests,
    fresh,
    faults,
    core,
    calmAtNs,
    healedAtNs: lasts ? healedAtNs : calmAtNs,
    budget: BUDGET,
  };
}

/** Each kind of trouble from a stream of its own. */
function drawSchedule(bounds: FaultBounds, isDense: boolean, chance: SeededEntropy): readonly FaultEntry[] {
  const drawn = (isDense ? drawStorms : drawFaults)(bounds, chance.stream("exploration.faults"));
  const restarts = drawRestarts(bounds, chance.stream("exploration.restarts"));
  const lateOrders = drawLateOrders(bounds, chance.stream("exploration.late-orders"));
  const unheard = drawUnheardPairs(bounds, chance.stream("exploration.unheard-pairs"));
  return [...drawn, ...restarts, ...lateOrders, ...unheard].toSorted((a, b) => a.atNs - b.atNs);
}

function drawRetractionTrial(seed: number, chance: EntropyStream, isWithoutFaults: boolean): Trial {
  const calmAtNs = scaleBetween(chance, CALM_MIN_NS, CALM_MAX_NS);
  const { faults, ...drawn } = drawRetractions(calmAtNs, chance);
  const core = drawn.network.nodes;
  const fresh = drawFreshRequest(plannedTopology(drawn), core, chance);
  const befallen = { faults: isWithoutFaults ? [] : faults, calmAtNs, healedAtNs: calmAtNs };
  return { seed, ...drawn, startsBefore: 0, fresh, core, ...befallen, budget: BUDGET };
}

function drawShortLine(chance: EntropyStream): NetworkPlan {
  return line(wholeBetween(chance, 2, DENSE_NODES_MAX));
}

function drawCalm(chance: EntropyStream): number {
  if (happens(chance, LONG_SHARE)) return wholeBetween(chance, LONG_MIN_NS, LONG_MAX_NS);
  return scaleBetween(chance, CALM_MIN_NS, CALM_MAX_NS);
}

function drawStarts(chance: EntropyStream): number {
  return happens(chance, NEAR_WRAP_SHARE) ? pick(chance, STARTS_NEAR_WRAP) : 0;
}
