import { combine } from "@bellmesh/bell";
import { type Effect, effect, StandingStream, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import { linksOf, nodeNamed, type Topology, type TopologyNode } from "@bellmesh/topology";
import { after, type Instant, parsePairId } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import { Outcome } from "@bellmesh/wire/ledger";
import type {
  Deliver,
  HalvesResponse,
  Occupied,
  SlotsRequest,
  SlotsResponse,
  Swap,
} from "@bellmesh/wire/node-controller";
import type { OperateRequest, OperateResponse } from "@bellmesh/wire/quantum-state";
import { CommunicationSlots } from "./communication-slots.ts";
import { natureMethods } from "./methods.ts";

/** Ended pairs remembered, so that what comes late about them is known to be late. */
const ENDED_PAIRS_MAX = 8192;

type Operation = NonNullable<OperateRequest["operation"]>;

/** One half in memory. */
interface Half {
  readonly pair: string;
  readonly link: string;
  readonly slot: number;
  readonly bellIndex: BellIndex | undefined;
  /** `held` by an application after delivery, until it is released. */
  state: "stored" | "swapping" | "held";
}

interface SwapUnderWay {
  readonly swap: Swap;
  readonly at: Instant;
}

/**
 * The quantum memory of a node: which half is in which slot, and every operation on nature.
 * Writes each half's end to the ledger when it frees its slot, so the two can never differ.
 */
export class QuantumMemoryManager {
  readonly nature: StandingStream<OperateRequest, OperateResponse>;
  readonly #node: TopologyNode;
  readonly #slots: CommunicationSlots;
  readonly #halves = new Map<string, Half>();
  readonly #ended = new Set<string>();
  /** Orders for halves the link layer has not told of yet: its stream and the network layer's may race. */
  readonly #parked = new Map<string, ((now: Instant, effects: Effect[]) => void)[]>();
  readonly #measuring = new Map<number, SwapUnderWay>();
  readonly #measured = new Map<
    string,
    { readonly swap: Swap; readonly outcome: BellIndex; readonly readyAt: Instant }
  >();
  #incarnation = 0;
  #lastOperation = 0;

  constructor(topology: Topology, node: string, numbers: StreamNumbers) {
    this.#node = nodeNamed(topology, node) as TopologyNode;
    const links = linksOf(topology, node).map(({ name }) => name);
    this.#slots = new CommunicationSlots(links, this.#node.memory.communicationSlots);
    this.nature = new StandingStream("quantum-state/nature", natureMethods.operate, numbers);
  }

  /** Tells nature who this is: whatever a former incarnation held is lost. */
  start(now: Instant, effects: Effect[], incarnation: number): void {
    this.#incarnation = incarnation;
    this.openNature(now, effects);
  }

  openNature(now: Instant, effects: Effect[]): void {
    this.nature.open(effects);
    this.#operate(now, effects, { $case: "attach", attach: { incarnation: this.#incarnation } });
  }

  // ——— The link layer ———

  /** @returns false when the request is not one this node can take. */
  slotsAsked(now: Instant, effects: Effect[], stream: Stream<SlotsResponse>, request: SlotsRequest): boolean {
    switch (request.message?.$case) {
      case "attach":
        return this.#slots.attach(effects, stream, request.link);
      case "occupied":
        return this.#occupied(now, effects, request.link, request.message.occupied);
      case "missed":
        this.#missed(now, effects, request.message.missed.pair);
        return true;
      default:
        return false;
    }
  }

  slotsEnded(stream: Stream<SlotsResponse>): void {
    this.#slots.detach(stream);
  }

  #occupied(now: Instant, effects: Effect[], link: string, { slot, pair, bellIndex }: Occupied): boolean {
    if (!this.#slots.fill(link, slot) || this.#halves.has(pair)) return false;
    this.#halves.set(pair, { pair, link, slot, bellIndex, state: "stored" });
    const halfStored = { pair, node: this.#node.name, link, slot };
    effects.push(effect.record({ $case: "halfStored", halfStored }));
    const orders = this.#parked.get(pair);
    if (orders) {
      this.#parked.delete(pair);
      for (const order of orders) order(now, effects);
    }
    return true;
  }

  /** A half that was never announced in time: nature is told, the ledger too; it never had a slot of its own. */
  #missed(now: Instant, effects: Effect[], pair: string): void {
    if (this.#ended.has(pair)) return;
    const half = this.#halves.get(pair);
    if (half) {
      if (half.state === "stored") this.discard(now, effects, pair, Outcome.EXPIRED);
      return;
    }
    this.#operate(now, effects, { $case: "discard", discard: { qubit: pair } });
    this.#end(effects, pair, Outcome.EXPIRED);
  }

  // ——— The network layer ———

  /** Bell measurement on two halves held here; the outcome is ready a gate and a readout later. */
  swap(now: Instant, effects: Effect[], swap: Swap): readonly string[] {
    const pairs = [swap.upstreamPair, swap.downstreamPair];
    const gone = pairs.filter((pair) => this.#ended.has(pair));
    if (gone.length > 0) return gone;
    const missing = pairs.find((pair) => !this.#halves.has(pair));
    if (missing !== undefined) {
      this.#park(missing, (then, later) => this.swap(then, later, swap));
      return [];
    }
    for (const pair of pairs) (this.#halves.get(pair) as Half).state = "swapping";
    const operationId = this.#operate(now, effects, {
      $case: "bellMeasurement",
      bellMeasurement: { first: swap.upstreamPair, second: swap.downstreamPair },
    });
    this.#measuring.set(operationId, { swap, at: now });
    return [];
  }

  /** Ends a half without delivery. */
  discard(now: Instant, effects: Effect[], pair: string, outcome: Outcome): void {
    if (this.#ended.has(pair)) return;
    const half = this.#halves.get(pair);
    if (!half) {
      this.#park(pair, (then, later) => this.discard(then, later, pair, outcome));
      return;
    }
    if (half.state === "swapping") return; // the measurement has it
    this.#operate(now, effects, { $case: "discard", discard: { qubit: pair } });
    this.#free(effects, half);
    this.#end(effects, pair, outcome);
  }

  /**
   * Hands a half to the application. The head-end brings about the final state, where one was asked, once the
   * index is known; the tail-end changes nothing.
   * @returns the index to report, and whether the half was there.
   */
  deliver(
    now: Instant,
    effects: Effect[],
    order: Deliver,
    hold: boolean,
  ): { held: boolean; index: BellIndex | undefined } {
    const { pair, bellIndex, finalState } = order;
    const half = this.#halves.get(pair);
    if (half?.state !== "stored") return { held: false, index: undefined };
    const index = bellIndex && finalState ? finalState : bellIndex;
    if (order.headEnd && bellIndex && finalState) this.#correct(now, effects, pair, combine(bellIndex, finalState));
    this.#operate(now, effects, { $case: "delivery", delivery: { qubit: pair, announced: index, released: !hold } });
    const halfDelivered = {
      pair,
      node: this.#node.name,
      peer: order.peer,
      requestId: order.requestId,
      pairSequence: order.pairSequence,
      bellIndex: index,
      claimedFidelityPpb: Math.round(order.claimedFidelity * 1e9),
    };
    effects.push(effect.record({ $case: "halfDelivered", halfDelivered }));
    if (hold) half.state = "held";
    else {
      this.#remember(pair);
      this.#free(effects, half);
    }
    return { held: true, index };
  }

  /** The application is done with a half it held. @returns false when it holds no such half. */
  release(now: Instant, effects: Effect[], pair: string): boolean {
    const half = this.#halves.get(pair);
    if (half?.state !== "held") return false;
    this.#operate(now, effects, { $case: "discard", discard: { qubit: pair } });
    this.#remember(pair);
    this.#free(effects, half);
    return true;
  }

  /** Whether the link layer will still tell of this pair. */
  isExpected(pair: string): boolean {
    return !this.#halves.has(pair) && !this.#ended.has(pair) && parsePairId(pair) !== undefined;
  }

  /** Does this once the link layer has told of the pair. */
  whenStored(pair: string, order: (now: Instant, effects: Effect[]) => void): void {
    this.#park(pair, order);
  }

  // ——— Nature ———

  /** @returns what to tell the network layer, once it is due; see `measurementReady` for outcomes that take time. */
  natureAnswered(now: Instant, effects: Effect[], response: OperateResponse): HalvesResponse[] {
    const underWay = this.#measuring.get(response.operationId);
    if (!underWay) return []; // a refusal of something that has ended meanwhile
    this.#measuring.delete(response.operationId);
    const { swap, at } = underWay;
    if (response.outcome?.$case !== "bell") return this.#swapRefused(now, effects, swap);
    const readyAt = after(at, this.#node.gates.twoQubitNs + this.#node.readout.durationNs);
    const outcome = response.outcome.bell;
    if (readyAt <= now) return [this.#swapped(effects, swap, outcome, now)];
    const timer = `measured:${swap.upstreamPair}`;
    this.#measured.set(timer, { swap, outcome, readyAt });
    effects.push(effect.setTimer(timer, readyAt));
    return [];
  }

  /** The timer of a measurement has come. */
  measurementReady(effects: Effect[], timer: string): HalvesResponse | undefined {
    const measured = this.#measured.get(timer);
    if (!measured) return undefined;
    this.#measured.delete(timer);
    return this.#swapped(effects, measured.swap, measured.outcome, measured.readyAt);
  }

  /** Nature is out of reach: swaps under way may or may not have happened, their halves are given up. */
  natureLost(now: Instant, effects: Effect[]): HalvesResponse[] {
    const lost = [...this.#measuring.values()];
    this.#measuring.clear();
    return lost.flatMap(({ swap }) => this.#swapRefused(now, effects, swap));
  }

  #swapped(effects: Effect[], swap: Swap, outcome: BellIndex, measuredAt: Instant): HalvesResponse {
    const { circuit, upstreamPair, downstreamPair } = swap;
    const pairsSwapped = { node: this.#node.name, upstreamPair, downstreamPair, outcome };
    effects.push(effect.record({ $case: "pairsSwapped", pairsSwapped }));
    for (const pair of [upstreamPair, downstreamPair]) {
      this.#remember(pair);
      const half = this.#halves.get(pair);
      if (half) this.#free(effects, half);
    }
    const swapped = { circuit, upstreamPair, downstreamPair, outcome, measuredAt };
    return { message: { $case: "swapped", swapped } };
  }

  #swapRefused(now: Instant, effects: Effect[], { upstreamPair, downstreamPair }: Swap): HalvesResponse[] {
    return [upstreamPair, downstreamPair].map((pair) => {
      const half = this.#halves.get(pair);
      if (half) {
        half.state = "stored";
        this.discard(now, effects, pair, Outcome.DISCARDED);
      }
      return { message: { $case: "lost", lost: { pair } } };
    });
  }

  #correct(now: Instant, effects: Effect[], pair: string, applied: BellIndex): void {
    if (!applied.x && !applied.z) return;
    this.#operate(now, effects, { $case: "correction", correction: { qubit: pair, applied } });
    const frameApplied = { pair, node: this.#node.name, applied };
    effects.push(effect.record({ $case: "frameApplied", frameApplied }));
  }

  #operate(now: Instant, effects: Effect[], operation: Operation): number {
    this.#lastOperation += 1;
    this.nature.send(effects, { operationId: this.#lastOperation, at: now, operation });
    return this.#lastOperation;
  }

  #park(pair: string, order: (now: Instant, effects: Effect[]) => void): void {
    const orders = this.#parked.get(pair);
    if (orders) orders.push(order);
    else this.#parked.set(pair, [order]);
  }

  #free(effects: Effect[], half: Half): void {
    this.#halves.delete(half.pair);
    this.#slots.empty(effects, half.link, half.slot);
  }

  #end(effects: Effect[], pair: string, outcome: Outcome): void {
    this.#remember(pair);
    const halfEnded = { pair, node: this.#node.name, outcome };
    effects.push(effect.record({ $case: "halfEnded", halfEnded }));
  }

  #remember(pair: string): void {
    this.#ended.add(pair);
    this.#parked.delete(pair);
    if (this.#ended.size <= ENDED_PAIRS_MAX) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      break;
    }
  }
}
