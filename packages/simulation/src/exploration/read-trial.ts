import { scopeOf, type Topology, TopologyError } from "@bellmesh/topology";
import { plannedTopology } from "./planned-topology.ts";
import type { Section } from "./section.ts";
import type { NetworkPlan, PlannedRequest, Trial } from "./trial.ts";

const shapes = ["line", "star", "ring", "grid", "tree"] as const;
const regimes = ["ideal", "nv", "atom", "hostile"] as const;
const schedulers = ["fcfs", "strict-priority"] as const;
const missPolicies = ["discard", "age", "degrade"] as const;
const BELL_STATES = 4;

/** Reads a trial from a section of a bundle. @throws BundleError naming the first mistake */
export function readTrial(section: Section): Trial {
  const network = readNetwork(section.section("network"));
  const core = section.texts("core");
  if (core.length === 0 || core.some((node) => !network.nodes.includes(node))) {
    throw section.error("core", "give nodes of the network");
  }
  const regime = section.choice("regime", regimes);
  const cutoffMs = section.numberOrNull("cutoffMs");
  const scheduler = section.has("scheduler") ? section.choice("scheduler", schedulers) : undefined;
  const topology = topologyOf(section, { network, regime, cutoffMs });
  const request = (of: Section) => readRequest(of, network.nodes);
  const budget = section.section("budget");
  return {
    seed: section.whole("seed"),
    network,
    regime,
    ...(scheduler && { scheduler }),
    cutoffMs,
    startsBefore: section.whole("startsBefore"),
    requests: section.sections("requests").map(request),
    fresh: request(section.section("fresh")),
    faults: section.faults("faults", scopeOf(topology)),
    core,
    calmAtNs: section.whole("calmAtNs"),
    healedAtNs: section.whole("healedAtNs"),
    budget: { events: budget.whole("events"), virtualNs: budget.whole("virtualNs") },
  };
}

/** What makes no network is told of the bundle: the topology that it stands for is no file that one could look at. */
function topologyOf(section: Section, planned: Pick<Trial, "network" | "regime" | "cutoffMs">): Topology {
  try {
    return plannedTopology(planned);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    const { path, problem, expected } = error;
    const [list] = /^(?:nodes|links)\[\d+\]/.exec(path) ?? [];
    if (path === "cutoffMs") throw section.wrong("cutoffMs", problem, expected);
    const network = section.section("network");
    throw network.wrong(list ?? "", problem, expected);
  }
}

function readNetwork(section: Section): NetworkPlan {
  const nodes = section.texts("nodes");
  const links = section.list("links").map((ends): readonly [string, string] => {
    const [a, b] = Array.isArray(ends) ? ends : [];
    if (!nodes.includes(a) || !nodes.includes(b) || a === b) {
      throw section.error("links", "give pairs of different nodes of the network");
    }
    return [a, b];
  });
  return { shape: section.choice("shape", shapes), nodes, links };
}

function readRequest(section: Section, nodes: readonly string[]): PlannedRequest {
  const finalState = section.numberOrNull("finalState");
  if (finalState !== null && !(Number.isInteger(finalState) && finalState >= 0 && finalState < BELL_STATES)) {
    throw section.error("finalState", "give 0, 1, 2 or 3, or null");
  }
  const [from, to] = ["from", "to"].map((end) => {
    const node = section.text(end);
    if (!nodes.includes(node)) throw section.error(end, `give a node of the network: ${nodes.join(", ")}`);
    return node;
  }) as [string, string];
  return {
    atNs: section.whole("atNs"),
    from,
    to,
    pairs: section.whole("pairs"),
    maxTimeNs: section.whole("maxTimeNs"),
    minFidelity: section.numberOrNull("minFidelity"),
    missPolicy: section.choice("missPolicy", missPolicies),
    graceNs: section.whole("graceNs"),
    finalState,
    ...(section.has("priority") && { priority: section.whole("priority") }),
  };
}
