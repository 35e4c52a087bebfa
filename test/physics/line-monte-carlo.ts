import { batchMeans, type Estimate } from "./batch-means.ts";
import { Sfc32 } from "./sfc32.ts";

/** A line of equal nodes and equal links, in plain numbers. */
export interface LineParameters {
  readonly links: number;
  readonly armsKm: readonly [number, number];
  readonly fibreSpeedKmPerS: number;
  readonly attenuationDbPerKm: number;
  /** Of one photon being emitted, collected and detected, without the fibre. */
  readonly emissionEfficiency: number;
  readonly emissionFidelity: number;
  readonly darkCountProbability: number;
  readonly visibility: number;
  readonly periodNs: number;
  /** Slots of each end of each link. */
  readonly slots: number;
  readonly t1S: number;
  readonly t2S: number;
  readonly twoQubitDepolarising: number;
  readonly twoQubitNs: number;
  readonly p01: number;
  readonly p10: number;
  readonly readoutNs: number;
}

export interface LineRun {
  /** True fidelity of every delivered pair, by the head-end's number. */
  readonly fidelities: Float64Array;
  readonly fidelity: Estimate;
  readonly pairsPerVirtualSecond: number;
}

/** Correlations of a Bell-diagonal pair relative to its index; F = (1 + x + y + z)/4. */
interface Correlations {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * The first `pairs` pairs end to end over an empty line that starts at time 0. Written from the description of the
 * protocol alone, to check the network stack against: heralded links (Barrett & Kok 2005), swaps as soon as both
 * sides are there, TRACK both ways (Kozlowski, Dahlberg & Wehner 2020), twirled T1/T2 on every half that waits.
 */
export function lineMonteCarlo(parameters: LineParameters, pairs: number, seed: number): LineRun {
  const run = new Line(parameters, pairs, seed);
  run.toTheEnd();
  return {
    fidelities: run.fidelities,
    fidelity: batchMeans(run.fidelities, 50),
    pairsPerVirtualSecond: pairs / (run.nowNs * 1e-9),
  };
}

/** Success probability and correlations of a double-click attempt with threshold detectors. */
export function doubleClickAttempt(
  etaA: number,
  etaB: number,
  d: number,
  visibility: number,
  emissionFidelity: number,
): { readonly successProbability: number; readonly correlations: Correlations } {
  const dark = 1 - d;
  const twoPhotons = (etaA * etaB * dark * dark) / 2;
  const coherent = twoPhotons * visibility;
  const incoherent = twoPhotons * (1 - visibility);
  const bunched = twoPhotons * (1 + visibility) * d;
  const onePhoton = 2 * d * (etaA + etaB - 2 * etaA * etaB) * dark * dark;
  const noPhoton = (2 * d * dark) ** 2 * (1 - etaA) * (1 - etaB);
  const successProbability = coherent + incoherent + bunched + onePhoton + noPhoton;
  const emitted = ((4 * emissionFidelity - 1) / 3) ** 2;
  const transverse = (emitted * coherent) / successProbability;
  return {
    successProbability,
    correlations: {
      x: transverse,
      y: transverse,
      z: (emitted * (coherent + incoherent - bunched)) / successProbability,
    },
  };
}

/** One heralded pair of one link, and what became of its two halves: [left, right]. */
interface LinkPair {
  readonly link: number;
  readonly emittedNs: readonly [number, number];
  /** When the herald reached the end; NaN before. */
  readonly heraldedNs: [number, number];
  /** The pair swapped with at that side, once the outcome is there, and when that was. */
  readonly joined: [LinkPair | undefined, LinkPair | undefined];
  readonly outcomeNs: [number, number];
  /** How long that side's half waited until it was measured. */
  readonly waitedNs: [number, number];
  number: number;
}

type Side = 0 | 1;

interface LinkEnd {
  free: number;
  /** First cycle it has armed, until the other end has armed too. */
  armedFrom: number | undefined;
  /** From when both ends are armed until the herald is here. */
  inSeries: boolean;
}

class Line {
  readonly fidelities: Float64Array;
  nowNs = 0;
  readonly #parameters: LineParameters;
  readonly #chance: Sfc32;
  readonly #agenda = new Agenda();
  readonly #ends: (readonly [LinkEnd, LinkEnd])[];
  /** Halves that wait at a node for the other side: of the link on its left, of the link on its right. */
  readonly #waiting: [LinkPair[], LinkPair[]][];
  readonly #armNs: readonly [number, number];
  readonly #spanNs: number;
  readonly #successProbability: number;
  readonly #atRest: Correlations;
  #numbered = 0;
  #outstanding: number;

