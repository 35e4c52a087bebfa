import { SmallMap, SmallSet } from "@bellmesh/mesh";
import { Outcome, type PairFidelity } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { combined, Entanglement, type Half, type Ordinal, ordinalOf, UNKNOWN } from "./entanglement.ts";
import type { PairDirectory } from "./pair-directory.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** What nature said of two halves that were both delivered. */
interface NaturePair {
  readonly first: Half;
  readonly second: Half;
  readonly intended: Ordinal;
  readonly atNs: number;
}

/** Nature lets a node be away for so long before what it held is lost. */
const LEASE_NS = 10e9;

/**
 * The Bell index that the ends of a pair announce, where both delivered it and neither took it back, is the XOR of
 * every heralded index and every swap outcome along the chain, and of the Paulis applied; nature's own index is the
 * same, and its pair is that of the record. So no correction was lost, made up, or done twice. And where nature
 * tells of pairs, it has told of every one that both ends delivered, unless it has restarted since the herald, a half
 * was measured or lost in a crash of its node before it heard of both, or the other end was so late that nature may
 * have given up the node that was first.
 */
export class FrameParity implements Referee {
  readonly name = "frame-parity";
  readonly reads: Readings = {
    pairHeralded: (heralded) => this.#entanglement.herald(heralded),
    pairsSwapped: (swapped) => {
      this.#entanglement.swap(swapped);
      if (this.#unexplained.size > 0) this.#explain();
    },
    frameApplied: ({ pair, node, applied }) => {
      const half = this.#half(pair, node);
      if (!half) return;
      apply(half, ordinalOf(applied));
      this.#reopen(half);
      this.#reopen(half.partner);
    },
    halfDelivered: ({ pair, node, bellIndex }, { at }) => {
      const half = this.#half(pair, node);
      if (half?.state === "held") this.#deliver(half, ordinalOf(bellIndex), at);
    },
    halfUpgraded: ({ pair, node, bellIndex }) => {
      const half = this.#half(pair, node);
      if (!half) return;
      half.announced = ordinalOf(bellIndex);
      this.#reopen(half);
    },
    halfRetracted: ({ pair, node }) => {
      const half = this.#half(pair, node);
      if (half?.state === "delivered") this.#retract(half);
    },
    halfEnded: ({ pair, node, outcome }) => {
      const half = this.#half(pair, node);
      if (half?.state === "held") this.#entanglement.end(half, "expired");
      else if (outcome === Outcome.LOST_CRASH) this.#leave(half);
    },
    halfMeasured: ({ pair, node }) => this.#leave(this.#half(pair, node)),
    pairFidelity: (fidelity, { at }) => this.#settle(fidelity, at),
    natureRestarted: () => this.#entanglement.natureRestarted(),
  };
  readonly #entanglement: Entanglement;
  /** Delivered halves whose announced index was not compared yet. */
  readonly #unsettled = new SmallSet<Half>();
  /** Pairs of nature's that the record does not know to be entangled yet. */
  readonly #unexplained = new SmallSet<NaturePair>();
  /** Delivered halves of which nature has said nothing. */
  readonly #untold = new SmallSet<Half>();
  /** Delivered halves that nature says it has no more: measured, or lost with their node. */
  readonly #gone = new Set<Half>();
  /** Nature has told of a pair: where there is real hardware nobody can. */
  #natureTells = false;
  /** Delivered halves whose announced index is another than the record's: wrong unless mended or taken back. */
  readonly #disputes = new SmallMap<Half, Violation>();
  readonly #violations: Violation[] = [];
  #unclear = false;

  constructor(pairs: PairDirectory) {
    this.#entanglement = new Entanglement(pairs);
  }

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations, ...this.#disputes.values()];
    if (atQuiescence) for (const pair of this.#unexplained.all()) violations.push(unexplained(pair));
    if (atQuiescence && this.#natureTells) violations.push(...this.#untoldPairs());
    for (const half of this.#unsettled.all()) {
      if (!atQuiescence || half.partner.state !== "delivered") continue;
      const message = misannounced(half);
      if (message) violations.push({ pair: half.pair, atNs: half.atNs, message });
    }
    const open = this.#unsettled.size > 0 || this.#unexplained.size > 0;
    return verdictOf(this.name, violations, this.#unclear || (!atQuiescence && open));
  }

  #deliver(half: Half, announced: number, atNs: number): void {
    this.#entanglement.end(half, "delivered");
    half.announced = announced;
    half.atNs = atNs;
    this.#unsettled.add(half);
    this.#untold.add(half);
  }

  /** Nature does not tell the fidelity of what it has no more; what it has told of before is not looked for. */
  #leave(half: Half | undefined): void {
    if (half?.state === "delivered" && this.#untold.has(half)) this.#gone.add(half);
  }

  #retract(half: Half): void {
    this.#entanglement.end(half, "expired");
    this.#unsettled.delete(half);
    this.#untold.delete(half);
    this.#disputes.delete(half);
    this.#disputes.delete(half.partner);
  }

  /** What was compared is to be compared again. */
  #reopen(half: Half): void {
    this.#disputes.delete(half);
    if (half.state === "delivered") this.#unsettled.add(half);
  }

