import { exchanged, type PairQuality } from "@bellmesh/bell";
import { heraldedEigenvalues, type Link, type LinkModel, linkModel, nextUpNs, type Topology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import type { CreateRequest } from "@bellmesh/wire/link-layer";

/**
 * What a link can do for a request: the fidelity estimation unit of the EGP (Dahlberg et al. 2019). It asks the
 * models of `hardware` and nothing else, so both ends of a link come to the same answer.
 */
export class FidelityEstimation {
  readonly #topology: Topology;
  readonly #link: Link;
  readonly #isFirst: boolean;
  /** The latest model: what is asked for one pair is asked for the next. */
  #latestModel: { minFidelity: number | undefined; model: LinkModel } | undefined;
  /** The latest estimate: clocks say something new of themselves once per sync interval. */
  #latest: { model: LinkModel; clockDifferencePs: number | undefined; goodness: PairQuality } | undefined;

  /** @param isFirst at which end of the link it stands */
  constructor(topology: Topology, link: Link, isFirst: boolean) {
    this.#topology = topology;
    this.#link = link;
    this.#isFirst = isFirst;
  }

  /**
   * What the link yields for a request: where requests choose the bright-state population α, with the largest whose
   * heralded pair, as it will be claimed, has the minimum fidelity. Of less than that when there is none.
   */
  modelFor({ minFidelity }: Pick<CreateRequest, "minFidelity">): LinkModel {
    if (this.#latestModel === undefined || this.#latestModel.minFidelity !== minFidelity) {
      this.#latestModel = { minFidelity, model: linkModel(this.#topology, this.#link, minFidelity) };
    }
    return this.#latestModel.model;
  }

  /**
   * What a heralded pair is worth, this end's half being the first, by how far apart the station has the clocks of both
   * ends: the same number for both. A station that does not know has clocks that have settled.
   */
  goodnessOf(model: LinkModel, clockDifferencePs: number | undefined): PairQuality {
    if (this.#latest?.model !== model || this.#latest.clockDifferencePs !== clockDifferencePs) {
      const eigenvalues = this.#eigenvaluesOf(model, clockDifferencePs);
      this.#latest = { model, clockDifferencePs, goodness: this.#isFirst ? eigenvalues : exchanged(eigenvalues) };
    }
    return this.#latest.goodness;
  }

  /** The half at the link's first end is the first. */
  #eigenvaluesOf({ alpha, eigenvalues: settled }: LinkModel, clockDifferencePs: number | undefined): PairQuality {
    if (clockDifferencePs === undefined) return settled;
    return heraldedEigenvalues(this.#topology, this.#link, alpha, clockDifferencePs / 1000);
  }

  /** When the link is up next: now, or when its schedule has it come; Infinity when it never comes again. */
  nextUpNs(now: Instant): number {
    return nextUpNs(this.#link, now);
  }
}
