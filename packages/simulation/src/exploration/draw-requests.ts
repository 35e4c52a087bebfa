import type { EntropyStream } from "@bellmesh/numerics";
import type { Topology } from "@bellmesh/topology";
import { staysWithin } from "./core-path.ts";
import { happens, pick, scaleBetween, wholeBetween } from "./draws.ts";
import type { PlannedRequest } from "./trial.ts";

const REQUESTS_MAX = 8;
const PAIRS_MAX = 300;
const FRESH_PAIRS = 3;
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
  return Array.from({ length: wholeBetween(chance, 1, REQUESTS_MAX) }, (_, index) => {
    const ends = drawEnds(names, chance);
    const isUnlimited = happens(chance, 0.4) && staysWithin(core, topology, ends);
    const maxTimeNs = isUnlimited ? 0 : pick(chance, MAX_TIMES_NS);
    return {
      atNs: index === 0 ? 0 : wholeBetween(chance, 0, calmAtNs),
      ...ends,
      pairs: scaleBetween(chance, 1, PAIRS_MAX),
      maxTimeNs,
      minFidelity: maxTimeNs > 0 && happens(chance, 0.25) ? pick(chance, [0.51, 0.6, 0.8]) : null,
      missPolicy: pick(chance, MISS_POLICIES),
      graceNs: pick(chance, [0, 1e6, 5e6, 100e6]),
      finalState: happens(chance, 0.3) ? wholeBetween(chance, 0, 3) : null,
    };
  });
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
