import {
  type Address,
  type Call,
  type CallDetails,
  ClockCorrections,
  Code,
  type Context,
  driftClock,
  type Effect,
  effect,
  type FaultChange,
  failure,
  NodeClocks,
  refusalOfForeign,
  type Status,
  type Stream,
} from "@bellmesh/mesh";
import { after, type Instant, SECOND_NS } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import { HardwareChanged, Outcome } from "@bellmesh/wire/ledger";
import type {
  CalibrateRequest,
  CalibrateResponse,
  CreatePairsRequest,
  CreatePairsResponse,
  OperateRequest,
  OperateResponse,
  ShowHardwareRequest,
  ShowHardwareResponse,
} from "@bellmesh/wire/quantum-state";
import { AWAITED_TIMER, AwaitedPairs } from "./awaited-pairs.ts";
import { calibrated, recordedHardware, restore, whyOtherPlatform } from "./calibration.ts";
import { carriedOut } from "./carried-out.ts";
import { checkClock } from "./clock-promise.ts";
import type { QuantumStateConfig } from "./config.ts";
import type { NatureCounters } from "./counters.ts";
import { end } from "./ending.ts";
import { PairBudget } from "./fidelity-budget.ts";
import { type EntangledPair, Half } from "./half.ts";
import type { Hardware } from "./hardware-timeline.ts";
import { endedUnwanted, pairHeralded } from "./heralded-record.ts";
import { heralded } from "./heralded-state.ts";
import {
  attemptsMatter,
  mayCome,
  pairNumber,
  type Station,
  seriesStarted,
  seriesStopped,
  stationGone,
  stationOf,
} from "./heralding-stations.ts";
import { HELD_MAX } from "./local-operations.ts";
import { Operation } from "./operation.ts";
import { QubitHolder } from "./qubit-holder.ts";
import { whyOutOfBounds } from "./stated-bounds.ts";

const nothing: readonly Effect[] = Object.freeze([]);

/** A node that is gone for so long has lost what it held. */
const LEASE_NS = 10_000_000_000;
const LEASE_TIMER = "lease:";
/** Under it a node's latest calibration is kept over a restart. */
const HARDWARE_KEY = "hardware:";

/** A node-controller's stream. `incarnation` is undefined until it has attached. */
interface Operator {
  readonly holder: QubitHolder;
  incarnation: number | undefined;
}

/**
 * The joint quantum state of every qubit, and the true clocks of the nodes that operate on them.
 * It tells a node only what that node's own operations would; engine, register and fidelity go to the ledger alone.
 */
export class Nature {
  readonly counters: NatureCounters = {
    pairsCreated: 0,
    permissionDenied: 0,
    notHeld: 0,
    stale: 0,
    invalid: 0,
    emulatorLimit: 0,
    lostInCrash: 0,
  };
  readonly #context: Context<QuantumStateConfig>;
  readonly #holders = new Map<string, QubitHolder>();
  readonly #operators = new Map<Stream<OperateResponse>, Operator>();
  /** By link. */
  readonly #stations = new Map<string, Station>();
  readonly #stationStreams = new Map<Stream, Station>();
  readonly #corrections = new ClockCorrections();
  readonly #awaited = new AwaitedPairs();

  constructor(context: Context<QuantumStateConfig>) {
    this.#context = context;
    const { topology } = context.config;
    const clocks = new NodeClocks(context.entropy, topology.clock);
    for (const node of topology.nodes) {
      this.#holders.set(node.name, new QubitHolder(node, clocks.of(node.name), context.entropy));
    }
    for (const link of topology.links) this.#stations.set(link.name, stationOf(link, this.#holders));
  }

  /** With a former incarnation every qubit there was is gone, and nobody else may know of them all. */
  started(incarnation: number, recovered: ReadonlyMap<string, Uint8Array>): readonly Effect[] {
    for (const [name, holder] of this.#holders) {
      const kept = recovered.get(`${HARDWARE_KEY}${name}`);
      if (kept) restore(holder.hardware, HardwareChanged.decode(kept));
    }
    if (incarnation <= 1) return [effect.health(true)];
    return [effect.health(true), effect.record({ $case: "natureRestarted", natureRestarted: {} })];
  }

