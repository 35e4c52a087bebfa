import { fidelityOf, multiply } from "@bellmesh/bell";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import type { EntropyStream } from "@bellmesh/numerics";
import {
  bellMeasurementDecayOf,
  bestPath,
  endsDecay,
  type Link,
  linkModel,
  linkNamed,
  nodeAtWork,
  type Topology,
  type TopologyNode,
} from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { line } from "./draw-network.ts";
import { happens, pick, scaleBetween, wholeBetween } from "./draws.ts";
import { plannedTopology } from "./planned-topology.ts";
import { regimes } from "./regimes.ts";
import type { PlannedRequest, Trial } from "./trial.ts";

/** Two lines in three have one repeater. */
const LINE_SIZES = [3, 3, 4];
/** Regimes in which a half that waits loses fidelity. */
const FADING_REGIMES = ["hostile", "hostile", "nv", "atom"] as const;
const REQUESTS_MAX = 5;
const PAIRS_MAX = 12;
const MAX_TIME_NS = 8e9;
/** Whoever asks for no more than 0.5 is refused: such a pair is not entangled. */
const MIN_FIDELITY = 0.505;
/** How long the halves at both ends may wait: from less than a link takes to make a pair to several times that. */
const WAITS_NS = {
  hostile: [500_000, 8_000_000],
  nv: [3_000_000, 80_000_000],
  atom: [5_000_000, 200_000_000],
} as const;
/** TRACKs are repeated after 2 ms, 4 ms and so on. */
const [HELD_BACK_MIN_NS, HELD_BACK_MAX_NS] = [200_000, 10_000_000];
const TRACKS = subjects.feedforward("*", "*", "*", "track");
const MISS_POLICIES = ["discard", "discard", "degrade"] as const;

/**
 * A trial of pairs that one end gives up and the other has delivered, or is about to: small requests whose minimum
 * fidelity is what a pair is worth after some milliseconds, over one or two repeaters, and a bus that loses and delays
 * what is said of pairs. No process fails and nothing is cut off, so that a request that ends complete is confirmed.
 */
export function drawRetractions(
  calmAtNs: number,
  chance: EntropyStream,
): Pick<Trial, "network" | "regime" | "cutoffMs" | "requests" | "faults"> {
  const network = line(pick(chance, LINE_SIZES));
  const regime = pick(chance, FADING_REGIMES);
  const cutoffMs = pick(chance, [null, ...regimes[regime].cutoffsMs]);
  const topology = plannedTopology({ network, regime, cutoffMs });
  const [head, tail] = [network.nodes[0] as string, network.nodes.at(-1) as string];
  const [shortestNs, longestNs] = WAITS_NS[regime];
  const requests = Array.from({ length: wholeBetween(chance, 1, REQUESTS_MAX) }, (): PlannedRequest => {
    const [from, to] = happens(chance, 0.5) ? [head, tail] : [tail, head];
    const waitNs = scaleBetween(chance, shortestNs, longestNs);
    return {
      atNs: wholeBetween(chance, 0, Math.floor(0.7 * calmAtNs)),
      from,
      to,
      pairs: scaleBetween(chance, 1, PAIRS_MAX),
      maxTimeNs: MAX_TIME_NS,
      minFidelity: Math.max(MIN_FIDELITY, worthAfter(topology, from, to, waitNs)),
      missPolicy: pick(chance, MISS_POLICIES),
      graceNs: pick(chance, [0, 0, 1e6]),
      finalState: null,
    };
  });
  return { network, regime, cutoffMs, requests, faults: drawSlowTracks(calmAtNs, chance) };
}

/** What a pair is worth whose halves waited nowhere but at the ends, for so long. */
function worthAfter(topology: Topology, from: string, to: string, waitNs: number): number {
  const route = bestPath(topology, from, to);
  if (!("links" in route)) throw new RangeError(`no path leads from ${from} to ${to} in ${topology.name}`);
  const hardware = route.nodes.map((name) => nodeAtWork(topology, name) as TopologyNode);
  const links = route.links.map((name) => linkModel(topology, linkNamed(topology, name) as Link).eigenvalues);
  const swaps = hardware.slice(1, -1).map(bellMeasurementDecayOf);
  const waited = endsDecay(hardware[0] as TopologyNode, hardware.at(-1) as TopologyNode, waitNs);
  return fidelityOf([...links, ...swaps].reduce(multiply, waited));
}

/**
 * TRACKs are lost and held back until all is calm. Where EXPIREs are as well, fewer are lost: a word that is repeated
 * for ever must come before a head-end stops to wait for its confirmation.
 */
function drawSlowTracks(calmAtNs: number, chance: EntropyStream): readonly FaultEntry[] {
  const isOfTracks = happens(chance, 0.6);
  const when = { atNs: 0, forNs: calmAtNs, target: isOfTracks ? { subject: TRACKS } : {} };
  const probability = 0.1 + (isOfTracks ? 0.4 : 0.25) * chance.uniform();
  const loss = { ...when, kind: "loss", args: { probability } } as const;
  const maxDelayNs = scaleBetween(chance, HELD_BACK_MIN_NS, HELD_BACK_MAX_NS);
  const reorder = {
    ...when,
    kind: "reorder",
    args: { probability: 0.2 + 0.6 * chance.uniform(), maxDelayNs },
  } as const;
  return [loss, reorder];
}
