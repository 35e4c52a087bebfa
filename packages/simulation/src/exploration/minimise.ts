import { type Deployed, deployment } from "@bellmesh/topology";
import { staysWithin } from "./core-path.ts";
import { ddmin } from "./ddmin.ts";
import { plannedTopology } from "./planned-topology.ts";
import { runTrial, type TrialOptions } from "./run-trial.ts";
import { faultPlaces } from "./touched-nodes.ts";
import type { NetworkPlan, PlannedRequest, Trial } from "./trial.ts";

const RUNS_MAX = 500;

/**
 * The simplest trial found that breaks the same rule: first fewer faults, then fewer nodes, requests and pairs, and
 * shorter faults. Every step is a whole run.
 * @param runsMax how many runs it may take; what was found by then is returned
 */
export function minimise(trial: Trial, property: string, options: TrialOptions = {}, runsMax = RUNS_MAX): Trial {
  let runs = 0;
  const fails = (candidate: Trial): boolean => {
    if (runs >= runsMax) return false;
    runs += 1;
    return runTrial(candidate, options).violations.some((violation) => violation.property === property);
  };
  let smallest = trial;
  for (let before = ""; before !== JSON.stringify(smallest) && runs < runsMax; ) {
    before = JSON.stringify(smallest);
    smallest = withFewerFaults(smallest, fails);
    smallest = withFewerNodes(smallest, fails);
    smallest = withFewerRequests(smallest, fails);
    smallest = withFewerPairs(smallest, fails);
    smallest = withShorterFaults(smallest, fails);
  }
  return smallest;
}

type Fails = (trial: Trial) => boolean;

function withFewerFaults(trial: Trial, fails: Fails): Trial {
  return { ...trial, faults: ddmin(trial.faults, (faults) => fails({ ...trial, faults })) };
}

function withFewerRequests(trial: Trial, fails: Fails): Trial {
  return { ...trial, requests: ddmin(trial.requests, (requests) => fails({ ...trial, requests })) };
}

/** Leaves out nodes that no request needs, one by one, with their links and the faults there. */
function withFewerNodes(trial: Trial, fails: Fails): Trial {
  let smallest = trial;
  for (const node of trial.network.nodes.slice(1).toReversed()) {
    const candidate = withoutNode(smallest, node);
    if (candidate && fails(candidate)) smallest = candidate;
  }
  return smallest;
}

function withoutNode(trial: Trial, gone: string): Trial | undefined {
  const { fresh, requests, core } = trial;
  const network: NetworkPlan = {
    ...trial.network,
    nodes: trial.network.nodes.filter((node) => node !== gone),
    links: trial.network.links.filter((ends) => !ends.includes(gone)),
  };
  if ([fresh, ...requests].some(({ from, to }) => from === gone || to === gone) || !isConnected(network)) return;
  const topology = plannedTopology({ ...trial, network });
  const left = core.filter((node) => node !== gone);
  if (!staysWithin(left, topology, fresh)) return undefined;
  const places = placesOf(deployment(topology));
  const faults = trial.faults.filter((entry) => faultPlaces(entry).every((place) => places.has(place)));
  return { ...trial, network, core: left, faults };
}

function placesOf(deployed: readonly Deployed[]): ReadonlySet<string> {
  return new Set(deployed.flatMap(({ place, address }) => [place, address]));
}

function isConnected({ nodes, links }: NetworkPlan): boolean {
  const reached = new Set(nodes.slice(0, 1));
  // A set hands out what is added to it while it is walked.
  for (const node of reached) {
    for (const [a, b] of links) if (a === node || b === node) reached.add(a === node ? b : a);
  }
  return reached.size === nodes.length;
}

function withFewerPairs(trial: Trial, fails: Fails): Trial {
  let smallest = trial;
  for (let index = 0; index < trial.requests.length; index += 1) {
    for (let pairs = half(smallest, index); pairs >= 1; pairs = half(smallest, index)) {
      const change = (request: PlannedRequest, at: number) => (at === index ? { ...request, pairs } : request);
      const candidate = { ...smallest, requests: smallest.requests.map(change) };
      if (!fails(candidate)) break;
      smallest = candidate;
    }
  }
  return smallest;
}

function half(trial: Trial, index: number): number {
  return Math.floor((trial.requests[index] as PlannedRequest).pairs / 2);
}

function withShorterFaults(trial: Trial, fails: Fails): Trial {
  let smallest = trial;
  for (let index = 0; index < trial.faults.length; index += 1) {
    for (;;) {
      const shorter = smallest.faults.map((entry, at) =>
        at === index ? { ...entry, forNs: Math.floor(entry.forNs / 2) } : entry,
      );
      // A crash of no duration would never end.
      if (shorter[index]?.forNs === 0 || !fails({ ...smallest, faults: shorter })) break;
      smallest = { ...smallest, faults: shorter };
    }
  }
  return smallest;
}
