import {
  ActiveFaults,
  type Address,
  type CallDetails,
  Code,
  type Effect,
  effect,
  type FaultChange,
  failure,
  RecentLog,
  RecentMap,
  refusalOfForeign,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { HardwareInForce, type Topology } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import { Outcome } from "@bellmesh/wire/ledger";
import {
  type AttachNetworkLayer,
  type Deliver,
  type DiscardHalf,
  type GiveUpFar,
  HalfEnd,
  type HalvesRequest,
  type HalvesResponse,
  type MeasurePairRequest,
  type MeasurePairResponse,
  type ReleasePairRequest,
  type ReleasePairResponse,
  type RequestPairsRequest,
  type RequestPairsResponse,
  type Retract,
  type SlotsRequest,
  type SlotsResponse,
  type Swap,
  type Upgrade,
  type WithdrawPairsRequest,
  type WithdrawPairsResponse,
} from "@bellmesh/wire/node-controller";
import { Basis, type OperateResponse } from "@bellmesh/wire/quantum-state";
import { ApplicationSessions } from "./application-sessions.ts";
import type { MeasurementTold } from "./half-measurements.ts";
import { type Order, PARKED_TIMER, ParkedOrders } from "./parked-orders.ts";
import { QuantumMemoryManager } from "./quantum-memory-manager.ts";

/** Requests remembered of which a former incarnation may have been ordered to deliver something. */
const INHERITED_MIN = 1024;
/** Delivered pairs remembered that the other end may still give up. */
const DELIVERED_MIN = 2048;

type Delivered = Pick<Deliver, "requestId" | "pairSequence" | "peer" | "pair">;

/** One node's controller: the application's door in front of the quantum memory, and the network layer's orders. */
export class NodeController {
  readonly sessions: ApplicationSessions;
  readonly #node: string;
  readonly #memory: QuantumMemoryManager;
  readonly #hardware: HardwareInForce;
  readonly #parked = new ParkedOrders();
  readonly #faults = new ActiveFaults();
  #networkLayer: Stream<HalvesResponse> | undefined;
  /** Of the network layer that has attached last. */
  #attached = 0;
  #startedAt = 0;
  /** Requests with orders to deliver that were given to a former incarnation: nobody knows whether it obeyed. */
  readonly #inherited = new RecentMap<true>(INHERITED_MIN);
  /** Pairs delivered, by the names that the other ends have for them: network layers come and go. */
  readonly #delivered = new RecentLog<Delivered>(DELIVERED_MIN);

  constructor(topology: Topology, node: string) {
    this.#node = node;
    this.sessions = new ApplicationSessions(node);
    this.#hardware = new HardwareInForce(topology);
    this.#memory = new QuantumMemoryManager(this.#hardware, node, new StreamNumbers(), {
      tell: (effects, message) => this.#tell(effects, message),
      settled: (now, effects, pair) => {
        for (const order of this.#parked.take(pair)) this.#carryOut(now, effects, order);
      },
    });
  }

  /** Orders that wait for their halves. */
  get parked(): number {
    return this.#parked.size;
  }

  started(now: Instant, incarnation: number): Effect[] {
    const effects: Effect[] = [];
    this.#startedAt = now;
    if (incarnation > 1) {
      const controllerRestarted = { node: this.#node };
      effects.push(effect.record({ $case: "controllerRestarted", controllerRestarted }));
    }
    this.sessions.start(effects, incarnation);
    this.#memory.nature.start(now, effects, incarnation);
    return effects;
  }

  /** A fault has begun or ended that makes a slot take nothing. */
  befallen(change: FaultChange): Effect[] {
    const { target } = change.fault;
    if (!("link" in target) || !("node" in target) || target.node !== this.#node) return [];
    this.#faults.change(change);
    const stuck = this.#faults.of("stuck-slot").filter((fault) => fault.target.link === target.link);
    const effects: Effect[] = [];
    this.#memory.slots.stick(
      effects,
      target.link,
      stuck.map(({ args }) => args.slot),
    );
    return effects;
  }

  // ——— The application's door: this node's own applications only ———

  requestPairs(now: Instant, request: RequestPairsRequest, details: CallDetails<RequestPairsResponse>): Effect[] {
    const foreign = this.#refuseForeignApplication(details.from);
    return foreign ? [effect.fail(details.call, foreign)] : this.sessions.request(now, request, details.call);
  }

  withdrawPairs(now: Instant, request: WithdrawPairsRequest, details: CallDetails<WithdrawPairsResponse>): Effect[] {
    const foreign = this.#refuseForeignApplication(details.from);
    if (foreign) return [effect.fail(details.call, foreign)];
    return this.sessions.withdraw(now, request.requestId, details.call);
  }

  releasePair(now: Instant, { pair }: ReleasePairRequest, details: CallDetails<ReleasePairResponse>): Effect[] {
    const { call, from } = details;
    const foreign = this.#refuseForeignApplication(from);
    if (foreign) return [effect.fail(call, foreign)];
    const effects: Effect[] = [];
    if (this.#memory.release(now, effects, pair)) effects.push(effect.respond(call, {}));
    else {
      const message = `pair: no application holds a half of "${pair}" at ${this.#node}`;
      effects.push(effect.fail(call, failure(Code.NOT_FOUND, message, "NOT_HELD")));
    }
    return effects;
  }

  measurePair(now: Instant, request: MeasurePairRequest, details: CallDetails<MeasurePairResponse>): Effect[] {
    const { pair, basis } = request;
    const { call, from } = details;
    const foreign = this.#refuseForeignApplication(from);
    if (foreign) return [effect.fail(call, foreign)];
    const effects: Effect[] = [];
    const told: MeasurementTold = (_now, later, bit) => {
      const message = `pair: nature could not measure the half of "${pair}" at ${this.#node}`;
      if (bit === undefined) later.push(effect.fail(call, failure(Code.UNAVAILABLE, message, "NOT_MEASURED")));
      else later.push(effect.respond(call, { bit }));
    };
    if (basis === Basis.UNSPECIFIED) {
      effects.push(effect.fail(call, failure(Code.INVALID_ARGUMENT, "basis: give Z, X or Y", "NO_BASIS")));
    } else if (!this.#memory.measure(now, effects, pair, basis, told)) {
      const message = `pair: no application holds a half of "${pair}" at ${this.#node}`;
      effects.push(effect.fail(call, failure(Code.NOT_FOUND, message, "NOT_HELD")));
    }
    return effects;
  }

  // ——— The node's own link layer ———

  slotsOpened(stream: Stream<SlotsResponse>, from: Address): Effect[] {
    return this.#refuseForeign(stream, from, "link-layer");
  }

  slotsAsked(now: Instant, request: SlotsRequest, stream: Stream<SlotsResponse>): Effect[] {
    const effects: Effect[] = [];
    if (!this.#memory.slotsAsked(now, effects, stream, request)) {
      const what = request.message?.$case ?? "no message";
      const message = `link "${request.link}": ${what} does not fit this node's slots`;
      effects.push(effect.close(stream, failure(Code.FAILED_PRECONDITION, message, "BAD_SLOT")));
      this.#memory.slotsEnded(stream);
    }
    return effects;
  }

  slotsEnded(stream: Stream<SlotsResponse>): Effect[] {
    this.#memory.slotsEnded(stream);
    return [];
  }

  // ——— The node's own network layer ———

  /**
   * A later stream means that the network layer may have missed something: it starts over with an empty memory, and is
   * told what hardware is in force.
   */
  halvesOpened(now: Instant, stream: Stream<HalvesResponse>, from: Address): Effect[] {
    const effects = this.#refuseForeign(stream, from, "network-layer");
    if (effects.length > 0) return effects;
    if (this.#networkLayer !== undefined) {
      const message = "the network layer has opened a later stream";
      effects.push(effect.close(this.#networkLayer, failure(Code.ABORTED, message, "SUPERSEDED")));
    }
    this.#networkLayer = stream;
    this.#parked.clear();
    this.#memory.ownedAnew(now, effects);
    for (const hardware of this.#hardware.announced) this.#tell(effects, { $case: "hardware", hardware });
    return effects;
  }

  halvesAsked(now: Instant, { message }: HalvesRequest, stream: Stream<HalvesResponse>): Effect[] {
    const effects: Effect[] = [];
    if (!message || stream !== this.#networkLayer) return effects;
    if (message.$case === "attach") this.#attach(effects, message.attach);
    else if (!this.#isOld(message)) this.#carryOut(now, effects, message);
    else if (message.$case === "deliver" && !this.#memory.wasDelivered(message.deliver.pair)) {
      this.#inherited.set(message.deliver.requestId, true);
    }
    return effects;
  }

  halvesEnded(now: Instant, stream: Stream<HalvesResponse>): Effect[] {
    const effects: Effect[] = [];
    if (this.#networkLayer !== stream) return effects;
    this.#networkLayer = undefined;
    this.#parked.clear();
    this.#memory.disowned(now, effects);
    this.sessions.abandon(effects, this.#attached);
    return effects;
  }

  /** Where one has restarted at once, nothing but this tells so: its stream is there before the end of the former's. */
  #attach(effects: Effect[], { incarnation }: AttachNetworkLayer): void {
    this.#attached = incarnation;
    this.#tell(effects, { $case: "attached", attached: {} });
    this.sessions.attached(effects, incarnation);
  }

  // ——— Nature ———

  natureAnswered(now: Instant, response: OperateResponse): Effect[] {
    const effects: Effect[] = [];
    const { outcome } = response;
    if (this.#memory.nature.attached(effects, response)) return effects;
    if (outcome?.$case !== "hardware") this.#memory.natureAnswered(now, effects, response);
    else if (this.#hardware.learn(now, outcome.hardware)) this.#tell(effects, outcome);
    return effects;
  }

  natureEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    if (this.#memory.nature.ended(now, effects, stream)) this.#memory.natureLost(now, effects);
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    const effects: Effect[] = [];
    if (timer === this.#memory.nature.timer) {
      this.#memory.nature.open(now, effects);
      this.#memory.natureBack(now, effects);
    } else if (timer === PARKED_TIMER) {
      for (const pair of this.#parked.lapsed(now, effects)) this.#memory.missed(now, effects, pair);
    } else this.#memory.timer(now, effects, timer);
    return effects;
  }

  // ——— Orders ———

  /** An order given again, that was carried out before or was given to a former incarnation. */
  #isOld(order: Order): boolean {
    if (order.$case !== "deliver") return false;
    const { pair, orderedAt } = order.deliver;
    return (orderedAt !== 0 && orderedAt < this.#startedAt) || this.#memory.wasDelivered(pair);
  }

  #carryOut(now: Instant, effects: Effect[], order: Order): void {
    const awaited = this.#awaited(order);
    if (awaited !== undefined) {
      this.#parked.park(now, effects, awaited, order);
      return;
    }
    switch (order.$case) {
      case "swap":
        this.#swap(now, effects, order.swap);
        break;
      case "deliver":
        this.#deliver(now, effects, order.deliver);
        break;
      case "discard":
        this.#discard(now, effects, order.discard);
        break;
      case "moveHalf":
        this.#memory.move(now, effects, order.moveHalf.pair);
        break;
      case "upgrade":
        this.#upgrade(effects, order.upgrade);
        break;
      case "retract":
        this.#retract(now, effects, order.retract);
        break;
      case "giveUpFar":
        this.#giveUpFar(now, effects, order.giveUpFar);
        break;
      case "endRequest":
        this.sessions.ended(effects, order.endRequest);
        break;
      case "settle":
        if (this.#inherited.has(order.settle.requestId)) break;
        this.#tell(effects, { $case: "settled", settled: order.settle });
        break;
    }
  }

  /**
   * The half an order has to wait for, because the link layer has not told of it yet. Nothing is said of a delivery
   * before it, and its request does not end.
   */
  #awaited(order: Order): string | undefined {
    switch (order.$case) {
      case "swap": {
        const { upstreamPair, downstreamPair } = order.swap;
        if (this.#memory.awaits(upstreamPair)) return upstreamPair;
        return this.#memory.awaits(downstreamPair) ? downstreamPair : undefined;
      }
      case "deliver":
        return this.#memory.awaits(order.deliver.pair) ? order.deliver.pair : undefined;
      case "moveHalf":
        return this.#memory.awaits(order.moveHalf.pair) ? order.moveHalf.pair : undefined;
      case "discard":
        return this.#memory.awaits(order.discard.pair) ? order.discard.pair : undefined;
      case "upgrade":
        return this.#memory.awaits(order.upgrade.pair) ? order.upgrade.pair : undefined;
      case "endRequest":
        return this.#parked.toBeDelivered(order.endRequest.requestId);
      case "settle":
        return this.#parked.toBeDelivered(order.settle.requestId);
      default:
        return undefined;
    }
  }

  /** One that comes too late for the cutoff is not begun. */
  #swap(now: Instant, effects: Effect[], order: Swap): void {
    const { upstreamPair, downstreamPair, notAfter } = order;
    const pairs = [upstreamPair, downstreamPair];
    if (notAfter === 0 || this.#memory.beginsAt(now, pairs) < notAfter) this.#memory.swap(now, effects, order);
    else for (const pair of pairs) this.#memory.missed(now, effects, pair);
  }

  #deliver(now: Instant, effects: Effect[], order: Deliver): void {
    const { requestId, pairSequence, peer, pair, feedforwardNs, feedforwardMissed } = order;
    const handover = this.#memory.deliver(now, effects, order);
    if (!handover) return;
    if (order.farName !== "") this.#delivered.add(order.farName, { requestId, pairSequence, peer, pair });
    const { index: bellIndex, at, claimedFidelity } = handover;
    this.sessions.tell(effects, requestId, {
      $case: "delivered",
      delivered: { pairSequence, peer, pair, bellIndex, claimedFidelity, at, feedforwardNs, feedforwardMissed },
    });
  }

  #discard(now: Instant, effects: Effect[], order: DiscardHalf): void {
    const { pair, reason, requestId, pairSequence, feedforwardMissed } = order;
    this.#memory.discard(now, effects, pair, reason === HalfEnd.EXPIRED ? Outcome.EXPIRED : Outcome.DISCARDED);
    if (requestId === "") return;
    const expired = { pair, pairSequence, retracted: false, feedforwardMissed };
    this.sessions.tell(effects, requestId, { $case: "expired", expired });
  }

  #giveUpFar(now: Instant, effects: Effect[], { farName, peer, feedforwardMissed }: GiveUpFar): void {
    const delivered = this.#delivered.get(farName);
    if (delivered?.peer !== peer || !this.#memory.wasDelivered(delivered.pair)) return;
    this.#retract(now, effects, { ...delivered, feedforwardMissed });
  }

  #upgrade(effects: Effect[], { requestId, pairSequence, pair, bellIndex, claimedFidelity }: Upgrade): void {
    const halfUpgraded = { pair, node: this.#node, bellIndex };
    effects.push(effect.record({ $case: "halfUpgraded", halfUpgraded }));
    const upgraded = { pairSequence, pair, bellIndex, claimedFidelity };
    this.sessions.tell(effects, requestId, { $case: "upgraded", upgraded });
  }

  #retract(now: Instant, effects: Effect[], order: Retract): void {
    const { requestId, pairSequence, pair, feedforwardMissed } = order;
    if (!this.#memory.wasDelivered(pair)) {
      // The order to deliver it still waits for the half, or was answered with `lost` meanwhile.
      this.#parked.takeBackDelivery(pair);
      this.#carryOut(now, effects, { $case: "discard", discard: { ...order, reason: HalfEnd.EXPIRED } });
      return;
    }
    this.#memory.retract(now, effects, pair);
    const halfRetracted = { pair, node: this.#node, requestId, pairSequence };
    effects.push(effect.record({ $case: "halfRetracted", halfRetracted }));
    const expired = { pair, pairSequence, retracted: true, feedforwardMissed };
    this.sessions.tell(effects, requestId, { $case: "expired", expired });
  }

  #tell(effects: Effect[], message: NonNullable<HalvesResponse["message"]>): void {
    if (this.#networkLayer !== undefined) effects.push(effect.send(this.#networkLayer, { message }));
  }

  #refuseForeignApplication(from: Address): Status | undefined {
    return refusalOfForeign(from, this.#node, `the applications' door of ${this.#node}`);
  }

  /** Only the node's own services may touch its memory. */
  #refuseForeign(stream: Stream, from: Address, service: string): Effect[] {
    if (from === `${service}/${this.#node}`) return [];
    const message = `${from} may not use the quantum memory of ${this.#node}`;
    return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_THIS_NODE"))];
  }
}
