import type { EntropyStream } from "@bellmesh/numerics";
import { bestPath, type Topology } from "@bellmesh/topology";
import { staysWithin } from "./core-path.ts";
import { happens, pick, scaleBetween, wholeBetween } from "./draws.ts";
import type { PlannedRequest } from "./trial.ts";

const REQUESTS_MAX = 5;
const PAIRS_MAX = 100;
/** Link pairs that the steady request may take at most, so that a run stays within its budget. */
const STEADY_LINK_PAIRS = 2500;
/** Link pairs that a request without a time limit may take at most: slow links bring as many while liveness waits. */
const UNLIMITED_LINK_PAIRS = 300;
const FRESH_PAIRS = 3;
const SHORT_REQUESTS_MAX = 20;
const SHORT_PAIRS_MAX = 40;
const PATIENT_SHARE = 0.35;
/** From less than it takes to install a circuit. */
const [SHORT_TIME_MIN_NS, SHORT_TIME_MAX_NS] = [50_000, 1_000_000_000];
const MAX_TIMES_NS = [50e6, 500e6, 2e9, 5e9];
const MISS_POLICIES = ["discard", "age", "degrade"] as const;

/**
 * What applications ask for in the time before `calmAtNs`. A request that leaves the core has a time limit: what it may
 * wait for in vain holds up others on the links it shares with them. One without a limit asks for no minimum fidelity.
 */
export function drawRequests(
  topology: Topology,
  core: readonly string[],
  calmAtNs: number,
  chance: EntropyStream,
): readonly PlannedRequest[] {
  const names = topology.nodes.map(({ name }) => name);
  const steady = steadyRequest(topology, drawEnds(names, chance), calmAtNs, chance);
  const others = Array.from({ length: wholeBetween(chance, 0, REQUESTS_MAX) }, () => {
    const ends = drawEnds(names, chance);
    const isUnlimited = happens(chance, 0.4) && staysWithin(core, topology, ends);
    const maxTimeNs = isUnlimited ? 0 : pick(chance, MAX_TIMES_NS);
    const atNs = wholeBetween(chance, 0, calmAtNs);
    const pairs = scaleBetween(chance, 1, isUnlimited ? unlimitedPairs(topology, ends) : PAIRS_MAX);
    return { atNs, ...ends, pairs, maxTimeNs, ...drawTerms(maxTimeNs, chance) };
  });
  return [steady, ...others];
}

/**
 * Short requests both ways that overlap, many of which end early: some before their circuit is installed, some before
 * both ends of a link have agreed on what it is asked for. In nine of ten trials a steady one is among them, and some
 * that are patient: what stands still for good under them is seen.
 */
export function drawShortRequests(
  topology: Topology,
  core: readonly string[],
  calmAtNs: number,
  chance: EntropyStream,
): readonly PlannedRequest[] {
  const names = topology.nodes.map(({ name }) => name);
  const steady = happens(chance, 0.9) ? [steadyRequest(topology, drawEnds(names, chance), calmAtNs, chance)] : [];
  const others = Array.from({ length: scaleBetween(chance, 3, SHORT_REQUESTS_MAX) }, () => {
    const ends = drawEnds(names, chance);
    const isPatient = happens(chance, PATIENT_SHARE) && staysWithin(core, topology, ends);
    const maxTimeNs = isPatient ? 0 : scaleBetween(chance, SHORT_TIME_MIN_NS, SHORT_TIME_MAX_NS);
    const pairs = isPatient
      ? scaleBetween(chance, 5, unlimitedPairs(topology, ends))
      : scaleBetween(chance, 1, SHORT_PAIRS_MAX);
    return { atNs: wholeBetween(chance, 0, calmAtNs), ...ends, pairs, maxTimeNs, ...drawTerms(maxTimeNs, chance) };
  });
  return [...steady, ...others];
}

interface TwoEnds {
  readonly from: string;
  readonly to: string;
}

/** One that goes on for as long as faults act, as far as the budget allows. */
function steadyRequest(topology: Topology, ends: TwoEnds, calmAtNs: number, chance: EntropyStream): PlannedRequest {
  const pairs = Math.ceil(STEADY_LINK_PAIRS / hopsBetween(topology, ends));
  return { atNs: 0, ...ends, pairs, maxTimeNs: calmAtNs, ...drawTerms(calmAtNs, chance) };
}

/** The most pairs that a request without a time limit asks for. */
function unlimitedPairs(topology: Topology, ends: TwoEnds): number {
  return Math.min(PAIRS_MAX, Math.floor(UNLIMITED_LINK_PAIRS / hopsBetween(topology, ends)));
}

function hopsBetween(topology: Topology, { from, to }: TwoEnds): number {
  const route = bestPath(topology, from, to);
  return "links" in route ? route.links.length : 1;
}

function drawTerms(maxTimeNs: number, chance: EntropyStream) {
  return {
    minFidelity: maxTimeNs > 0 && happens(chance, 0.25) ? pick(chance, [0.51, 0.6, 0.8]) : null,
    missPolicy: pick(chance, MISS_POLICIES),
    graceNs: pick(chance, [0, 1e6, 5e6, 100e6]),
    finalState: happens(chance, 0.3) ? wholeBetween(chance, 0, 3) : null,
  };
}

/** What is asked in the core when all is calm there: a few pairs, without a limit. */
export function drawFreshRequest(topology: Topology, core: readonly string[], chance: EntropyStream): PlannedRequest {
  const ways = core.flatMap((from) => core.filter((to) => to !== from).map((to) => ({ from, to })));
  const ends = pick(
    chance,
    ways.filter((way) => staysWithin(core, topology, way)),
  );
  const rest = { maxTimeNs: 0, minFidelity: null, missPolicy: "discard", graceNs: 0, finalState: null } as const;
  return { atNs: 0, ...ends, pairs: FRESH_PAIRS, ...rest };
}

function drawEnds(names: readonly string[], chance: EntropyStream) {
  const from = pick(chance, names);
  return {
    from,
    to: pick(
      chance,
      names.filter((name) => name !== from),
    ),
  };
}
