import { exchanged } from "@bellmesh/bell";
import { ParameterError, qualityOf } from "@bellmesh/hardware";
import type { PathLink, PathNode, PathParameters } from "@bellmesh/physics";
import {
  bellMeasurementNs,
  bestPath,
  classicalDelayNs,
  linkModel,
  linkNamed,
  nodeNamed,
  predict,
  type Topology,
} from "@bellmesh/topology";
import type { Arguments } from "./arguments.ts";
import { nodeOption } from "./node-option.ts";
import { givenParameters } from "./physics-given.ts";
import { describedLink } from "./physics-link-input.ts";
import { linkOptions } from "./physics-parameters.ts";
import { givenTopology } from "./topology-source.ts";
import { UsageError } from "./usage-error.ts";

/** A path and what the topology predicts of it in the long run, where there is one. */
export interface DescribedPath {
  readonly title: string;
  readonly path: PathParameters;
  /** With every link generating ahead as far as its slots allow. */
  readonly longRun: { readonly rateHz: number; readonly fidelity: number } | undefined;
  /** A link whose clocks are not trusted, so that there are no pairs. */
  readonly untrusted: boolean;
}

/**
 * The path of a topology, or of equal links, that the arguments describe.
 * @throws UsageError, TopologyError or ParameterError for what cannot be
 */
export function describedPath(given: Arguments): DescribedPath {
  return given.has("links") ? equalLinks(given) : pathOfTopology(given);
}

function pathOfTopology(given: Arguments): DescribedPath {
  for (const option of [...Object.keys(linkOptions), ...Object.keys(nodeOptions)]) {
    if (option !== "error-correction" && given.has(option)) {
      throw new UsageError(`--${option} is for equal links`, "the topology says it; or give --links and no topology");
    }
  }
  const { topology } = givenTopology(given);
  const from = nodeOption(given, topology, "from") ?? (topology.nodes[0]?.name as string);
  const to = nodeOption(given, topology, "to") ?? (topology.nodes.at(-1)?.name as string);
  if (from === to) throw new UsageError(`the path starts and ends at ${from}`, "name two nodes with --from and --to");
  const route = bestPath(topology, from, to);
  if (!("nodes" in route))
    throw new UsageError(`${topology.name} has no path from ${from} to ${to}`, "name two nodes that are joined");
  const hops = route.nodes.slice(1);
  const delayNs = hops.reduce(
    (sum, node, hop) => sum + classicalDelayNs(topology, route.nodes[hop] as string, node),
    0,
  );
  const errorCorrection = given.number("error-correction");
  const prediction = predict(topology, route.nodes, route.links);
  return {
    title: `${topology.name}: ${from} to ${to}`,
    path: {
      nodes: route.nodes.map((name) => pathNode(topology, name)),
      links: route.links.map((name, hop) => pathLink(topology, name, route.nodes[hop] as string)),
      delayS: delayNs * 1e-9,
      ...(errorCorrection !== undefined && { errorCorrection }),
    },
    longRun: { rateHz: prediction.pairsPerSecond, fidelity: prediction.fidelity },
    untrusted: false,
  };
}

function pathNode(topology: Topology, name: string): PathNode {
  const node = nodeNamed(topology, name);
  if (!node) throw new RangeError(`${topology.name} has no node ${name}`);
  const { memory, gates, readout } = node;
  return {
    ...{ name, t1S: memory.t1S, t2S: memory.t2S, attemptDephasing: memory.attemptDephasing },
    ...{ twoQubitDepolarising: gates.twoQubitDepolarising, p01: readout.p01, p10: readout.p10 },
    bellMeasurementS: bellMeasurementNs(node) * 1e-9,
  };
}

