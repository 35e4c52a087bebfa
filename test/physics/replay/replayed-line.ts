import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { simulate } from "@bellmesh/simulation";
import { loadTopology, type Topology } from "@bellmesh/topology";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { AttemptsMade, LedgerEvent } from "@bellmesh/wire/ledger";
import { Replay, type Replayed } from "./replay.ts";

/** What a replay of one run found. */
export interface ReplayedLine {
  readonly pairs: number;
  /** The largest difference between a fidelity nature wrote and the one its history gives. */
  readonly worst: number;
  readonly meanFidelity: number;
}

/**
 * A line on which no two nodes and no two links are alike, and nothing is so good that it would not show: memories of
 * tens of milliseconds, lopsided readout, stations off the middle, photons shorter than the clocks are exact.
 */
export function unevenLine(nodes: number): Topology {
  const line = loadTopology(`line:${nodes}`);
  return {
    ...line,
    nodes: line.nodes.map((node, place) => ({
      ...node,
      memory: { ...node.memory, t1S: 0.2 + 0.11 * place, t2S: 0.09 + 0.023 * ((place * 5) % 7) },
      gates: { ...node.gates, twoQubitDepolarising: 0.004 * (place % 4), oneQubitDepolarising: 0.01 + 0.005 * place },
      readout: { ...node.readout, p01: 0.03 - 0.003 * place, p10: 0.002 * place },
    })),
    links: line.links.map((link, place) => ({
      ...link,
      armsKm: place % 2 === 0 ? [3 + place / 4, 6] : [5.5, 2],
      heralding: {
        ...link.heralding,
        emissionEfficiency: 0.5 + 0.05 * (place % 3),
        emissionFidelity: 0.995 - 0.001 * place,
        darkCountProbability: 1e-4 * (1 + place),
        visibility: 0.97 - 0.01 * (place % 4),
        detectionWindowNs: 10,
        photonLifetimeNs: 0.5 + 0.1 * place,
      },
    })),
  };
}

/** The same line where attempts dephase what is stored beside them, and gates are felt by what else a node holds. */
export function disturbedLine(nodes: number): Topology {
  const line = unevenLine(nodes);
  return {
    ...line,
    nodes: line.nodes.map((node, place) => ({
      ...node,
      memory: { ...node.memory, attemptDephasing: 2e-4 * (1 + place) },
      gates: { ...node.gates, crosstalkDepolarising: 0.003 + 0.001 * place },
    })),
  };
}

/** The same line with one slot for each link, and storage to which halves that wait are moved. */
export function storingLine(nodes: number): Topology {
  const line = unevenLine(nodes);
  return {
    ...line,
    nodes: line.nodes.map((node, place) => {
      const storage = {
        slots: 1 + (place % 3),
        t1S: 0.5 + 0.1 * place,
        t2S: 0.3 + 0.05 * place,
        moveNs: 20_000 * place,
        moveDepolarising: 0.002 * (place + 1),
      };
      return { ...node, memory: { ...node.memory, communicationSlots: 1, storage } };
    }),
  };
}

/**
 * Simulates a request over the whole line and replays its ledger.
 * @param believed the topology the replay is told of; the same unless the replay is to be misled
 */
export function replayedLine(
  topology: Topology,
  pairs: number,
  seed: number,
  finalState?: BellIndex,
  believed: Topology = topology,
  faults: readonly FaultEntry[] = [],
): ReplayedLine {
  const events: LedgerEvent[] = [];
  const attempts: AttemptsMade[] = [];
  let [count, worst, sum] = [0, 0, 0];
  const onDelivered = ({ recorded, replayed }: Replayed) => {
    count += 1;
    sum += replayed;
    worst = Math.max(worst, Math.abs(recorded - replayed));
  };
  const to = `n${topology.nodes.length - 1}`;
  const request = { topology, from: "n0", to, pairs, seed, faults, ...(finalState && { finalState }) };
  const { delivered } = simulate({
    ...request,
    onEvent: (event) => {
      if (event.event?.$case === "attemptsMade") attempts.push(event.event.attemptsMade);
      events.push(event);
    },
  });
  const replay = new Replay(believed, onDelivered, attempts);
  for (const event of events) replay.observe(event);
  if (delivered !== pairs || count !== pairs) {
    throw new Error(`${delivered} of ${pairs} pairs were delivered, ${count} of them replayed`);
  }
  if (replay.open > 0) throw new Error(`${replay.open} link pairs have no end in the ledger`);
  return { pairs: count, worst, meanFidelity: sum / count };
}