  *#untoldPairs(): Generator<Violation> {
    for (const half of this.#untold.all()) {
      const { partner, pair, atNs } = half;
      if (partner.state !== "delivered" || half.wasInNature || partner.wasInNature) continue;
      if (this.#gone.has(half) || this.#gone.has(partner)) continue;
      if (Math.abs(atNs - partner.atNs) >= LEASE_NS) continue;
      yield { pair, atNs, message: `${half.name} and ${partner.name} were delivered, and nature says nothing of them` };
    }
  }

  /** Nature has seen both deliveries, so every Pauli that was due has been applied. */
  #settle(fidelity: PairFidelity, atNs: number): void {
    const first = this.#half(fidelity.firstPair, fidelity.firstNode);
    const second = this.#half(fidelity.secondPair, fidelity.secondNode);
    this.#natureTells = true;
    if (!first || !second) {
      const wasForgotten = [fidelity.firstPair, fidelity.secondPair].some((one) =>
        this.#entanglement.wasForgotten(one),
      );
      if (!wasForgotten) this.#violations.push(unheralded(fidelity, atNs));
      return;
    }
    this.#untold.delete(first);
    this.#untold.delete(second);
    const pair = { first, second, intended: ordinalOf(fidelity.intended), atNs };
    // A node writes its swap down when it hears the outcome, which nature knew before it.
    if (first.partner === second) this.#compare(pair);
    else this.#unexplained.add(pair);
  }

  #explain(): void {
    for (const pair of this.#unexplained.all()) {
      if (pair.first.partner !== pair.second) continue;
      this.#unexplained.delete(pair);
      this.#compare(pair);
    }
  }

  #compare({ first, second, intended, atNs }: NaturePair): void {
    if (intended !== UNKNOWN && first.parity !== UNKNOWN && intended !== first.parity) {
      const message = `${first.name} is of Bell index ${intended} (k = 2z + x), but the record gives ${first.parity}`;
      this.#violations.push({ pair: first.pair, atNs, message });
    }
    this.#announcedBy(first, atNs);
    this.#announcedBy(second, atNs);
  }

  #announcedBy(half: Half, atNs: number): void {
    // An index still unknown is compared when all is done, and so is that of an end which was alone until now.
    if (half.announced === UNKNOWN || half.partner.state !== "delivered" || !this.#unsettled.delete(half)) return;
    const message = misannounced(half);
    if (message) this.#disputes.set(half, { pair: half.pair, atNs, message });
  }

  #half(pair: string, node: string): Half | undefined {
    const half = this.#entanglement.half(pair, node);
    if (!half && this.#entanglement.wasForgotten(pair)) this.#unclear = true;
    return half;
  }
}

function unheralded({ firstPair, firstNode, secondPair, secondNode }: PairFidelity, atNs: number): Violation {
  const halves = `${firstPair} at ${firstNode} and ${secondPair} at ${secondNode}`;
  return { pair: firstPair, atNs, message: `nature has a pair of ${halves}, which were not both heralded` };
}

function unexplained({ first, second, atNs }: NaturePair): Violation {
  const message = `${first.name} is entangled with ${second.name}, but the record leads to ${first.partner.name}`;
  return { pair: first.pair, atNs, message };
}

function apply(half: Half, applied: number): void {
  half.parity = combined(half.parity, applied);
  half.partner.parity = half.parity;
}

function misannounced({ name, parity, announced }: Half): string | undefined {
  if (announced === UNKNOWN || parity === UNKNOWN || announced === parity) return undefined;
  return `${name} was announced with Bell index ${announced} (k = 2z + x), but the record gives ${parity}`;
}
