import { type BellWeights, eigenvaluesOf, type PauliEigenvalues } from "@bellmesh/bell";
import { doubleClick, fibreDelayNs, fibreTransmission, meanPhotonOverlap } from "@bellmesh/hardware";
import type { ClockSpec, Link, Topology } from "./topology.ts";

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

/** What the clock servo makes of one stamp's jitter, as a factor on its sigma; measured at a sync interval of 1 s. */
const SERVO_NOISE = 1.5;

/**
 * Double-click heralding (Barrett & Kok 2005) with loss, dark counts, visibility and imperfect emission, for photons
 * that arrive as nearly together as the synchronised clocks of the two ends are. The
 * same link of the same topology gives the same object.
 */
export function linkModel(topology: Topology, link: Link): LinkModel {
  let ofTopology = models.get(topology);
  if (ofTopology === undefined) {
    ofTopology = new Map();
    models.set(topology, ofTopology);
  }
  let model = ofTopology.get(link);
  if (model === undefined) {
    model = modelOf(link, topology.fibreSpeedKmPerS, clockDifferenceNs(topology.clock, link));
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

/** Sigma of the difference between the clocks of a link's ends; the grandmaster's own clock is the reference. */
function clockDifferenceNs({ stampJitterPs, grandmaster }: ClockSpec, link: Link): number {
  const followers = link.ends.filter((end) => end !== grandmaster).length;
  return (SERVO_NOISE * Math.sqrt(followers) * stampJitterPs) / 1000;
}

/** The model of a link that belongs to no topology yet, its photons arriving this much apart (sigma). */
export function modelOf(link: Link, fibreSpeedKmPerS: number, arrivalDifferenceNs = 0): LinkModel {
  const { heralding, armsKm, attenuationDbPerKm } = link;
  const { successProbability, weights } = doubleClick({
    etaA: heralding.emissionEfficiency * fibreTransmission(armsKm[0], attenuationDbPerKm, 0),
    etaB: heralding.emissionEfficiency * fibreTransmission(armsKm[1], attenuationDbPerKm, 0),
    darkCountProbability: heralding.darkCountProbability,
    visibility: heralding.visibility * meanPhotonOverlap(arrivalDifferenceNs, heralding.photonLifetimeNs),
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
