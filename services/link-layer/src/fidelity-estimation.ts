import type { PairQuality } from "@bellmesh/bell";
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
  /** The latest estimate: clocks say something new of themselves once per sync interval. */
  #latest: { alpha: number | undefined; clockDifferencePs: number; eigenvalues: PairQuality } | undefined;

  constructor(topology: Topology, link: Link) {
    this.#topology = topology;
    this.#link = link;
  }

  /**
   * What the link yields for a request: where requests choose the bright-state population α, with the largest whose
   * heralded pair, as it will be claimed, has the minimum fidelity. Of less than that when there is none.
   */
  modelFor({ minFidelity }: Pick<CreateRequest, "minFidelity">): LinkModel {
    return linkModel(this.#topology, this.#link, minFidelity);
  }

  /**
   * What a heralded pair is worth, by how far apart the station has the clocks of both ends: the same number for both.
   * A station that does not know has clocks that have settled.
   */
  goodnessOf({ alpha, eigenvalues: settled }: LinkModel, clockDifferencePs: number | undefined): PairQuality {
    if (clockDifferencePs === undefined) return settled;
    if (this.#latest?.alpha !== alpha || this.#latest?.clockDifferencePs !== clockDifferencePs) {
      const eigenvalues = heraldedEigenvalues(this.#topology, this.#link, alpha, clockDifferencePs / 1000);
      this.#latest = { alpha, clockDifferencePs, eigenvalues };
    }
    return this.#latest.eigenvalues;
  }

  /** When the link is up next: now, or when its schedule has it come; Infinity when it never comes again. */
  nextUpNs(now: Instant): number {
    return nextUpNs(this.#link, now);
  }
}
