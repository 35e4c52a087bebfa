import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { LineParameters } from "./line-monte-carlo.ts";

/** The figures of a line that are in its topology file, where all nodes and links are those of `defaults`. */
interface LineDocument {
  readonly defaults: {
    readonly memory: { readonly t1S: number; readonly t2S: number; readonly communicationSlots: number };
    readonly gates: { readonly twoQubitDepolarising: number; readonly twoQubitNs: number };
    readonly readout: { readonly p01: number; readonly p10: number; readonly durationNs: number };
    readonly heralding: {
      readonly emissionEfficiency: number;
      readonly emissionFidelity: number;
      readonly darkCountProbability: number;
      readonly visibility: number;
      readonly periodNs: number;
    };
    readonly attenuationDbPerKm: number;
  };
  readonly nodes: readonly object[];
  readonly links: readonly { readonly lengthKm: number }[];
}

/** Light in fibre where a topology does not say otherwise. */
const FIBRE_SPEED_KM_PER_S = 200_000;

/** Where an example topology stands. */
export function topologyFile(name: string): string {
  return fileURLToPath(new URL(`../../examples/topologies/${name}.yaml`, import.meta.url));
}

/** Reads a line for the Monte Carlo without any of the code under test. */
export function lineParameters(name: string): LineParameters {
  const { defaults, nodes, links } = parse(readFileSync(topologyFile(name), "utf8")) as LineDocument;
  const { memory, gates, readout, heralding, attenuationDbPerKm } = defaults;
  const lengthKm = links[0]?.lengthKm;
  if (lengthKm === undefined || links.some((link) => Object.keys(link).length !== 2 || link.lengthKm !== lengthKm)) {
    throw new Error(`${name} has links that differ from one another`);
  }
  if (nodes.some((node) => Object.keys(node).length !== 1)) throw new Error(`${name} has nodes of their own kind`);
  return {
    links: links.length,
    armsKm: [lengthKm / 2, lengthKm / 2],
    fibreSpeedKmPerS: FIBRE_SPEED_KM_PER_S,
    attenuationDbPerKm,
    emissionEfficiency: heralding.emissionEfficiency,
    emissionFidelity: heralding.emissionFidelity,
    darkCountProbability: heralding.darkCountProbability,
    visibility: heralding.visibility,
    periodNs: heralding.periodNs,
    slots: memory.communicationSlots,
    t1S: memory.t1S,
    t2S: memory.t2S,
    twoQubitDepolarising: gates.twoQubitDepolarising,
    twoQubitNs: gates.twoQubitNs,
    p01: readout.p01,
    p10: readout.p10,
    readoutNs: readout.durationNs,
  };
}
