import { type BellWeights, eigenvaluesOf, type PauliEigenvalues } from "@bellmesh/bell";
import { doubleClick, fibreDelayNs, fibreTransmission } from "@bellmesh/hardware";
import type { Link, Topology } from "./topology.ts";

/** What a link's hardware does, attempt by attempt. */
export interface LinkModel {
  /** From one attempt to the next. */
  readonly periodNs: number;
  /** Of one attempt. */
  readonly successProbability: number;
  /** The heralded pair at its emission, relative to the announced Bell index: entry 0 is the announced state. */
  readonly weights: BellWeights;
  /** The same as eigenvalues; fidelity (1 + x + y + z)/4. */
  readonly eigenvalues: PauliEigenvalues;
  /** Light time between each end and the station, whole nanoseconds. */
  readonly armDelayNs: readonly [number, number];
}

const models = new WeakMap<Topology, Map<Link, LinkModel>>();

/**
 * Double-click heralding (Barrett & Kok 2005) with loss, dark counts, visibility and imperfect emission, for photons
 * that arrive together. The same link of the same topology gives the same object.
 */
export function linkModel(topology: Topology, link: Link): LinkModel {
  let ofTopology = models.get(topology);
  if (ofTopology === undefined) {
    ofTopology = new Map();
    models.set(topology, ofTopology);
  }
  let model = ofTopology.get(link);
  if (model === undefined) {
    model = modelOf(link, topology.fibreSpeedKmPerS);
    ofTopology.set(link, model);
  }
  return model;
}

/** Light time between each end and the station, rounded to whole nanoseconds. */
export function armDelaysNs(link: Link, fibreSpeedKmPerS: number): readonly [number, number] {
  return [
    Math.round(fibreDelayNs(link.armsKm[0], fibreSpeedKmPerS)),
    Math.round(fibreDelayNs(link.armsKm[1], fibreSpeedKmPerS)),
  ];
}

/** The model of a link that belongs to no topology yet. */
export function modelOf(link: Link, fibreSpeedKmPerS: number): LinkModel {
  const { heralding, armsKm, attenuationDbPerKm } = link;
  const { successProbability, weights } = doubleClick({
    etaA: heralding.emissionEfficiency * fibreTransmission(armsKm[0], attenuationDbPerKm, 0),
    etaB: heralding.emissionEfficiency * fibreTransmission(armsKm[1], attenuationDbPerKm, 0),
    darkCountProbability: heralding.darkCountProbability,
    visibility: heralding.visibility,
    emissionFidelityA: heralding.emissionFidelity,
    emissionFidelityB: heralding.emissionFidelity,
  });
  return {
    periodNs: heralding.periodNs,
    successProbability,
    weights,
    eigenvalues: eigenvaluesOf(weights),
    armDelayNs: armDelaysNs(link, fibreSpeedKmPerS),
  };
}
