import { RecentMap, SmallMap, SmallSet } from "@bellmesh/mesh";
import type { Topology } from "@bellmesh/topology";
import { type HalfDelivered, type HalfEnded, type LedgerEvent, Outcome } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { SequenceSet } from "../sequence-set.ts";
import { CrashedNodes } from "./crashed-nodes.ts";
import { Disturbances } from "./disturbances.ts";
import { Entanglement, type Half, ordinalOf, UNKNOWN } from "./entanglement.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";
import { retractionBoundNs } from "./retraction-bound.ts";

/** A mesh may run for days: numbers of requests before the last so many are forgotten. */
const REQUESTS_KEPT = 16_384;
/** A node may say that it has restarted this long before nature says what it lost in that. */
const RESTART_NS = 1e9;

/**
 * The two ends of every delivered pair that was not retracted name each other as peer, the same request, the same
 * number in it and the same Bell index; and a number is given once per request. Where only one end delivered it must
 * retract, unless the network layer or node-controller of the other end crashed in the life of its half, or nature with
 * what it held: nobody is left there to tell, or what was told was lost on its way out. A half that an end lost without
 * a crash of these, as when it stood still for too long, is no excuse, where the ledger tells of faults at all. Nor is
 * an end that has restarted since able to take back what it delivered before; nor can a node-controller tell the index
 * of what it handed out before it restarted.
 * Word of it may be held up for as long as a fault acts or a process is down. When nothing has been wrong anywhere for
 * `retractionBoundNs` since the delivery, both ends have delivered, or the one that has took it back.
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
    halfRetracted: ({ pair, node }, { at }) => {
      const half = this.#half(pair, node);
      if (half?.state === "delivered") this.#retract(half, at);
    },
    halfEnded: (ended, { at }) => this.#end(ended, at),
    controllerRestarted: ({ node }, { at }) => {
      this.#controllerRestartedNs.set(node, Math.max(at, this.#controllerRestartedNs.get(node) ?? at));
    },
    natureRestarted: () => this.#entanglement.natureRestarted(),
    faultBegan: ({ fault }, { at }) => {
      this.#crashed.begin(fault, at, (writer) => this.#disturbances.incarnationOf(writer));
      this.#disturbances.begin(fault, at);
    },
    faultEnded: ({ fault }, { at }) => {
      this.#crashed.end(fault, at);
      this.#disturbances.end(fault, at);
    },
  };
  readonly hears = (told: LedgerEvent) => {
    if (this.#awaited.size > 0) this.#judgeAwaited(told.at);
    if (this.#disturbances.hear(told)) this.#noteRestart(told);
    this.#crashed.hear(told);
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
  /** Delivered halves whose other end may still deliver, or say that it never will, and since when they are alone. */
  readonly #awaited = new SmallMap<Half, number>();
  /** None of them is alone since before that. */
  #awaitedSinceNs = Number.POSITIVE_INFINITY;
  /** Those that were alone for too long. */
  readonly #late = new Set<Half>();
  /** By node: when what it knew of its deliveries was last forgotten. */
  readonly #restartedNs = new Map<string, number>();
  /** By node: when its node-controller last forgot what it had handed out. */
  readonly #controllerRestartedNs = new Map<string, number>();
  readonly #crashed = new CrashedNodes();
  readonly #disturbances = new Disturbances();
  readonly #boundNs: number;
  #unclear = false;

  constructor(pairs: PairDirectory, topology: Topology) {
    this.#entanglement = new Entanglement(pairs);
    this.#boundNs = retractionBoundNs(topology);
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations, ...new Set(this.#disputes.values())];
    if (atQuiescence) {
      for (const half of this.#alone.all()) {
        if (this.#late.has(half) || this.#isExcused(half)) continue;
        violations.push({ pair: half.pair, atNs: half.atNs, message: `${ofOneEnd(half)} and not retracted` });
      }
      for (const { pair, node, atNs } of this.#indexUnknown.all()) {
        if (atNs <= (this.#controllerRestartedNs.get(node) ?? Number.NEGATIVE_INFINITY)) continue;
        violations.push({ pair, atNs, message: `delivered at ${node} with an index that never became known` });
      }
    }
    const open = this.#unclear || (!atQuiescence && this.#alone.size + this.#indexUnknown.size > 0);
    return verdictOf(this.name, violations, open);
  }

  /** What has been alone for the whole bound, with nothing wrong meanwhile, should have been taken back before now. */
  #judgeAwaited(nowNs: number): void {
    const quietNs = this.#disturbances.quietFromNs;
    if (nowNs <= Math.max(this.#awaitedSinceNs, quietNs) + this.#boundNs) return;
    this.#awaitedSinceNs = Number.POSITIVE_INFINITY;
    for (const half of this.#awaited.keys()) {
      const sinceNs = this.#awaited.get(half) as number;
      if (nowNs <= Math.max(sinceNs, quietNs) + this.#boundNs) {
        this.#awaitedSinceNs = Math.min(this.#awaitedSinceNs, sinceNs);
        continue;
      }
      this.#awaited.delete(half);
      if (this.#isExcused(half)) continue;
      this.#late.add(half);
      const message = `${ofOneEnd(half)} and not retracted within ${this.#boundNs} ns in which nothing was wrong`;
      this.#violations.push({ pair: half.pair, atNs: nowNs, message });
    }
  }

  /** Whether it cannot be known at this end that the other has not delivered, or not be taken back any more. */
  #isExcused({ node, atNs, partner }: Half): boolean {
    if (this.#isNobodyLeft(partner) || this.#restartedSince(node, atNs)) return true;
    return partner.state === "expired" && this.#restartedSince(partner.node, partner.atNs);
  }

  /** Whether a half is lost with those who would have told the other end. */
  #isNobodyLeft({ state, wasInNature, node, emittedNs, atNs }: Half): boolean {
    if (state === "held") return wasInNature;
    if (state !== "lost") return false;
    return this.#crashed.mayHaveCrashed(node, emittedNs, atNs) || this.#restartedSince(node, atNs - RESTART_NS);
  }

  #restartedSince(node: string, atNs: number): boolean {
    return atNs <= (this.#restartedNs.get(node) ?? Number.NEGATIVE_INFINITY);
  }

  #noteRestart({ writer, at }: LedgerEvent): void {
    const [service, place = ""] = writer.split("/");
    if (service !== "node-controller" && service !== "network-layer") return;
    this.#restartedNs.set(place, Math.max(at, this.#restartedNs.get(place) ?? at));
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
    this.#leaveAlone(half, atNs);
    this.#compare(half, half.partner, atNs);
  }

  #leaveAlone(half: Half, atNs: number): void {
    this.#alone.add(half);
    // How long it may wait for its index is its application's choice.
    if (half.announced !== UNKNOWN) this.#await(half, atNs);
  }

  #await(half: Half, sinceNs: number): void {
    this.#awaited.set(half, sinceNs);
    this.#awaitedSinceNs = Math.min(this.#awaitedSinceNs, sinceNs);
  }

  #noLongerAlone(half: Half): void {
    this.#alone.delete(half);
    this.#awaited.delete(half);
  }

  #upgrade(half: Half, index: number, atNs: number): void {
    if (index === UNKNOWN) this.#awaited.delete(half);
    else if (half.announced === UNKNOWN && this.#alone.has(half)) this.#await(half, atNs);
    half.announced = index;
    if (index !== UNKNOWN) this.#indexUnknown.delete(half);
    this.#compare(half, half.partner, atNs);
  }

  #retract(half: Half, atNs: number): void {
    const { partner } = half;
    this.#entanglement.end(half, "expired");
    this.#noLongerAlone(half);
    this.#indexUnknown.delete(half);
    this.#disputes.delete(half);
    this.#disputes.delete(partner);
    // Now the other end must take it back too.
    if (partner.state === "delivered") this.#leaveAlone(partner, atNs);
  }

  #end({ pair, node, outcome }: HalfEnded, atNs: number): void {
    const half = this.#half(pair, node);
    if (half?.state !== "held") return;
    this.#entanglement.end(half, outcome === Outcome.LOST_CRASH ? "lost" : "expired");
    half.atNs = atNs;
  }

  #compare(half: Half, partner: Half, atNs: number): void {
    if (half.state !== "delivered" || partner.state !== "delivered") return;
    this.#noLongerAlone(half);
    this.#noLongerAlone(partner);
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

/** That one end has delivered, and what has become of the other. */
function ofOneEnd({ node, partner }: Half): string {
  return `delivered at ${node}, but its other half, ${partner.name}, was ${partner.state},`;
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
