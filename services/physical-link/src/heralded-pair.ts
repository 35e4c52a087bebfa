import { type BellIndex, psiMinus, psiPlus, shifted } from "@bellmesh/bell";
import { doubleClick, fibreTransmission, photonOverlap } from "@bellmesh/hardware";
import type { Link } from "@bellmesh/topology";

const PICOSECONDS_PER_NS = 1000;

/** What one attempt of a link yields. */
export interface AttemptYield {
  /** How far apart the photons arrive, in whole picoseconds. */
  readonly photonOffsetPs: number;
  readonly successProbability: number;
  /** Absolute Bell weights of the heralded pair, by what the station announces. */
  readonly whenPsiPlus: number[];
  readonly whenPsiMinus: number[];
}

/**
 * Double-click heralding of one link (Barrett & Kok 2005) for photons that need not arrive together: the visibility
 * falls by the overlap of two exponential wave packets. Offsets count in whole picoseconds, so that the ledger can tell
 * exactly which state was heralded. The last answer is kept, as clocks drift slowly.
 */
export class HeraldedPair {
  readonly #link: Link;
  #last: AttemptYield | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  /** What an attempt yields when the photons arrive this far apart. */
  attemptYield(arrivalDifferenceNs: number): AttemptYield {
    const photonOffsetPs = Math.round(Math.abs(arrivalDifferenceNs) * PICOSECONDS_PER_NS);
    if (photonOffsetPs === this.#last?.photonOffsetPs) return this.#last;
    const { heralding, armsKm, attenuationDbPerKm } = this.#link;
    const { successProbability, weights } = doubleClick({
      etaA: heralding.emissionEfficiency * fibreTransmission(armsKm[0], attenuationDbPerKm, 0),
      etaB: heralding.emissionEfficiency * fibreTransmission(armsKm[1], attenuationDbPerKm, 0),
      darkCountProbability: heralding.darkCountProbability,
      visibility: heralding.visibility * photonOverlap(photonOffsetPs / PICOSECONDS_PER_NS, heralding.photonLifetimeNs),
      emissionFidelityA: heralding.emissionFidelity,
      emissionFidelityB: heralding.emissionFidelity,
    });
    const absolute = (announced: BellIndex) => [...shifted(weights, announced)];
    const [whenPsiPlus, whenPsiMinus] = [absolute(psiPlus), absolute(psiMinus)];
    this.#last = { photonOffsetPs, successProbability, whenPsiPlus, whenPsiMinus };
    return this.#last;
  }
}