function pathLink(topology: Topology, name: string, first: string): PathLink {
  const link = linkNamed(topology, name);
  if (!link) throw new RangeError(`${topology.name} has no link ${name}`);
  const { successProbability, meanPeriodNs, weights, eigenvalues, armDelayNs, messageDelayNs } = linkModel(
    topology,
    link,
  );
  const [a, b] = [armDelayNs[0] + messageDelayNs[0], armDelayNs[1] + messageDelayNs[1]];
  const isAlong = link.ends[0] === first;
  const { relaxed } = isAlong ? eigenvalues : exchanged(eigenvalues);
  const agesS = isAlong ? ([a * 1e-9, b * 1e-9] as const) : ([b * 1e-9, a * 1e-9] as const);
  return { name, successProbability, periodS: meanPeriodNs * 1e-9, weights, relaxed, agesS };
}

/** Options of the nodes of equal links, beside those of the link. */
export const nodeOptions = {
  "two-qubit-depolarising": { value: "P", summary: "that a two-qubit gate leaves its qubits maximally mixed" },
  "bell-measurement": { value: "NS", summary: "duration of a Bell measurement, gate and readout" },
  "attempt-dephasing": { value: "P", summary: "that an attempt flips the phase of a half stored beside it" },
} as const;

function equalLinks(given: Arguments): DescribedPath {
  if (given.positionals.length > 0 || given.has("topology")) {
    throw new UsageError("--links and a topology are both given", "give one of them");
  }
  for (const option of ["from", "to"]) {
    if (given.has(option))
      throw new UsageError(`--${option} is for a topology`, "equal links lead from one end to the other");
  }
  const count = given.wholeNumber("links", 1, 12) as number;
  const parameters = givenParameters(given);
  if (parameters.has("platformB")) {
    throw new ParameterError("platformB", parameters.value("platformB"), "equal links have equal nodes; leave it out");
  }
  const { input, figures, platforms, clock } = describedLink(parameters);
  const { successProbability, meanAttemptPeriodS, pair, agesS } = figures;
  if (meanAttemptPeriodS === undefined) {
    throw new ParameterError("attempt", undefined, "nothing says how long an attempt takes: give it in ns");
  }
  const [platform] = platforms;
  const durationNs = given.number("bell-measurement") ?? (platform.twoQubitS[0] + platform.readoutS[0]) * 1e9;
  if (!(durationNs >= 0)) throw new ParameterError("bellMeasurement", durationNs, "a time is not negative");
  const [end] = input.ends;
  const dephasing = share(given, "attempt-dephasing", 0.5) ?? platform.storage?.attemptDephasing?.[0] ?? 0;
  const node = {
    ...{ t1S: end.t1S, t2S: end.t2S, p01: end.p01, p10: end.p10, attemptDephasing: dephasing },
    twoQubitDepolarising: share(given, "two-qubit-depolarising", 1) ?? platform.twoQubitDepolarising[0],
    bellMeasurementS: durationNs * 1e-9,
  };
  const [armA, armB] = input.parameters.timing.armDelaysS;
  const link = {
    ...{ successProbability, periodS: meanAttemptPeriodS, agesS },
    ...{ weights: pair.weights, relaxed: qualityOf(pair).relaxed },
  };
  return {
    title: `${count} link${count === 1 ? "" : "s"} of ${platform.name}`,
    path: {
      nodes: Array.from({ length: count + 1 }, (_, place) => ({ ...node, name: `n${place}` })),
      links: Array.from({ length: count }, (_, place) => ({ ...link, name: `n${place}-n${place + 1}` })),
      delayS: count * (armA + armB),
      ...(input.errorCorrection !== undefined && { errorCorrection: input.errorCorrection }),
    },
    longRun: undefined,
    untrusted: clock !== undefined && !clock.isTrusted,
  };
}

function share(given: Arguments, option: string, most: number): number | undefined {
  const value = given.number(option);
  if (value === undefined || (value >= 0 && value <= most)) return value;
  const field = option.replace(/-./g, (letter) => letter.slice(1).toUpperCase());
  throw new ParameterError(field, value, `a probability of this kind lies in [0, ${most}]`);
}
