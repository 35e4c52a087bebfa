import { combine } from "@bellmesh/bell";
import { type Effect, effect, RecentMap, SmallMap, type Stream, type StreamNumbers } from "@bellmesh/mesh";
import { bellMeasurementNs, type HardwareInForce, linksOf, type NodeHardware } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
import type {
  Deliver,
  HalvesResponse,
  Occupied,
  SlotsRequest,
  SlotsResponse,
  Swap,
} from "@bellmesh/wire/node-controller";
import { type Basis, type OperateResponse, RefusalReason } from "@bellmesh/wire/quantum-state";
import { claimAtDelivery } from "./aged-claim.ts";
import { CommunicationSlots } from "./communication-slots.ts";
import { DoubtfulEnds } from "./doubtful-ends.ts";
import { type Half, type Handover, storedHalf } from "./half.ts";
import { HalfMeasurements, type MeasurementTold } from "./half-measurements.ts";
import { NatureLink } from "./nature-link.ts";
import { type Past, PastPairs } from "./past-pairs.ts";
import { StorageSlots } from "./storage-slots.ts";
import type { MeasuredSwap, SwapUnderWay } from "./swap-under-way.ts";

/** Moves remembered until nature may have refused them. */
const MOVING_MIN = 1024;
const MOVED_TIMER = "moved:";
/** What is handed over so late has waited for this process to go on: nature may have given it up, by its lease. */
const HANDOVER_MAX_NS = 10_000_000_000;

/** What the memory tells the controller around it. */
export interface Surroundings {
  /** To the network layer. */
  tell(effects: Effect[], message: NonNullable<HalvesResponse["message"]>): void;
  /** Whether the half of this pair has come is decided: orders that waited for it can be carried out. */
  settled(now: Instant, effects: Effect[], pair: string): void;
}

/**
 * The quantum memory of a node: which half is in which slot, and every operation on nature.
 * Writes each half's end to the ledger when it frees its slot, so the two can never differ; of a swap nature has told.
 */
export class QuantumMemoryManager {
  readonly nature: NatureLink;
  readonly slots: CommunicationSlots;
  /** Links whose slots have been asked for. */
  readonly #attached = new Set<string>();
  readonly #hardware: HardwareInForce;
  readonly #node: NodeHardware;
  readonly #surroundings: Surroundings;
  readonly #storage: StorageSlots;
  readonly #doubtful: DoubtfulEnds;
  readonly #measurements: HalfMeasurements;
  readonly #halves = new SmallMap<string, Half>();
  readonly #past = new PastPairs();
  readonly #measuring = new SmallMap<number, SwapUnderWay>();
  readonly #measured = new SmallMap<string, MeasuredSwap>();
  /** Halves that are being moved, by the number of the operation. */
  readonly #moving = new RecentMap<string>(MOVING_MIN);
  /** Whether a network layer is there to give orders: a half without one is nobody's. */
  #isOwned = false;

  constructor(hardware: HardwareInForce, node: string, numbers: StreamNumbers, surroundings: Surroundings) {
    this.#hardware = hardware;
    this.#node = hardware.of(node) as NodeHardware;
    this.#surroundings = surroundings;
    const links = linksOf(hardware.topology, node).map(({ name }) => name);
    const { communicationSlots, storage } = this.#node.at(0).memory;
    this.slots = new CommunicationSlots(links, communicationSlots);
    this.#storage = new StorageSlots(storage?.slots ?? 0);
    this.nature = new NatureLink(numbers);
    this.#measurements = new HalfMeasurements(this.nature, this.#node);
    this.#doubtful = new DoubtfulEnds(this.nature, (effects, pair, outcome) => this.#settled(effects, pair, outcome));
  }

  /** Whether nothing is known of this pair: the link layer may tell of it any moment. */
  awaits(pair: string): boolean {
    return !this.#halves.has(pair) && this.#past.get(pair) === undefined;
  }

  wasDelivered(pair: string): boolean {
    const half = this.#halves.get(pair);
    return half ? half.state === "held" : this.#past.get(pair) === "delivered";
  }

  // ——— The link layer ———

