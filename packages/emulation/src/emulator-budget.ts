import { histogramQuantile, mergedHistogram } from "@bellmesh/mesh/grpc-nats";
import { expm1 } from "@bellmesh/numerics";
import { bellMeasurementNs, classicalDelayNs, nodeNamed, type Topology, type TopologyNode } from "@bellmesh/topology";
import type { Histogram, ProcessReport } from "@bellmesh/wire/telemetry";

export interface EmulatorBudgetOptions {
  readonly topology: Topology;
  /** The nodes of the circuit, from head-end to tail-end. */
  readonly path: readonly string[];
  /** How late messages came and how long they took, by every process that heard any. */
  readonly reports: readonly Pick<ProcessReport, "messageExcess" | "messageOneWay">[];
  /** Pairs delivered at both ends while the processes ran. */
  readonly delivered: number;
}

/** Of a distribution of durations, in ns of mesh time. */
export interface Durations {
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

/** What physics takes of the coherence of a pair, and what the emulator takes on top of it. */
export interface EmulatorBudget {
  /** What the network would need if processes and sockets took no time. */
  readonly physical: {
    /** Light from end to end. */
    readonly lightNs: number;
    /** The slowest Bell measurement on the way; they are made side by side. */
    readonly gatesNs: number;
  };
  readonly emulator: {
    /** How much later than light a message came; null where none has. */
    readonly excess: Durations | null;
    /** From sending to arriving. */
    readonly oneWay: Durations | null;
    /** All messages between places for one delivered pair, those that nobody waits for too. */
    readonly messagesPerPair: number | null;
    /** Those a pair waits for one after the other: the herald, and TRACK over every hop. */
    readonly messagesWaitedFor: number;
    /** The shortest coherence time on the path. */
    readonly t2S: number;
    /** The probability that waiting for the emulator flips a pair's phase; null where there was no message. */
    readonly decoherence: number | null;
  };
  /** Whether light sets the pace: 99 of 100 messages take no longer than light takes over the shortest hop. */
  readonly faithful: boolean | null;
  /** What to do about it, when the emulator's share is above 1 %. */
  readonly warning: string | undefined;
}

const WARNING_SHARE = 0.01;
const NOTHING: Histogram = { count: 0, sum: 0, max: 0, buckets: [] };

/**
 * What the emulator cost the pairs of a run.
 *
 * Reports count in mesh time, so timeScale is in their figures already: a millisecond of real delay at timeScale 0.1
 * is 0.1 ms there. Two halves that wait t longer each dephase with probability ½(1 − exp(−t/T2)), together with
 * ½(1 − exp(−2t/T2)); t is the mean excess of a message, times the messages a pair waits for one after the other.
 * @throws RangeError when the path is none of this topology.
 */
export function emulatorBudget({ topology, path, reports, delivered }: EmulatorBudgetOptions): EmulatorBudget {
  const nodes = path.map((name) => {
    const node = nodeNamed(topology, name);
    if (node === undefined) throw new RangeError(`${topology.name} has no node ${JSON.stringify(name)}`);
    return node;
  });
  if (nodes.length < 2) throw new RangeError("a path has two nodes at least");
  const hopsNs = path.slice(1).map((name, hop) => classicalDelayNs(topology, path[hop] as string, name));
  const excess = mergedHistogram(reports.map(({ messageExcess }) => messageExcess ?? NOTHING));
  const oneWay = durationsOf(mergedHistogram(reports.map(({ messageOneWay }) => messageOneWay ?? NOTHING)));
  const excessDurations = durationsOf(excess);
  const messagesWaitedFor = hopsNs.length + 1;
  const t2S = Math.min(...nodes.map(({ memory }) => memory.t2S));
  const waitedS = excessDurations && excessDurations.meanNs * 1e-9 * messagesWaitedFor;
  const decoherence = waitedS === null ? null : -0.5 * expm1((-2 * waitedS) / t2S);
  const shortestNs = Math.min(...hopsNs);
  return {
    physical: { lightNs: hopsNs.reduce((sum, hopNs) => sum + hopNs, 0), gatesNs: gatesNs(nodes) },
    emulator: {
      excess: excessDurations,
      oneWay,
      messagesPerPair: delivered === 0 ? null : excess.count / delivered,
      messagesWaitedFor,
      t2S,
      decoherence,
    },
    faithful: oneWay && oneWay.p99Ns <= shortestNs,
    warning: warningOf(decoherence, topology.timeScale),
  };
}

function durationsOf(histogram: Histogram): Durations | null {
  const p50Ns = histogramQuantile(histogram, 0.5);
  const p99Ns = histogramQuantile(histogram, 0.99);
  if (p50Ns === undefined || p99Ns === undefined) return null;
  return { meanNs: histogram.sum / histogram.count, p50Ns, p99Ns };
}

function gatesNs(nodes: readonly TopologyNode[]): number {
  return Math.max(0, ...nodes.slice(1, -1).map(bellMeasurementNs));
}

function warningOf(decoherence: number | null, timeScale: number): string | undefined {
  if (decoherence === null || decoherence <= WARNING_SHARE) return undefined;
  const share = `${(100 * decoherence).toFixed(1)} %`;
  const problem = `waiting for the emulator, not for light, flips the phase of ${share} of the pairs`;
  const smaller = Number((timeScale * (WARNING_SHARE / decoherence)).toPrecision(2));
  return `${problem}; run slower with timeScale: ${smaller} (now ${timeScale}), or on a machine with more cores`;
}