  /** A segment of a node's disciplined clock; only the node itself may publish it, and the newest counts. */
  correctClock(now: Instant, correction: ClockCorrection, subject: string): readonly Effect[] {
    const holder = this.#holders.get(correction.node);
    const segment = holder && this.#corrections.admit(correction, subject);
    if (!segment) return nothing;
    const intervalNs = this.#context.config.topology.clock.syncIntervalS * SECOND_NS;
    const checked = checkClock(now, holder, this.#holders.get(correction.grandmaster ?? ""), correction, intervalNs);
    holder.clock.correct(segment);
    return checked;
  }

  /** A qubit as it is, for the oracle; undefined where the node holds none of this name. */
  qubitOf(node: string, name: string): Half | undefined {
    return this.#holders.get(node)?.held.get(name);
  }

  // Heralding stations

  stationOpened(stream: Stream<CreatePairsResponse>, from: Address): readonly Effect[] {
    const station = this.#stations.get(placeOf(from, "physical-link"));
    if (!station) return this.#denied(stream, `${from} is no heralding station of this network`);
    this.#stationStreams.set(stream, station);
    return [effect.send(stream, { pair: "", reportAttempts: attemptsMatter(station) })];
  }

  stationEnded(now: Instant, stream: Stream): readonly Effect[] {
    const station = this.#stationStreams.get(stream);
    this.#stationStreams.delete(stream);
    return station ? stationGone(station, now) : nothing;
  }

  createPair(now: Instant, request: CreatePairsRequest, stream: Stream<CreatePairsResponse>): readonly Effect[] {
    const station = this.#stationStreams.get(stream);
    if (!station) return nothing; // still under way when the stream was closed
    const { first, second, link } = station;
    if (request.seriesStarted) {
      const refused = seriesStarted(station, request.seriesStarted);
      if (refused) this.#stationStreams.delete(stream);
      return refused ? [effect.close(stream, refused)] : nothing;
    }
    if (request.seriesStopped) return seriesStopped(station, request.seriesStopped);
    const { pair, announced } = request;
    const number = pairNumber(station, pair);
    if (request.firstNode !== first.name || request.secondNode !== second.name || !number) {
      this.#stationStreams.delete(stream);
      return this.#denied(stream, `the station of ${link.name} makes no pair ${pair} of its ends`);
    }
    const confirmed = effect.send(stream, { pair });
    if (!mayCome(station, number)) return [confirmed]; // it was made, or another has come since
    const entangled: EntangledPair = {
      first: undefined,
      second: undefined,
      intended: announced,
      recorded: false,
      budget: new PairBudget(),
    };
    const firstHalf = new Half(first, pair, entangled, request.firstEmitted);
    const secondHalf = new Half(second, pair, entangled, request.secondEmitted);
    const infidelity = announced ? heralded(firstHalf, secondHalf, request, announced) : "announced is absent";
    if (typeof infidelity === "string") {
      this.#stationStreams.delete(stream);
      return [effect.close(stream, failure(Code.INVALID_ARGUMENT, `${pair}: ${infidelity}`, "INVALID_PAIR"))];
    }
    station.latest = number;
    entangled.budget.herald = infidelity;
    // It is in the ledger before anybody is told of it, or does anything to it.
    const effects = [pairHeralded(request)];
    if (first.held.size >= HELD_MAX || second.held.size >= HELD_MAX) effects.push(this.#full(first.name, pair));
    else this.#make(entangled, firstHalf, secondHalf);
    for (const half of [firstHalf, secondHalf]) {
      if (!half.holder.unwanted.delete(pair)) continue;
      effects.push(endedUnwanted(pair, half.holder.name));
      end(half);
    }
    effects.push(confirmed);
    for (const { request, stream, lateNs } of this.#awaited.take(pair)) {
      effects.push(...this.operate(now, request, stream, lateNs));
    }
    if (first.attachedOn !== undefined && second.attachedOn !== undefined) return effects;
    for (const holder of [first, second]) if (holder.attachedOn === undefined) lease(now, effects, holder);
    return effects;
  }

  #make(pair: EntangledPair, first: Half, second: Half): void {
    pair.first = first;
    pair.second = second;
    first.holder.held.set(first.name, first);
    second.holder.held.set(second.name, second);
    this.counters.pairsCreated += 1;
  }

  // Hardware

  /**
   * A node's hardware is to be something else from an instant on. It is made durable first: what is answered, or told
   * to anybody, no crash takes back. What is asked meanwhile waits.
   */
  calibrate(now: Instant, request: CalibrateRequest, details: CallDetails<CalibrateResponse>): readonly Effect[] {
    const { call, from } = details;
    const asked = request.hardware;
    const holder = this.#holderFor(asked?.node ?? "", from);
    if (!asked || "code" in holder) return [effect.fail(call, holder as Status)];
    if (holder.calibrating) {
      holder.calibrationsAsked.push({ request, details });
      return nothing;
    }
    const at = asked.at === 0 ? now : asked.at;
    const hardware =
      whyOtherPlatform(asked, holder.platform) ??
      whyOutOfBounds(asked, request.bounds) ??
      calibrated(asked, at, holder.hardware.decided);
    if ("code" in hardware) {
      this.counters.invalid += 1;
      return [effect.fail(call, hardware)];
    }
    holder.calibrating = { hardware, call };
    const kept = HardwareChanged.encode(recordedHardware(holder.name, hardware)).finish();
    return [effect.store(`${HARDWARE_KEY}${holder.name}`, kept)];
  }

  /** A calibration is durable: nature goes by it, and says so. What was asked meanwhile is looked at now. */
  stored(now: Instant, key: string): readonly Effect[] {
    const holder = this.#holders.get(key.slice(HARDWARE_KEY.length));
    if (!holder?.calibrating) return nothing;
    const { hardware, call } = holder.calibrating;
    holder.calibrating = undefined;
    const effects: Effect[] = [];
    this.#putInForce(now, effects, holder, hardware, call);
    while (!holder.calibrating) {
      const next = holder.calibrationsAsked.shift();
      if (!next) break;
      effects.push(...this.calibrate(now, next.request, next.details));
    }
    return effects;
  }

  /** Waits under way take each stretch as it was. */
  #putInForce(
    now: Instant,
    effects: Effect[],
    holder: QubitHolder,
    hardware: Hardware,
    call: Call<CalibrateResponse>,
  ): void {
    const hardwareChanged = recordedHardware(holder.name, holder.hardware.calibrate(now, hardware));
    effects.push(effect.record({ $case: "hardwareChanged", hardwareChanged }));
    effects.push(effect.respond(call, { hardware: hardwareChanged }));
    for (const [stream, station] of this.#stationStreams) {
      if (station.first !== holder && station.second !== holder) continue;
      effects.push(effect.send(stream, { pair: "", reportAttempts: attemptsMatter(station) }));
    }
    const announced = recordedHardware(holder.name, hardware);
    for (const [stream, { incarnation }] of this.#operators) {
      if (incarnation !== undefined) announce(effects, stream, announced);
    }
  }