  /** @returns false when the request is not one this node can take. */
  slotsAsked(now: Instant, effects: Effect[], stream: Stream<SlotsResponse>, request: SlotsRequest): boolean {
    const { message, link } = request;
    if (message?.$case === "attach") {
      this.#takeInventory(now, effects, link);
      return this.slots.attach(effects, stream, link);
    }
    if (!this.slots.isLentTo(stream)) return false;
    if (message?.$case === "occupied") return this.#occupied(now, effects, link, message.occupied);
    if (message?.$case !== "missed") return false;
    this.missed(now, effects, message.missed.pair);
    return true;
  }

  /**
   * A link layer that starts over has forgotten what it was told of, and so may everybody else have by then: nature
   * alone knows of halves that were never handed over. The slots they are in are lent again.
   */
  #takeInventory(now: Instant, effects: Effect[], link: string): void {
    if (this.#attached.has(link)) this.nature.operate(now, effects, { $case: "inventory", inventory: { link } });
    this.#attached.add(link);
  }

  slotsEnded(stream: Stream<SlotsResponse>): void {
    this.slots.detach(stream);
  }

  #occupied(now: Instant, effects: Effect[], link: string, { slot, pair, emittedAt }: Occupied): boolean {
    if (this.#halves.has(pair)) return false;
    if (!this.slots.fill(link, slot)) {
      this.missed(now, effects, pair, true);
      return false;
    }
    const isPast = this.#past.has(pair, link);
    const isLate = now - emittedAt >= HANDOVER_MAX_NS;
    if (!this.#isOwned || !this.nature.isOpen || isPast || isLate) {
      // Nobody asks for it, nothing can be done with it, or whoever asked, or nature, has given up waiting.
      if (!isPast) this.missed(now, effects, pair, true);
      this.slots.empty(effects, link, slot);
      return true;
    }
    this.#halves.set(pair, storedHalf(now, pair, link, slot));
    const halfStored = { pair, node: this.#node.name, link, slot };
    effects.push(effect.record({ $case: "halfStored", halfStored }));
    this.#surroundings.settled(now, effects, pair);
    return true;
  }

  /**
   * A half that was not announced in time, to nobody, or perhaps not heard of here: it is given up, wherever it is.
   * @param isOurs the link layer has handed it over, so that nobody has ended it before
   */
  missed(now: Instant, effects: Effect[], pair: string, isOurs = false): void {
    if (this.#past.get(pair) !== undefined) return;
    const half = this.#halves.get(pair);
    if (half) {
      if (half.state !== "stored") return;
      this.#end(now, effects, half, Outcome.EXPIRED);
      this.#lost(effects, pair);
      return;
    }
    this.#past.add(pair, "ended");
    this.#surroundings.settled(now, effects, pair);
    this.#doubtful.end(now, effects, { pair, outcome: Outcome.EXPIRED, isOurs });
  }

  // ——— The network layer ———

  /** A network layer is there, or a later one than before: nobody knows of what is stored any longer. */
  ownedAnew(now: Instant, effects: Effect[]): void {
    this.disowned(now, effects);
    this.#isOwned = true;
  }

  /** The network layer has gone: nobody will give orders for what is stored, or tell the other end that it is void. */
  disowned(now: Instant, effects: Effect[]): void {
    this.#isOwned = false;
    for (const half of this.#halves.values()) {
      if (half.state === "stored") this.#end(now, effects, half, Outcome.LOST_CRASH);
    }
  }

  /** The half waits: it is moved into storage, where some is free; its communication slot is free when it is there. */
  move(now: Instant, effects: Effect[], pair: string): void {
    const half = this.#halves.get(pair);
    const { storage } = this.#node.at(now).memory;
    if (half?.state !== "stored" || half.storageSlot !== undefined || !storage || !this.nature.isOpen) return;
    half.storageSlot = this.#storage.fill();
    if (half.storageSlot === undefined) return;
    const operationId = this.nature.operate(now, effects, { $case: "move", move: { qubit: pair, intoStorage: true } });
    this.#moving.set(`${operationId}`, pair);
    half.freeAt = after(now, storage.moveNs);
    this.#surroundings.tell(effects, { $case: "moving", moving: { pair, startedAt: now } });
    if (storage.moveNs === 0) this.#moved(effects, half);
    else effects.push(effect.setTimer(`${MOVED_TIMER}${pair}`, half.freeAt));
  }

  /** A timer has come: of a move, of a Bell measurement, or of a readout. */
  timer(now: Instant, effects: Effect[], timer: string): void {
    if (!timer.startsWith(MOVED_TIMER)) {
      this.#measurementReady(now, effects, timer);
      return;
    }
    const half = this.#halves.get(timer.slice(MOVED_TIMER.length));
    if (half) this.#moved(effects, half);
  }

  /**
   * The half stands in storage: its communication slot is free. While nature has to say what has become of it both
   * slots stay with it, and one that is delivered has left them in the ledger already.
   */
  #moved(effects: Effect[], half: Half): void {
    const { pair, link, slot, storageSlot, state } = half;
    if (!half.inSlot || storageSlot === undefined || state === "swapping" || state === "doubtful") return;
    half.inSlot = false;
    const halfMoved = { pair, node: this.#node.name, storageSlot };
    if (state === "stored") effects.push(effect.record({ $case: "halfMoved", halfMoved }));
    this.slots.empty(effects, link, slot);
  }

  /** When an operation on these halves that is ordered now begins: a move under way is over first. */
  beginsAt(now: Instant, pairs: readonly string[]): Instant {
    let at = now;
    for (const pair of pairs) at = Math.max(at, this.#halves.get(pair)?.freeAt ?? now) as Instant;
    return at;
  }

  /** Bell measurement on two halves held here, in place; the outcome is ready a gate and a readout later. */
  swap(now: Instant, effects: Effect[], swap: Swap): void {
    const { upstreamPair, downstreamPair } = swap;
    const [first, second] = [this.#halves.get(upstreamPair), this.#halves.get(downstreamPair)];
    if (first?.state !== "stored" || second?.state !== "stored" || first === second) {
      if (first?.state !== "stored") this.#lost(effects, upstreamPair);
      if (second?.state !== "stored" || first === second) this.#lost(effects, downstreamPair);
      return;
    }
    const at = Math.max(now, first.freeAt, second.freeAt) as Instant;
    first.state = "swapping";
    second.state = "swapping";
    const bellMeasurement = { first: upstreamPair, second: downstreamPair };
    const operationId = this.nature.operate(now, effects, { $case: "bellMeasurement", bellMeasurement });
    this.#measuring.set(operationId, { swap, at });
  }

  /** Ends a half without delivery. One that is being measured, or that an application holds, is out of reach. */
  discard(now: Instant, effects: Effect[], pair: string, outcome: Outcome): void {
    const half = this.#halves.get(pair);
    if (half?.state === "stored") this.#end(now, effects, half, outcome);
  }

  /**
   * Hands a half to the application. The head-end brings about the final state, where one was asked, once the
   * index is known; the tail-end changes nothing.
   * @returns what to report, or undefined when the half is not there.
   */
  deliver(now: Instant, effects: Effect[], order: Deliver): Handover | undefined {
    const { pair, bellIndex, finalState, hold } = order;
    const half = this.#halves.get(pair);
    if (half?.state !== "stored") {
      this.#lost(effects, pair);
      return undefined;
    }
    const handover = this.#finalPauli(Math.max(now, half.freeAt) as Instant, effects, order);
    const delivery = { qubit: pair, announced: handover.index, released: !hold };
    this.nature.tellLast(handover.at, effects, { $case: "delivery", delivery });
    const halfDelivered = {
      pair,
      node: this.#node.name,
      peer: order.peer,
      requestId: order.requestId,
      pairSequence: order.pairSequence,
      bellIndex: bellIndex && finalState ? finalState : bellIndex,
      claimedFidelityPpb: Math.round(handover.claimedFidelity * 1e9),
    };
    effects.push(effect.record({ $case: "halfDelivered", halfDelivered }));
    half.freeAt = handover.at;
    if (hold) half.state = "held";
    else this.#leave(effects, half, "delivered");
    return handover;
  }

  /** The correction a head-end owes where a final state was asked: it takes a gate's time, and a gate's noise. */
  #finalPauli(now: Instant, effects: Effect[], order: Deliver): Handover {
    const { pair, bellIndex, finalState, headEnd } = order;
    const claimedFidelity = claimAtDelivery(now, order, this.#hardware, this.#node.name);
    const index = bellIndex && finalState ? finalState : bellIndex;
    const owed = headEnd && bellIndex && finalState ? combine(bellIndex, finalState) : undefined;
    if (!owed || (!owed.x && !owed.z)) return { index, at: now, claimedFidelity };
    this.nature.tellLast(now, effects, { $case: "correction", correction: { qubit: pair, applied: owed } });
    effects.push(
      effect.record({ $case: "frameApplied", frameApplied: { pair, node: this.#node.name, applied: owed } }),
    );
    const { oneQubitNs, oneQubitDepolarising } = this.#node.at(now).gates;
    // A depolarised half leaves a quarter of the pair in each Bell state.
    const claimed = (1 - oneQubitDepolarising) * claimedFidelity + oneQubitDepolarising / 4;
    return { index, at: after(now, oneQubitNs), claimedFidelity: claimed };
  }

  /** A half that was delivered is void, wherever it is. */
  retract(now: Instant, effects: Effect[], pair: string): void {
    this.release(now, effects, pair);
    this.#past.add(pair, "ended");
  }

  /** The application is done with a half it held. @returns false when it holds no such half. */
  release(now: Instant, effects: Effect[], pair: string): boolean {
    const half = this.#halves.get(pair);
    if (half?.state !== "held") return false;
    this.nature.discard(now, effects, pair);
    this.#leave(effects, half, "delivered");
    return true;
  }

  /** The application measures a half it held, which is gone then. @returns false when it holds no such half. */
  measure(now: Instant, effects: Effect[], pair: string, basis: Basis, told: MeasurementTold): boolean {
    const half = this.#halves.get(pair);
    if (half?.state !== "held" || !this.nature.isOpen) return false;
    half.state = "measured";
    const at = Math.max(now, half.freeAt) as Instant;
    this.#measurements.begin(at, effects, pair, basis, (later, more, bit) => {
      if (bit === undefined)
        half.state = "held"; // nature may have it still, or be gone: the application can let it go
      else this.#leave(more, half, "delivered");
      told(later, more, bit);
    });
    return true;
  }

  // ——— Nature ———

  natureAnswered(now: Instant, effects: Effect[], response: OperateResponse): void {
    if (response.outcome?.$case === "held") {
      const forgotten = response.outcome.held.pairs.filter((pair) => !this.#halves.has(pair));
      for (const pair of forgotten) this.missed(now, effects, pair);
      return;
    }
    const underWay = this.#measuring.get(response.operationId);
    if (!underWay) {
      if (this.#measurements.answered(now, effects, response)) return;
      if (this.#moveRefused(now, effects, response.operationId)) return;
      this.#doubtful.answered(now, effects, response); // else a refusal of something that has ended meanwhile
      return;
    }
    this.#measuring.delete(response.operationId);
    const { swap, at } = underWay;
    if (response.outcome?.$case !== "bell") {
      this.#swapFailed(now, effects, swap, response);
      return;
    }
    const outcome = response.outcome.bell;
    const { upstreamPair } = swap;
    const readyAt = after(at, bellMeasurementNs(this.#node.at(at)));
    const measured = { swap, outcome, readyAt };
    if (readyAt <= now) {
      this.#swapped(effects, measured);
      return;
    }
    const timer = `measured:${upstreamPair}`;
    this.#measured.set(timer, measured);
    effects.push(effect.setTimer(timer, readyAt));
  }

  /** Nature answers a move only when it refuses it. @returns whether it was one */
  #moveRefused(now: Instant, effects: Effect[], operationId: number): boolean {
    const pair = this.#moving.get(`${operationId}`);
    if (pair === undefined) return false;
    this.#moving.delete(`${operationId}`);
    const half = this.#halves.get(pair);
    if (half?.state !== "stored") return true; // whatever was ordered meanwhile is refused as well
    this.#doubt(now, effects, half);
    this.#lost(effects, pair);
    return true;
  }

  #measurementReady(now: Instant, effects: Effect[], timer: string): void {
    const measured = this.#measured.get(timer);
    if (!measured) {
      this.#measurements.ready(now, effects, timer);
      return;
    }
    this.#measured.delete(timer);
    this.#swapped(effects, measured);
  }

  /**
   * Nature is out of reach: whatever is stored is given up, and swaps under way may or may not have happened. Slots
   * come free when nature is back and has said what has become of their halves; nothing could be stored before.
   */
  natureLost(now: Instant, effects: Effect[]): void {
    this.#doubtful.natureLost();
    this.#measurements.natureLost(now, effects);
    const swaps = this.#measuring.values();
    this.#measuring.clear();
    for (const { swap } of swaps) this.#swapFailed(now, effects, swap);
    for (const half of this.#halves.values()) {
      if (half.state !== "stored") continue;
      this.#doubt(now, effects, half);
      this.#lost(effects, half.pair);
    }
  }

  /** Nature's stream is open again. */
  natureBack(now: Instant, effects: Effect[]): void {
    this.#doubtful.natureBack(now, effects);
  }

  #swapped(effects: Effect[], { swap, outcome, readyAt }: MeasuredSwap): void {
    const { circuit, upstreamPair, downstreamPair } = swap;
    for (const pair of [upstreamPair, downstreamPair]) this.#leave(effects, this.#halves.get(pair) as Half, "ended");
    const swapped = { circuit, upstreamPair, downstreamPair, outcome, measuredAt: readyAt };
    this.#surroundings.tell(effects, { $case: "swapped", swapped });
  }

  /** Refused by nature, or not answered. */
  #swapFailed(now: Instant, effects: Effect[], { upstreamPair, downstreamPair }: Swap, answer?: OperateResponse): void {
    const { outcome } = answer ?? {};
    const wasTooLarge = outcome?.$case === "refusal" && outcome.refusal.reason === RefusalReason.EMULATOR_LIMIT;
    for (const pair of [upstreamPair, downstreamPair]) {
      const half = this.#halves.get(pair) as Half;
      if (wasTooLarge)
        this.#settled(effects, pair, Outcome.DISCARDED); // nature has ended both already
      else this.#doubt(now, effects, half);
      this.#lost(effects, pair);
    }
  }

  /** Gives up a half that nature may not have any more. */
  #doubt(now: Instant, effects: Effect[], half: Half): void {
    half.state = "doubtful";
    this.#doubtful.end(now, effects, { pair: half.pair, outcome: Outcome.DISCARDED, isOurs: true });
  }

  /** The half is gone, and its slot free; without an outcome where it has had one. */
  #settled(effects: Effect[], pair: string, outcome: Outcome | undefined): void {
    const half = this.#halves.get(pair);
    if (half) this.#leave(effects, half, "ended");
    if (outcome !== undefined) this.#recordEnd(effects, pair, outcome);
  }

  #lost(effects: Effect[], pair: string): void {
    this.#surroundings.tell(effects, { $case: "lost", lost: { pair } });
  }

  #end(now: Instant, effects: Effect[], half: Half, outcome: Outcome): void {
    this.nature.discard(now, effects, half.pair);
    this.#leave(effects, half, "ended");
    this.#recordEnd(effects, half.pair, outcome);
  }

  /** Its slots are free again. */
  #leave(effects: Effect[], half: Half, as: Past): void {
    const { pair, link, slot, storageSlot, inSlot } = half;
    this.#past.add(pair, as, link);
    this.#halves.delete(pair);
    if (storageSlot !== undefined) this.#storage.empty(storageSlot);
    if (inSlot) this.slots.empty(effects, link, slot);
  }

  #recordEnd(effects: Effect[], pair: string, outcome: Outcome): void {
    effects.push(effect.record({ $case: "halfEnded", halfEnded: { pair, node: this.#node.name, outcome } }));
  }
}
