import { RecentMap, SmallMap, SmallSet } from "@bellmesh/mesh";
import { type HalfDelivered, type HalfEnded, type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { SequenceSet } from "../sequence-set.ts";
import { CrashedNodes } from "./crashed-nodes.ts";
import { Entanglement, type Half, ordinalOf, UNKNOWN } from "./entanglement.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** A mesh may run for days: numbers of requests before the last so many are forgotten. */
const REQUESTS_KEPT = 16_384;
/** A node may say that it has restarted this long before nature says what it lost in that. */
const RESTART_NS = 1e9;

/**
 * The two ends of every delivered pair that was not retracted name each other as peer, the same request, the same
 * number in it and the same Bell index; and a number is given once per request. Where only one end delivered it must
 * retract, unless the network layer or node-controller of the other end crashed, or nature with what it held: nobody is
 * left there to tell, or what was told was lost on its way out. A half that an end lost without a crash of these, as
 * when it stood still for too long, is no excuse, where the ledger tells of faults at all. Nor is an end that has
 * restarted since able to take back what it delivered before.
 */
export class EndsAgree implements Referee {
  readonly name = "ends-agree";
  readonly reads: Readings = {
    pairHeralded: (heralded) => this.#entanglement.herald(heralded),
    pairsSwapped: (swapped, { at }) => {
      const half = this.#entanglement.swap(swapped);
      if (half) this.#compare(half, half.partner, at);
    },
    halfDelivered: (delivered, { at }) => this.#deliver(delivered, at),
    halfUpgraded: ({ pair, node, bellIndex }, { at }) => {
      const half = this.#half(pair, node);
      if (half?.state === "delivered") this.#upgrade(half, ordinalOf(bellIndex), at);
    },
    halfRetracted: ({ pair, node }) => {
      const half = this.#half(pair, node);
      if (half?.state === "delivered") this.#retract(half);
    },
    halfEnded: (ended, { at }) => this.#end(ended, at),
    natureRestarted: () => this.#entanglement.natureRestarted(),
    faultBegan: ({ fault }) => this.#crashed.befall(fault),
  };
  readonly hears = ({ writer, incarnation, at }: LedgerEvent) => {
    // Until somebody has restarted all are of the first incarnation.
    if (incarnation === 1 && this.#incarnations.size === 0) return;
    if (this.#incarnations.get(writer) !== incarnation) this.#noteIncarnation(writer, incarnation, at);
  };
  readonly #entanglement: Entanglement;
  /** Delivered halves whose other end has not been. */
  readonly #alone = new SmallSet<Half>();
  /** Delivered halves whose index is not known yet. */
  readonly #indexUnknown = new SmallSet<Half>();
  readonly #disputes = new SmallMap<Half, Violation>();
  readonly #violations: Violation[] = [];
  /** By request, then by node: numbers given to pairs. */
  readonly #numbers = new RecentMap<Map<string, SequenceSet>>(REQUESTS_KEPT);
  readonly #incarnations = new Map<string, number>();
  /** By node: when what it knew of its deliveries was last forgotten. */
  readonly #restartedNs = new Map<string, number>();
  readonly #crashed = new CrashedNodes();
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#entanglement = new Entanglement(pairs);
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations, ...new Set(this.#disputes.values())];
    if (atQuiescence) {
      for (const half of this.#alone.all()) {
        const { pair, node, atNs, partner } = half;
        if (this.#isNobodyLeft(partner) || this.#restartedSince(node, atNs)) continue;
        if (partner.state === "expired" && this.#restartedSince(partner.node, partner.atNs)) continue;
        const other = `its other half, ${partner.name}, was ${partner.state}`;
        const message = `delivered at ${node} and not retracted, but ${other}`;
        violations.push({ pair, atNs, message });
      }
      for (const { pair, node, atNs } of this.#indexUnknown.all()) {
        violations.push({ pair, atNs, message: `delivered at ${node} with an index that never became known` });
      }
    }
    const open = this.#unclear || (!atQuiescence && this.#alone.size + this.#indexUnknown.size > 0);
    return verdictOf(this.name, violations, open);
  }

  /** Whether a half is lost with those who would have told the other end. */
  #isNobodyLeft({ state, wasInNature, node, atNs }: Half): boolean {
    if (state === "held") return wasInNature;
    return state === "lost" && (this.#crashed.mayHaveCrashed(node) || this.#restartedSince(node, atNs - RESTART_NS));
  }

  #restartedSince(node: string, atNs: number): boolean {
    return atNs <= (this.#restartedNs.get(node) ?? Number.NEGATIVE_INFINITY);
  }

  #noteIncarnation(writer: string, incarnation: number, atNs: number): void {
    this.#incarnations.set(writer, incarnation);
    const [service, place = ""] = writer.split("/");
    if (incarnation > 1 && (service === "node-controller" || service === "network-layer")) {
      this.#restartedNs.set(place, atNs);
    }
  }

  #deliver({ pair, node, peer, requestId, pairSequence, bellIndex }: HalfDelivered, atNs: number): void {
    if (!this.#numbersOf(requestId, node).add(pairSequence)) {
      const message = `delivered at ${node} as number ${pairSequence} of ${requestId}, which was given before`;
      this.#violations.push({ pair, atNs, message, stands: true });
    }
    const half = this.#half(pair, node);
    if (half?.state !== "held") return;
    this.#entanglement.end(half, "delivered");
    half.peer = peer;
    half.requestId = requestId;
    half.pairSequence = pairSequence;
    half.announced = ordinalOf(bellIndex);
    half.atNs = atNs;
    if (half.announced === UNKNOWN) this.#indexUnknown.add(half);
    this.#alone.add(half);
    this.#compare(half, half.partner, atNs);
  }

  #upgrade(half: Half, index: number, atNs: number): void {
    half.announced = index;
    if (index !== UNKNOWN) this.#indexUnknown.delete(half);
    this.#compare(half, half.partner, atNs);
  }

  #retract(half: Half): void {
    const { partner } = half;
    this.#entanglement.end(half, "expired");
    this.#alone.delete(half);
    this.#indexUnknown.delete(half);
    this.#disputes.delete(half);
    this.#disputes.delete(partner);
    // Now the other end must take it back too.
    if (partner.state === "delivered") this.#alone.add(partner);
  }

  #end({ pair, node, outcome }: HalfEnded, atNs: number): void {
    const half = this.#half(pair, node);
    if (half?.state !== "held") return;
    this.#entanglement.end(half, outcome === Outcome.LOST_CRASH ? "lost" : "expired");
    half.atNs = atNs;
  }

  #compare(half: Half, partner: Half, atNs: number): void {
    if (half.state !== "delivered" || partner.state !== "delivered") return;
    this.#alone.delete(half);
    this.#alone.delete(partner);
    const message = disagreement(half, partner);
    if (message === undefined) {
      // An upgrade may have settled an earlier dispute.
      if (this.#disputes.delete(half)) this.#disputes.delete(partner);
      return;
    }
    const violation = { pair: half.pair, atNs, message };
    this.#disputes.set(half, violation);
    this.#disputes.set(partner, violation);
  }

  #half(pair: string, node: string): Half | undefined {
    const half = this.#entanglement.half(pair, node);
    if (!half && this.#entanglement.wasForgotten(pair)) this.#unclear = true;
    return half;
  }

  #numbersOf(requestId: string, node: string): SequenceSet {
    let nodes = this.#numbers.get(requestId);
    if (!nodes) {
      nodes = new Map();
      this.#numbers.set(requestId, nodes);
    }
    let numbers = nodes.get(node);
    if (!numbers) {
      numbers = new SequenceSet();
      nodes.set(node, numbers);
    }
    return numbers;
  }
}

/** What the two ends say differently; undefined when they agree. */
function disagreement(a: Half, b: Half): string | undefined {
  const ends = `${a.name} and ${b.name}`;
  if (a.peer !== b.node || b.peer !== a.node) return `${ends} are one pair, but name ${a.peer} and ${b.peer} as peers`;
  if (a.requestId !== b.requestId) return `${ends} are one pair, but of requests ${a.requestId} and ${b.requestId}`;
  if (a.pairSequence !== b.pairSequence) {
    return `${ends} are one pair, but numbers ${a.pairSequence} and ${b.pairSequence}`;
  }
  if (a.announced !== UNKNOWN && b.announced !== UNKNOWN && a.announced !== b.announced) {
    return `${ends} are one pair, but of Bell indices ${a.announced} and ${b.announced} (k = 2z + x)`;
  }
  return undefined;
}
