import { meanPhotonOverlap, photonOverlap } from "@bellmesh/hardware";
import { type Link, linkNamed, photonOverlapOf, servoDifferenceNs, type Topology } from "@bellmesh/topology";

/**
 * What a link pair lost because its photons came further apart than was to be expected. Clocks err by the same for a
 * whole interval of synchronisation, and all pairs of it are as much worse or better than claimed: their mean tells of
 * one clock error, however many they are. So this error, which nature records, is taken out of each pair before its
 * mean is judged (a control variate: Glasserman 2003, Monte Carlo Methods in Financial Engineering, §4.1).
 */
export class PhotonsApart {
  readonly #topology: Topology;
  readonly #differenceNs: number;
  /** By link: the overlap that photons have in the mean under clocks that have settled. */
  readonly #expected = new Map<string, number>();
  readonly #latest = new Map<string, { readonly offsetPs: number; readonly share: number }>();

  constructor(topology: Topology) {
    this.#topology = topology;
    // One clock may be the grandmaster's: no two are expected to be nearer.
    this.#differenceNs = servoDifferenceNs(topology.clock.stampJitterPs, 1);
  }

  /**
   * By what factor the coherence of a link's pair fell short of that of photons as near as settled clocks bring them:
   * at least 1. What came nearer than that is left as it is, so that no pair is made worse than it was.
   */
  shortOf(name: string, offsetPs: number): number {
    const latest = this.#latest.get(name);
    if (latest?.offsetPs === offsetPs) return latest.share;
    const link = linkNamed(this.#topology, name);
    const share = link ? Math.max(1, this.#expectedOf(link) / overlapAt(link, offsetPs / 1000)) : 1;
    this.#latest.set(name, { offsetPs, share });
    return share;
  }

  #expectedOf(link: Link): number {
    let expected = this.#expected.get(link.name);
    if (expected === undefined) {
      const exponential = meanPhotonOverlap(this.#differenceNs, link.heralding.photonLifetimeNs);
      expected = photonOverlapOf(link.heralding, exponential, { arrivalStdS: this.#differenceNs * 1e-9 });
      this.#expected.set(link.name, expected);
    }
    return expected;
  }
}

function overlapAt({ heralding }: Link, offsetNs: number): number {
  const exponential = photonOverlap(offsetNs, heralding.photonLifetimeNs);
  return photonOverlapOf(heralding, exponential, { arrivalOffsetS: offsetNs * 1e-9 });
}