  constructor(parameters: LineParameters, pairs: number, seed: number) {
    const { links, slots, armsKm, fibreSpeedKmPerS, attenuationDbPerKm, emissionEfficiency } = parameters;
    this.#parameters = parameters;
    this.#chance = new Sfc32(seed);
    this.fidelities = new Float64Array(pairs);
    this.#outstanding = pairs;
    const end = (): LinkEnd => ({ free: slots, armedFrom: undefined, inSeries: false });
    this.#ends = Array.from({ length: links }, () => [end(), end()] as const);
    this.#waiting = Array.from({ length: links + 1 }, () => [[], []]);
    const [armA, armB] = armsKm;
    this.#armNs = [(armA / fibreSpeedKmPerS) * 1e9, (armB / fibreSpeedKmPerS) * 1e9];
    this.#spanNs = this.#armNs[0] + this.#armNs[1];
    const arrives = (km: number) => emissionEfficiency * 10 ** ((-attenuationDbPerKm * km) / 10);
    const { darkCountProbability, visibility, emissionFidelity } = parameters;
    const attempt = doubleClickAttempt(
      arrives(armA),
      arrives(armB),
      darkCountProbability,
      visibility,
      emissionFidelity,
    );
    this.#successProbability = attempt.successProbability;
    this.#atRest = withoutWaiting(parameters, attempt.correlations);
  }

  toTheEnd(): void {
    for (let link = 0; link < this.#parameters.links; link += 1) {
      this.#arm(link, 0);
      this.#arm(link, 1);
    }
    while (this.#outstanding > 0) {
      const next = this.#agenda.next();
      this.nowNs = next.atNs;
      next.happens();
    }
  }