  /** The hardware of a node that was decided last, whatever faults make of it. */
  showHardware({ node }: ShowHardwareRequest, { call, from }: CallDetails<ShowHardwareResponse>): readonly Effect[] {
    const holder = this.#holderFor(node, from);
    if ("code" in holder) return [effect.fail(call, holder)];
    return [effect.respond(call, { hardware: recordedHardware(node, holder.hardware.decided) })];
  }

  /** The node whose hardware somebody asks for, or why not. */
  #holderFor(node: string, from: Address): QubitHolder | Status {
    const holder = this.#holders.get(node);
    if (!holder) {
      return failure(Code.NOT_FOUND, `node is ${JSON.stringify(node)}: name a node of the network`, "NO_SUCH_NODE");
    }
    const foreign = from.endsWith("/nature") ? undefined : refusalOfForeign(from, node, `hardware of ${node}`);
    if (foreign) this.counters.permissionDenied += 1;
    return foreign ?? holder;
  }

  /** A fault of a node's hardware, or of its oscillator, has begun or ended. */
  befallen(now: Instant, change: FaultChange): readonly Effect[] {
    const { target, kind } = change.fault;
    const holder = "node" in target ? this.#holders.get(target.node) : undefined;
    if (!holder) return nothing;
    if (kind === "clock-drift") {
      driftClock(holder.clock, change, now);
      return nothing;
    }
    const hardwareChanged = recordedHardware(holder.name, holder.hardware.befallen(now, change));
    return [effect.record({ $case: "hardwareChanged", hardwareChanged })];
  }

  // Nodes

  operatorOpened(stream: Stream<OperateResponse>, from: Address): readonly Effect[] {
    const holder = this.#holders.get(placeOf(from, "node-controller"));
    if (!holder) return this.#denied(stream, `${from} is no node-controller of this network`);
    this.#operators.set(stream, { holder, incarnation: undefined });
    return nothing;
  }

  /** What the node held is lost unless it comes back in time. */
  operatorEnded(now: Instant, stream: Stream<OperateResponse>): readonly Effect[] {
    const holder = this.#operators.get(stream)?.holder;
    this.#operators.delete(stream);
    if (!holder || holder.attachedOn !== stream) return nothing;
    holder.attachedOn = undefined;
    const effects: Effect[] = [];
    lease(now, effects, holder);
    return effects;
  }

  timer(now: Instant, timer: string): readonly Effect[] {
    const effects: Effect[] = [];
    if (timer === AWAITED_TIMER) {
      for (const { request, stream, lateNs } of this.#awaited.lapsed(now, effects)) {
        effects.push(...this.#carryOut(now, request, stream, lateNs));
      }
      return effects;
    }
    const holder = timer.startsWith(LEASE_TIMER) ? this.#holders.get(timer.slice(LEASE_TIMER.length)) : undefined;
    if (!holder) return nothing;
    holder.isLeased = false;
    this.#lose(effects, holder);
    return effects;
  }

  /**
   * An operation on a pair that nature has not heard of yet waits for it.
   * @param lateNs by how much the emulator has made the operation late: what it waited for so is not the memory's loss
   */
  operate(now: Instant, request: OperateRequest, stream: Stream<OperateResponse>, lateNs: number): readonly Effect[] {
    const operator = this.#operators.get(stream);
    const awaited = operator && this.#awaited.neededBy(request, operator.holder);
    if (awaited !== undefined) return this.#awaited.park(now, awaited, { request, stream, lateNs });
    return this.#carryOut(now, request, stream, lateNs);
  }

  #carryOut(now: Instant, request: OperateRequest, stream: Stream<OperateResponse>, lateNs: number): readonly Effect[] {
    const operator = this.#operators.get(stream);
    if (!operator) return nothing; // still under way when the stream was closed
    const { operation: asked } = request;
    if (asked?.$case === "attach") {
      const attached = this.#attach(now, stream, operator, asked.attach.incarnation);
      const isAttached = this.#operators.get(stream)?.incarnation !== undefined;
      const answer = effect.send(stream, { operationId: request.operationId, outcome: undefined });
      return isAttached ? [...attached, answer] : attached;
    }
    const { holder } = operator;
    if (operator.incarnation === undefined || operator.incarnation !== holder.incarnation) {
      return this.#notAttached(stream);
    }
    const atNs = holder.clock.trueAt(request.at as Instant);
    const operation = new Operation(holder, atNs, this.counters, stream, request.operationId, lateNs);
    return carriedOut(operation, request);
  }

  /** A higher incarnation than before has lost every qubit the node held. It is told what has been calibrated. */
  #attach(now: Instant, stream: Stream<OperateResponse>, operator: Operator, incarnation: number): readonly Effect[] {
    const { holder } = operator;
    const before = holder.incarnation;
    if (before !== undefined && incarnation < before) return this.#notAttached(stream);
    operator.incarnation = incarnation;
    holder.incarnation = incarnation;
    holder.attachedOn = stream;
    const effects: Effect[] = [];
    if (holder.isLeased) effects.push(effect.cancelTimer(`${LEASE_TIMER}${holder.name}`));
    holder.isLeased = false;
    if (before !== undefined && incarnation > before) this.#lose(effects, holder);
    for (const { name, hardware } of this.#holders.values()) {
      for (const one of hardware.announced(now)) announce(effects, stream, recordedHardware(name, one));
    }
    return effects;
  }

  #lose(effects: Effect[], holder: QubitHolder): void {
    for (const half of holder.held.values()) {
      // A delivered half has had its outcome; a fresh qubit is no half of a pair.
      if (!half.delivered && half.isOfPair) {
        const halfEnded = { pair: half.name, node: holder.name, outcome: Outcome.LOST_CRASH };
        effects.push(effect.record({ $case: "halfEnded", halfEnded }));
        this.counters.lostInCrash += 1;
      }
      end(half, "lost");
    }
  }

  #notAttached(stream: Stream<OperateResponse>): readonly Effect[] {
    this.#operators.delete(stream);
    const message = "a stream attaches first, and a later incarnation of the node ends the streams of earlier ones";
    return [effect.close(stream, failure(Code.FAILED_PRECONDITION, message, "NOT_ATTACHED"))];
  }

  #denied(stream: Stream, message: string): readonly Effect[] {
    this.counters.permissionDenied += 1;
    return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "PERMISSION_DENIED"))];
  }

  #full(node: string, pair: string): Effect {
    this.counters.emulatorLimit += 1;
    const limit = `more than ${HELD_MAX} qubits of one node`;
    return effect.record({ $case: "emulatorLimit", emulatorLimit: { node, pairs: [pair], limit } });
  }
}

function lease(now: Instant, effects: Effect[], holder: QubitHolder): void {
  if (holder.isLeased) return;
  holder.isLeased = true;
  effects.push(effect.setTimer(`${LEASE_TIMER}${holder.name}`, after(now, LEASE_NS)));
}

/** What has been measured anew is told to a node: its own hardware or another's, but nothing of any state. */
function announce(effects: Effect[], stream: Stream<OperateResponse>, hardware: HardwareChanged): void {
  effects.push(effect.send(stream, { operationId: 0, outcome: { $case: "hardware", hardware } }));
}

/** The place of an address of this service, or "". */
function placeOf(address: Address, service: string): string {
  const slash = address.indexOf("/");
  return address.slice(0, slash) === service ? address.slice(slash + 1) : "";
}
