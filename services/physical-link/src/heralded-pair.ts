import { type BellIndex, psiMinus, psiPlus, shifted } from "@bellmesh/bell";
import { doubleClick, fibreTransmission, photonOverlap } from "@bellmesh/hardware";
import type { Link } from "@bellmesh/topology";

/** Photons that arrive this close to the same time apart as before interfere the same. */
const SAME_OFFSET_NS = 0.001;

/** What one attempt of a link yields. */
export interface AttemptYield {
  readonly successProbability: number;
  /** Absolute Bell weights of the heralded pair, by what the station announces. */
  readonly whenPsiPlus: number[];
  readonly whenPsiMinus: number[];
}

/**
 * Double-click heralding of one link (Barrett & Kok 2005) for photons that need not arrive together: the visibility
 * falls by the overlap of two exponential wave packets. The last answer is kept, as clocks drift slowly.
 */
export class HeraldedPair {
  readonly #link: Link;
  #arrivalDifferenceNs = Number.NaN;
  #last: AttemptYield | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  /** What an attempt yields when the photons arrive this far apart. */
  attemptYield(arrivalDifferenceNs: number): AttemptYield {
    const differenceNs = Math.abs(arrivalDifferenceNs);
    if (this.#last && Math.abs(differenceNs - this.#arrivalDifferenceNs) <= SAME_OFFSET_NS) return this.#last;
    const { heralding, armsKm, attenuationDbPerKm } = this.#link;
    const { successProbability, weights } = doubleClick({
      etaA: heralding.emissionEfficiency * fibreTransmission(armsKm[0], attenuationDbPerKm, 0),
      etaB: heralding.emissionEfficiency * fibreTransmission(armsKm[1], attenuationDbPerKm, 0),
      darkCountProbability: heralding.darkCountProbability,
      visibility: heralding.visibility * photonOverlap(differenceNs, heralding.photonLifetimeNs),
      emissionFidelityA: heralding.emissionFidelity,
      emissionFidelityB: heralding.emissionFidelity,
    });
    const absolute = (announced: BellIndex) => [...shifted(weights, announced)];
    this.#arrivalDifferenceNs = differenceNs;
    this.#last = { successProbability, whenPsiPlus: absolute(psiPlus), whenPsiMinus: absolute(psiMinus) };
    return this.#last;
  }
}