  /** A link end with a free slot fires from its next cycle on; the series starts where both ends have got to. */
  #arm(link: number, side: Side): void {
    const ends = this.#ends[link] as readonly [LinkEnd, LinkEnd];
    const { periodNs } = this.#parameters;
    if (ends[side].inSeries || ends[side].armedFrom !== undefined || ends[side].free === 0) return;
    ends[side].armedFrom = Math.ceil(this.nowNs / periodNs);
    if (ends[0].armedFrom === undefined || ends[1].armedFrom === undefined) return;
    const start = Math.max(ends[0].armedFrom, ends[1].armedFrom);
    for (const end of ends) {
      end.armedFrom = undefined;
      end.inSeries = true;
    }
    const success = start + this.#chance.trialsToSuccess(this.#successProbability) - 1;
    const atStationNs = success * periodNs + Math.max(...this.#armNs);
    const emittedNs = [atStationNs - this.#armNs[0], atStationNs - this.#armNs[1]] as const;
    const pair: LinkPair = {
      link,
      emittedNs,
      heraldedNs: [Number.NaN, Number.NaN],
      joined: [undefined, undefined],
      outcomeNs: [0, 0],
      waitedNs: [0, 0],
      number: -1,
    };
    this.#agenda.add(atStationNs + this.#armNs[0], () => this.#heralded(pair, 0));
    this.#agenda.add(atStationNs + this.#armNs[1], () => this.#heralded(pair, 1));
  }

  #heralded(pair: LinkPair, side: Side): void {
    const end = this.#end(pair.link, side);
    end.inSeries = false;
    end.free -= 1;
    pair.heraldedNs[side] = this.nowNs;
    const node = pair.link + side;
    if (node === 0) {
      pair.number = this.#numbered;
      this.#numbered += 1;
    }
    if (node === 0 || node === this.#parameters.links) this.#settle(pair);
    else this.#meet(node, pair, side);
    this.#arm(pair.link, side);
  }

  /** At a repeater: swaps with the longest waiting half of the other side, or waits. */
  #meet(node: number, pair: LinkPair, side: Side): void {
    const [onLeft, onRight] = this.#waiting[node] as [LinkPair[], LinkPair[]];
    const comesFromLeft = side === 1;
    const partner = (comesFromLeft ? onRight : onLeft).shift();
    if (!partner) {
      (comesFromLeft ? onLeft : onRight).push(pair);
      return;
    }
    const [left, right] = comesFromLeft ? [pair, partner] : [partner, pair];
    left.waitedNs[1] = this.nowNs - left.emittedNs[1];
    right.waitedNs[0] = this.nowNs - right.emittedNs[0];
    const { twoQubitNs, readoutNs } = this.#parameters;
    this.#agenda.add(this.nowNs + twoQubitNs + readoutNs, () => {
      left.joined[1] = right;
      right.joined[0] = left;
      left.outcomeNs[1] = this.nowNs;
      right.outcomeNs[0] = this.nowNs;
      this.#free(left.link, 1);
      this.#free(right.link, 0);
      this.#settle(left);
    });
  }

  /**
   * When both end halves are known and every outcome between them is there, both TRACKs are as good as under way. Each
   * leaves with the herald at its end and passes a repeater no sooner than its outcome, so it arrives at the latest of
   * all these, each plus the light time that is left.
   */
  #settle(one: LinkPair): void {
    let head = one;
    while (head.joined[0]) head = head.joined[0];
    const chain = [head];
    for (let next = head.joined[1]; next; next = next.joined[1]) chain.push(next);
    const tail = chain[chain.length - 1] as LinkPair;
    const { links } = this.#parameters;
    if (chain.length < links || Number.isNaN(head.heraldedNs[0]) || Number.isNaN(tail.heraldedNs[1])) return;
    const lengthNs = links * this.#spanNs;
    let atHeadNs = Math.max(head.heraldedNs[0], tail.heraldedNs[1] + lengthNs);
    let atTailNs = Math.max(tail.heraldedNs[1], head.heraldedNs[0] + lengthNs);
    for (const { link, outcomeNs } of chain.slice(1)) {
      atHeadNs = Math.max(atHeadNs, outcomeNs[0] + link * this.#spanNs);
      atTailNs = Math.max(atTailNs, outcomeNs[0] + (links - link) * this.#spanNs);
    }
    const laterNs = Math.max(atHeadNs, atTailNs);
    head.waitedNs[0] = laterNs - head.emittedNs[0];
    tail.waitedNs[1] = laterNs - tail.emittedNs[1];
    this.#agenda.add(atTailNs, () => this.#free(links - 1, 1));
    this.#agenda.add(atHeadNs, () => this.#free(0, 0));
    this.#agenda.add(laterNs, () => this.#delivered(chain));
  }

  #delivered(chain: readonly LinkPair[]): void {
    const { number } = chain[0] as LinkPair;
    if (number >= this.fidelities.length) return;
    let waitedNs = 0;
    for (const pair of chain) waitedNs += pair.waitedNs[0] + pair.waitedNs[1];
    const { t1S, t2S } = this.#parameters;
    const populationsKept = Math.exp((-waitedNs * 1e-9) / t1S);
    const coherenceKept = Math.exp((-waitedNs * 1e-9) / t2S);
    const { x, y, z } = this.#atRest;
    this.fidelities[number] = (1 + (x + y) * coherenceKept + z * populationsKept) / 4;
    this.#outstanding -= 1;
  }

  #free(link: number, side: Side): void {
    this.#end(link, side).free += 1;
    this.#arm(link, side);
  }

  #end(link: number, side: Side): LinkEnd {
    return (this.#ends[link] as readonly [LinkEnd, LinkEnd])[side];
  }
}

/** The correlations of an end-to-end pair whose halves never waited: links and noisy Bell measurements. */
function withoutWaiting(parameters: LineParameters, link: Correlations): Correlations {
  const { links, twoQubitDepolarising, p01, p10 } = parameters;
  const gate = 1 - twoQubitDepolarising;
  const bit = 1 - p01 - p10;
  return {
    x: link.x ** links * (gate * bit) ** (links - 1),
    y: link.y ** links * (gate * bit * bit) ** (links - 1),
    z: link.z ** links * (gate * bit) ** (links - 1),
  };
}

interface Happening {
  readonly atNs: number;
  readonly order: number;
  readonly happens: () => void;
}

/** What is still to happen, soonest first, at equal times in the order it was added. */
class Agenda {
  readonly #heap: Happening[] = [];
  #order = 0;

  add(atNs: number, happens: () => void): void {
    const heap = this.#heap;
    const added = { atNs, order: this.#order, happens };
    this.#order += 1;
    let index = heap.length;
    heap.push(added);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Happening;
      if (!isSooner(added, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = added;
  }

  next(): Happening {
    const heap = this.#heap;
    const first = heap[0];
    if (!first) throw new Error("nothing is to happen any more");
    const last = heap.pop() as Happening;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isSooner(heap[child + 1] as Happening, heap[child] as Happening)) child += 1;
      if (!isSooner(heap[child] as Happening, last)) break;
      heap[index] = heap[child] as Happening;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isSooner(one: Happening, other: Happening): boolean {
  return one.atNs < other.atNs || (one.atNs === other.atNs && one.order < other.order);
}
