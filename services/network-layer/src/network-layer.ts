import { Inbox, Outbox, REPEAT_TIMER } from "@bellmesh/feedforward";
import {
  type Address,
  type Call,
  type CallDetails,
  type Effect,
  type Entropy,
  effect,
  refusalOfForeign,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { classicalDelayNs, HardwareInForce, type Topology } from "@bellmesh/topology";
import { after, type FeedforwardKind, type Instant, pairId, publisherOf } from "@bellmesh/wire";
import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import type { CancelResponse, EventsResponse } from "@bellmesh/wire/link-layer";
import type {
  Confirm,
  GetCountersResponse,
  ListCircuitsResponse,
  SignalRequest,
  SignalResponse,
  SubmitRequest,
  SubmitResponse,
  WithdrawRequest,
  WithdrawResponse,
} from "@bellmesh/wire/network-layer";
import { HalfEnd, type HalvesResponse } from "@bellmesh/wire/node-controller";
import { CircuitSignalling } from "./circuit-signalling.ts";
import { CircuitTable } from "./circuit-table.ts";
import { CircuitTraffic } from "./circuit-traffic.ts";
import { Confirmations } from "./confirmations.ts";
import { HeadEnd } from "./head-end.ts";
import { type InstalledCircuit, nodeOn } from "./installed-circuit.ts";
import { LinkLayerConnection } from "./link-layer-connection.ts";
import { MemoryConnection } from "./memory-connection.ts";
import { linkLayerMethods } from "./methods.ts";
import { Neighbours } from "./neighbours.ts";
import { RequestSignalling } from "./request-signalling.ts";
import type { HeldHalf, Surroundings } from "./virtual-circuit.ts";

const CANCEL_DEADLINE_NS = 2_000_000_000;
/** Something that was announced is in force now. */
const HARDWARE_TIMER = "hardware";

/**
 * The network layer of one node: gives every input to the part it is for. `HeadEnd` holds this node's requests,
 * `CircuitSignalling` and `RequestSignalling` talk with the neighbours, every installed circuit has its `CircuitEnd`
 * or `SwapPoint`.
 */
export class NetworkLayer {
  readonly #node: string;
  readonly #memory: MemoryConnection;
  readonly #linkLayer: LinkLayerConnection;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #neighbours: Neighbours;
  readonly #confirmations: Confirmations;
  readonly #table: CircuitTable;
  readonly #requests: RequestSignalling;
  readonly #circuits: CircuitSignalling;
  readonly #headEnd: HeadEnd;
  readonly #traffic: CircuitTraffic;
  readonly #hardware: HardwareInForce;
  #feedforwardMissed = 0;

  constructor(topology: Topology, node: string, entropy: Entropy) {
    this.#node = node;
    const numbers = new StreamNumbers();
    this.#memory = new MemoryConnection(node, numbers);
    // A later stream supersedes the one before, and tells the memory manager that nothing of before is wanted.
    this.#linkLayer = new LinkLayerConnection(node, numbers, (effects) => this.#memory.open(effects));
    this.#outbox = new Outbox(topology.name, node, (to) => classicalDelayNs(topology, node, to));
    this.#inbox = new Inbox(topology.name, node);
    this.#neighbours = new Neighbours(topology, node, numbers);
    this.#confirmations = new Confirmations(this.#memory, this.#neighbours);
    this.#table = new CircuitTable(topology, node);
    this.#hardware = new HardwareInForce(topology);
    const surroundings: Surroundings = {
      memory: (effects, message) => this.#memory.send(effects, message),
      track: (now, effects, to, track, measuredAt, notAfter) =>
        this.#outbox.send(now, effects, to, "track", { $case: "track", track }, measuredAt, notAfter),
      expire: (now, effects, to, expire) =>
        this.#outbox.send(now, effects, to, "expire", { $case: "expire", expire }, now, 0),
    };
    this.#traffic = new CircuitTraffic(this.#table, surroundings);
    this.#requests = new RequestSignalling(this.#neighbours, surroundings);
    this.#circuits = new CircuitSignalling(
      this.#hardware,
      node,
      this.#table,
      this.#neighbours,
      this.#requests,
      surroundings,
      this.#linkLayer,
      {
        progressed: (now, effects, request) => this.#headEnd.progressed(now, effects, request),
        missed: () => {
          this.#feedforwardMissed += 1;
        },
        counted: (effects, circuit, requestId, sum) => this.#confirmations.counted(effects, circuit, requestId, sum),
        installed: (now, effects, installed) => this.#headEnd.installed(now, effects, installed),
        refused: (_now, effects, installed, why) => this.#headEnd.refused(effects, installed, why),
        closed: (now, effects, installed) => this.#headEnd.closed(now, effects, installed),
      },
    );
    const chance = entropy.stream(`network-layer.${node}.patience`);
    this.#headEnd = new HeadEnd(this.#hardware, node, this.#circuits, this.#requests, surroundings, chance);
  }

  started(incarnation: number): Effect[] {
    const effects: Effect[] = [];
    this.#outbox.start(incarnation);
    this.#table.start(incarnation);
    this.#headEnd.start(incarnation);
    this.#memory.start(effects, incarnation);
    this.#linkLayer.start(effects);
    this.#neighbours.start(effects, incarnation);
    return effects;
  }

  // ——— From this node's controller, and from tools ———

  submit(now: Instant, request: SubmitRequest, details: CallDetails<SubmitResponse>): Effect[] {
    const foreign = this.#refuseForeign(details.from);
    if (foreign) return [effect.fail(details.call, foreign)];
    const effects: Effect[] = [];
    this.#headEnd.submit(now, effects, request, details);
    return effects;
  }

  withdraw(now: Instant, request: WithdrawRequest, { call, from }: CallDetails<WithdrawResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const effects: Effect[] = [];
    this.#headEnd.withdraw(now, effects, request, call);
    return effects;
  }

  listCircuits(call: Call<ListCircuitsResponse>): Effect[] {
    const circuits = [...this.#table.all()].map(({ circuit, state, active }) => ({
      circuit: circuit.id,
      nodes: [...circuit.nodes],
      state,
      activeRequests: active.size,
    }));
    return [effect.respond(call, { circuits })];
  }

  counters(call: Call<GetCountersResponse>): Effect[] {
    const missed = this.#feedforwardMissed;
    const { pending } = this.#outbox;
    return [effect.respond(call, { ...this.#outbox.counters, ...this.#inbox.counters, missed, pending })];
  }

  // ——— From the neighbours: signalling ———

  signalOpened(now: Instant, stream: Stream<SignalResponse>, from: Address): Effect[] {
    const effects: Effect[] = [];
    const lost = this.#neighbours.opened(effects, stream, from);
    if (lost !== undefined) this.#circuits.neighbourLost(now, effects, lost, "upstream");
    return effects;
  }

  /** From the upstream neighbour. */
  signalled(now: Instant, { message }: SignalRequest, stream: Stream<SignalResponse>): Effect[] {
    const effects: Effect[] = [];
    const upstream = this.#neighbours.upstreamOn(stream);
    if (upstream === undefined) return effects; // superseded
    switch (message?.$case) {
      case "path":
        this.#circuits.path(now, effects, message.path, upstream);
        break;
      case "forward": {
        const installed = this.#over(message.forward.circuit, upstream);
        if (installed) this.#requests.forwarded(now, effects, installed, message.forward);
        break;
      }
      case "complete": {
        const installed = this.#over(message.complete.circuit, upstream);
        if (installed) this.#requests.completed(now, effects, installed, message.complete);
        break;
      }
      case "teardown":
        this.#circuits.tornDown(now, effects, message.teardown, upstream, "upstream");
        break;
      default:
        break; // a hello needs no answer beyond ours
    }
    return effects;
  }

  /** From the downstream neighbour. */
  answered(now: Instant, { message }: SignalResponse, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    const downstream = this.#neighbours.downstreamOn(stream);
    if (downstream === undefined) return effects;
    if (message?.$case === "resv") this.#circuits.reserved(now, effects, message.resv, downstream);
    else if (message?.$case === "teardown") {
      this.#circuits.tornDown(now, effects, message.teardown, downstream, "downstream");
    } else if (message?.$case === "confirm") this.#confirmed(now, effects, message.confirm, downstream);
    return effects;
  }

  #confirmed(now: Instant, effects: Effect[], confirm: Confirm, downstream: string): void {
    const circuit = this.#table.get(confirm.circuit)?.circuit;
    if (!circuit || circuit.nodes[circuit.position + 1] !== downstream) return;
    if (circuit.position > 0) this.#neighbours.up(effects, circuit, { $case: "confirm", confirm });
    else this.#headEnd.confirmed(now, effects, confirm);
  }

  signalEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    const lost = this.#neighbours.servedEnded(stream);
    if (lost !== undefined) this.#circuits.neighbourLost(now, effects, lost, "upstream");
    return effects;
  }

  uplinkEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    const lost = this.#neighbours.uplinkEnded(now, effects, stream);
    if (lost !== undefined) this.#circuits.neighbourLost(now, effects, lost, "downstream");
    return effects;
  }

  // ——— From this node's link layer ———

  linkEvent(now: Instant, response: EventsResponse): Effect[] {
    const effects: Effect[] = [];
    const { event, link } = response;
    this.#linkLayer.heard(response);
    if (event?.$case === "ok") {
      const { pair, bellIndex, goodness, emittedAt } = event.ok;
      const labelled = this.#table.labelled(link, response.purposeId);
      if (!labelled || !bellIndex || !goodness) {
        this.#unlabelled(now, effects, response, pair);
        return effects;
      }
      const { installed, side } = labelled;
      if (response.originatedHere && installed.generation?.isLeftover(response.createId)) {
        this.#cancelCreate(now, effects, response.createId);
      }
      const half: HeldHalf = { pair, bellIndex, goodness, emittedAt: emittedAt as Instant };
      const active = installed.active.size > 0 && installed.state === "installed";
      installed.swapPoint?.linkOk(now, effects, side, half, active);
      installed.end?.linkOk(now, effects, half, active);
    } else if (event?.$case === "expire") {
      const { stationIncarnation, sequenceLow, sequenceHigh } = event.expire;
      for (let sequence = sequenceLow; sequence < sequenceHigh; sequence += 1) {
        this.#traffic.voided(now, effects, link, pairId(link, stationIncarnation, sequence));
      }
    } else if (event?.$case === "err") {
      for (const installed of [...this.#table.all()]) {
        const { generation } = installed;
        if (generation?.link !== link || !generation.ended(response.createId)) continue;
        this.#circuits.tearDown(now, effects, installed, `link ${link} ended generation`);
      }
    }
    return effects;
  }

  created(now: Instant, call: Call, createId: number): Effect[] {
    const effects: Effect[] = [];
    for (const { generation } of this.#table.all()) {
      if (generation?.created(now, effects, call, createId)) return effects;
    }
    this.#cancelCreate(now, effects, createId); // its circuit has been torn down and forgotten meanwhile
    return effects;
  }

  createFailed(now: Instant, call: Call, status: Status): Effect[] {
    const effects: Effect[] = [];
    for (const installed of this.#table.all()) {
      if (!installed.generation?.failed(call)) continue;
      const reason = `link ${installed.generation.link} refused generation: ${status.message}`;
      this.#circuits.tearDown(now, effects, installed, reason);
      break;
    }
    return effects;
  }

  /** What the link layer told last may be lost: everything this node holds for circuits is given up. */
  linkEventsEnded(now: Instant, stream: Stream, status: Status): Effect[] {
    const effects: Effect[] = [];
    if (!this.#linkLayer.ended(now, effects, stream, status)) return effects;
    this.#giveUpHalves(now, effects, `${this.#node} lost its link layer`);
    return effects;
  }

  // ——— From this node's quantum memory ———

  memoryAnswered(now: Instant, { message }: HalvesResponse): Effect[] {
    const effects: Effect[] = [];
    if (message?.$case === "swapped") {
      this.#table.get(message.swapped.circuit)?.swapPoint?.swapped(now, effects, message.swapped);
    } else if (message?.$case === "lost") {
      this.#traffic.lost(now, effects, message.lost.pair);
    } else if (message?.$case === "moving") {
      this.#traffic.moving(message.moving.pair, message.moving.startedAt as Instant);
    } else if (message?.$case === "hardware") {
      this.#calibrated(now, effects, message.hardware);
    } else if (message?.$case === "attached") {
      this.#memory.attached(now, effects);
    } else if (message?.$case === "settled") {
      this.#memory.settled(message.settled);
      this.#headEnd.settled(now, effects, message.settled);
      this.#confirmations.settled(effects, message.settled);
    }
    return effects;
  }

  /** What circuits promise, and what their pairs are worth, goes by what is in force from then on. */
  #calibrated(now: Instant, effects: Effect[], hardware: HardwareChanged): void {
    if (this.#hardware.learn(now, hardware)) this.#hardwareDue(now, effects);
  }

  #hardwareDue(now: Instant, effects: Effect[]): void {
    const nextNs = this.#hardware.nextNs(now);
    if (nextNs !== undefined) effects.push(effect.setTimer(HARDWARE_TIMER, nextNs as Instant));
    if (!this.#hardware.advance(now)) return;
    for (const { end } of this.#table.all()) end?.renew();
    this.#headEnd.hardwareChanged(now, effects);
  }

  /** The memory manager ends the sessions of requests here by itself: it may have lost more than we know of. */
  memoryEnded(now: Instant, stream: Stream, status: Status): Effect[] {
    const effects: Effect[] = [];
    if (!this.#memory.ended(now, effects, stream)) return effects;
    // Superseded by an earlier stream that came late: the memory manager is there, and so are its sessions.
    if (status.reason !== "SUPERSEDED") this.#headEnd.abandon(effects);
    this.#giveUpHalves(now, effects, `${this.#node} lost its quantum memory manager`);
    return effects;
  }

  // ——— From the bus ———

  feedforward(now: Instant, message: Feedforward, subject: string): Effect[] {
    const effects: Effect[] = [];
    const { payload } = message;
    if (payload?.$case !== "track" && payload?.$case !== "expire") return effects;
    const kind: FeedforwardKind = payload.$case;
    const from = publisherOf(subject);
    // A TRACK that is late is applied all the same: the ends judge lateness by their own halves' deadlines.
    if (this.#inbox.admit(now, effects, from, kind, message) === "duplicate") return effects;
    if (payload.$case === "track") {
      this.#traffic.track(now, effects, from, payload.track, message.measuredAt as Instant, message.notAfter);
    } else {
      this.#traffic.expire(now, effects, from, payload.expire);
    }
    return effects;
  }

  acknowledged(message: Acknowledgement, subject: string): Effect[] {
    const effects: Effect[] = [];
    this.#outbox.acknowledged(effects, publisherOf(subject), message);
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    if (timer === REPEAT_TIMER) return this.#outbox.repeat(now);
    const effects: Effect[] = [];
    if (timer === HARDWARE_TIMER) this.#hardwareDue(now, effects);
    else if (timer === this.#memory.timer) this.#memory.open(effects);
    else if (timer === this.#linkLayer.timer) this.#linkLayer.listen(effects);
    else if (!this.#headEnd.timer(now, effects, timer) && !this.#neighbours.timer(effects, timer)) {
      const installed = this.#table.get(timer.slice(timer.indexOf(":") + 1));
      if (timer === installed?.swapPoint?.cutoffTimer) installed.swapPoint.cutoff(now, effects);
      else if (timer === installed?.end?.timer) installed.end.due(now, effects);
    }
    return effects;
  }

  /** No circuit knows this label: its pair is worth nothing here, and a create of ours for it is a leftover. */
  #unlabelled(now: Instant, effects: Effect[], { link, createId, originatedHere }: EventsResponse, pair: string): void {
    const discard = { pair, reason: HalfEnd.DISCARDED, requestId: "", pairSequence: 0, feedforwardMissed: false };
    this.#memory.send(effects, { $case: "discard", discard });
    this.#traffic.voided(now, effects, link, pair);
    if (originatedHere) this.#cancelCreate(now, effects, createId);
  }

  #giveUpHalves(now: Instant, effects: Effect[], reason: string): void {
    for (const installed of [...this.#table.all()]) {
      this.#circuits.tearDown(now, effects, installed, reason);
      installed.swapPoint?.abandon(now, effects);
      installed.end?.abandon(now, effects);
    }
  }

  #cancelCreate(now: Instant, effects: Effect[], createId: number): void {
    const call = this.#linkLayer.next<CancelResponse>();
    const deadline = after(now, CANCEL_DEADLINE_NS);
    effects.push(effect.call(call, this.#linkLayer.address, linkLayerMethods.cancel, { createId }, deadline));
  }

  /** A circuit whose neighbour upstream is the one that speaks of it. */
  #over(circuit: string, upstream: string): InstalledCircuit | undefined {
    const installed = this.#table.get(circuit);
    return installed && nodeOn(installed, "upstream") === upstream ? installed : undefined;
  }

  #refuseForeign(from: Address): Status | undefined {
    return refusalOfForeign(from, this.#node, `the network layer of ${this.#node}`);
  }
}
