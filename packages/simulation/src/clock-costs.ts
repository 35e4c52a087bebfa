import { estimateLink, photonOverlap } from "@bellmesh/hardware";
import { Tally } from "@bellmesh/numerics";
import { armChannels, type Link, linkModel, linkParameters, photonOverlapOf, type Topology } from "@bellmesh/topology";
import type { ClockTrustChanged, PairHeralded, RequestAccepted } from "@bellmesh/wire/ledger";
import type { LedgerReader, Readings } from "./ledger-readers.ts";

/** What imperfect clocks cost a link that requests needed. */
export interface LinkClockCost {
  readonly link: string;
  /** While requests needed it, but an end's clock was not to be trusted, so that no attempt was made. */
  readonly refusedNs: number;
  /** Of this, until both ends trusted their clocks for the first time: what it takes clocks to lock at the start. */
  readonly settlingNs: number;
  /** `refusedNs` over the time in which requests needed it: so much of the rate was lost. */
  readonly rateLost: number;
  /** Attempts that there was time for meanwhile. */
  readonly attemptsRefused: number;
  /** By photons that arrived apart, as a mean over the link's pairs; null where there were none. */
  readonly visibilityLost: number | null;
  /** What that took from the fidelity of the heralded pairs. */
  readonly fidelityLost: number | null;
}

/** A link whose attempts are refused now (CLOCK_UNTRUSTED), and the ends that do not trust their clocks. */
export interface UntrustedLink {
  readonly link: string;
  readonly nodes: readonly string[];
}

const PS_PER_NS = 1000;

/**
 * What clocks cost, from the ledger: link layers say when they trust theirs, and stations how far apart the photons of
 * a pair arrived. An end begins without trust; one that has restarted is taken to trust its clock as before until it
 * says otherwise.
 */
export class ClockCosts implements LedgerReader {
  readonly reads: Readings = {
    requestAccepted: (accepted, { at }) => this.#needed(at, accepted),
    requestEnded: ({ requestId }, { at }) => {
      for (const link of this.#requests.get(requestId) ?? []) link.need(at, -1);
      this.#requests.delete(requestId);
    },
    clockTrustChanged: (changed, { at }) => this.#byName.get(changed.link)?.trust(at, changed),
    pairHeralded: (heralded) =>
      this.#byName.get(heralded.pair.slice(0, heralded.pair.indexOf("/")))?.heralded(heralded),
  };
  readonly #links: readonly LinkRecord[];
  readonly #byName: ReadonlyMap<string, LinkRecord>;
  /** The links that a request needs, by its id. */
  readonly #requests = new Map<string, readonly LinkRecord[]>();

  constructor(topology: Topology) {
    this.#links = topology.links.map((link) => new LinkRecord(topology, link));
    this.#byName = new Map(this.#links.map((link) => [link.name, link]));
  }

  /** Of every link that requests needed until now. */
  report(): readonly LinkClockCost[] {
    return this.#links.filter(({ wasNeeded }) => wasNeeded).map((link) => link.cost());
  }

  /** Links that are refused attempts now, whether anything is asked of them or not. */
  untrusted(): readonly UntrustedLink[] {
    return this.#links.map((link) => link.untrusted()).filter(({ nodes }) => nodes.length > 0);
  }

  #needed(atNs: number, { requestId, path }: RequestAccepted): void {
    const hops = new Set(path.slice(1).map((node, place) => [path[place], node].sort().join(" ")));
    const links = this.#links.filter(({ ends }) => hops.has(ends));
    for (const link of links) link.need(atNs, 1);
    this.#requests.set(requestId, links);
  }
}

/** One link. */
class LinkRecord {
  readonly name: string;
  /** Both names in their order. */
  readonly ends: string;
  wasNeeded = false;
  readonly #topology: Topology;
  readonly #link: Link;
  readonly #trusted = new Set<string>();
  readonly #overlaps = new Tally();
  /** Of the pair before: clocks err by the same for all pairs of an interval of synchronisation. */
  #latest = { offsetPs: Number.NaN, overlap: 0 };
  #requests = 0;
  #sinceNs = 0;
  #neededNs = 0;
  #refusedNs = 0;
  #settlingNs = 0;
  #hasSettled = false;

  constructor(topology: Topology, link: Link) {
    this.#topology = topology;
    this.#link = link;
    this.name = link.name;
    this.ends = [...link.ends].sort().join(" ");
  }

  need(atNs: number, more: 1 | -1): void {
    this.#until(atNs);
    this.#requests += more;
    this.wasNeeded = true;
  }

  trust(atNs: number, { node, isTrusted }: ClockTrustChanged): void {
    this.#until(atNs);
    if (isTrusted) this.#trusted.add(node);
    else this.#trusted.delete(node);
    this.#hasSettled ||= this.#isTrusted();
  }

  heralded({ photonOffsetPs }: PairHeralded): void {
    if (photonOffsetPs !== this.#latest.offsetPs) {
      this.#latest = { offsetPs: photonOffsetPs, overlap: overlapAt(this.#link, photonOffsetPs / PS_PER_NS) };
    }
    this.#overlaps.add(this.#latest.overlap);
  }

  untrusted(): UntrustedLink {
    return { link: this.name, nodes: this.#link.ends.filter((end) => !this.#trusted.has(end)) };
  }

  cost(): LinkClockCost {
    const { count, mean } = this.#overlaps;
    return {
      link: this.name,
      ...{ refusedNs: this.#refusedNs, settlingNs: this.#settlingNs },
      rateLost: this.#neededNs === 0 ? 0 : this.#refusedNs / this.#neededNs,
      attemptsRefused: Math.floor(this.#refusedNs / this.#link.heralding.periodNs),
      visibilityLost: count === 0 ? null : 1 - mean,
      fidelityLost: count === 0 ? null : this.#fidelity(1) - this.#fidelity(mean),
    };
  }

  /** Of a pair whose photons overlap so much; linear in it for double clicks, and nearly so for single ones. */
  #fidelity(overlap: number): number {
    const arms = armChannels(this.#link, this.#topology.fibreSpeedKmPerS, 0);
    const { alpha } = linkModel(this.#topology, this.#link);
    return estimateLink(linkParameters(this.#link.heralding, arms, overlap), alpha).fidelity;
  }

  #until(atNs: number): void {
    const passedNs = Math.max(0, atNs - this.#sinceNs);
    this.#sinceNs = Math.max(this.#sinceNs, atNs);
    if (this.#requests === 0) return;
    this.#neededNs += passedNs;
    if (this.#isTrusted()) return;
    this.#refusedNs += passedNs;
    if (!this.#hasSettled) this.#settlingNs += passedNs;
  }

  #isTrusted(): boolean {
    return this.#trusted.size === this.#link.ends.length;
  }
}

function overlapAt({ heralding }: Link, offsetNs: number): number {
  const exponential = photonOverlap(offsetNs, heralding.photonLifetimeNs);
  return photonOverlapOf(heralding, exponential, { arrivalOffsetS: offsetNs * 1e-9 });
}
