import { Inbox, Outbox, REPEAT_TIMER } from "@bellmesh/feedforward";
import {
  type Address,
  type Call,
  type CallDetails,
  Code,
  type Effect,
  effect,
  failure,
  StandingStream,
  type Status,
  type Stream,
  StreamNumbers,
} from "@bellmesh/mesh";
import { classicalDelayNs, linksOf, nodeNamed, type Topology, type TopologyNode } from "@bellmesh/topology";
import { after, type FeedforwardKind, type Instant, pairId, publisherOf } from "@bellmesh/wire";
import type { Acknowledgement, Expire, Feedforward, Track } from "@bellmesh/wire/feedforward";
import type { EventsRequest, EventsResponse } from "@bellmesh/wire/link-layer";
import type {
  Complete,
  Forward,
  ListCircuitsResponse,
  Path,
  Resv,
  SignalRequest,
  SignalResponse,
  SubmitRequest,
  SubmitResponse,
  WithdrawRequest,
  WithdrawResponse,
} from "@bellmesh/wire/network-layer";
import { EndReason, HalfEnd, type HalvesRequest, type HalvesResponse } from "@bellmesh/wire/node-controller";
import { routeFor } from "./admission.ts";
import { CircuitEnd } from "./circuit-end.ts";
import { CallNumbers, ContinuousGeneration } from "./continuous-generation.ts";
import type { InstalledCircuit } from "./installed-circuit.ts";
import { linkLayerMethods, memoryMethods, networkLayerMethods } from "./methods.ts";
import { pathBudget } from "./path-budget.ts";
import type { HeadRequest, RequestTerms } from "./request.ts";
import { SwapPoint } from "./swap-point.ts";
import type { HeldHalf, Side, Surroundings, VirtualCircuit } from "./virtual-circuit.ts";

/** How often a head-end tries again to install a circuit that was lost or never answered. */
const REINSTALL_AFTER_NS = 1_000_000_000;
const INSTALL_TIMER = "install";
const REQUEST_TIMER = "request";

interface Neighbour {
  readonly uplink: StandingStream<SignalRequest, SignalResponse>;
  served: Stream<SignalResponse> | undefined;
}

/** What a head-end keeps of a circuit it wants: enough to install it anew. */
interface Wanted {
  readonly nodes: readonly string[];
  readonly links: readonly string[];
  readonly requests: HeadRequest[];
  /** The circuit that serves it now, if any. */
  circuitId: string | undefined;
}

/** The network layer of one node: routing and signalling, and this node's part in every circuit. */
export class NetworkLayer {
  readonly memory: StandingStream<HalvesRequest, HalvesResponse>;
  readonly linkEvents: StandingStream<EventsRequest, EventsResponse>;
  readonly #topology: Topology;
  readonly #node: TopologyNode;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #surroundings: Surroundings;
  readonly #calls = new CallNumbers();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #circuits = new Map<string, InstalledCircuit>();
  readonly #labels = new Map<string, { readonly installed: InstalledCircuit; readonly side: Side }>();
  readonly #nextLabel = new Map<string, number>();
  /** By destination and minimum fidelity: requests of the same kind share a circuit. */
  readonly #wanted = new Map<string, Wanted>();
  readonly #requests = new Map<string, { readonly request: HeadRequest; readonly wanted: Wanted }>();
  #lastLinkEvent = 0;
  #incarnation = 0;
  #lastCircuit = 0;
  #feedforwardMissed = 0;

  constructor(topology: Topology, node: string) {
    this.#topology = topology;
    this.#node = nodeNamed(topology, node) as TopologyNode;
    this.#outbox = new Outbox(topology.name, node, (to) => classicalDelayNs(topology, node, to));
    this.#inbox = new Inbox(topology.name, node);
    const numbers = new StreamNumbers();
    this.memory = new StandingStream(`node-controller/${node}`, memoryMethods.halves, numbers);
    this.linkEvents = new StandingStream(`link-layer/${node}`, linkLayerMethods.events, numbers);
    for (const link of linksOf(topology, node)) {
      const other = link.ends[0] === node ? link.ends[1] : link.ends[0];
      if (this.#neighbours.has(other)) continue;
      const uplink = new StandingStream(`network-layer/${other}`, networkLayerMethods.signal, numbers);
      this.#neighbours.set(other, { uplink, served: undefined });
    }
    this.#surroundings = {
      memory: (effects, message) => this.memory.send(effects, { message }),
      track: (now, effects, to, track, measuredAt, notAfter) =>
        this.#outbox.send(now, effects, to, "track", { $case: "track", track }, measuredAt, notAfter),
      expire: (now, effects, to, expire) =>
        this.#outbox.send(now, effects, to, "expire", { $case: "expire", expire }, now, 0),
    };
  }

  /** Feedforward that missed its deadline at an end of a circuit here. */
  get feedforwardMissed(): number {
    return this.#feedforwardMissed;
  }

  started(incarnation: number): Effect[] {
    const effects: Effect[] = [];
    this.#incarnation = incarnation;
    this.#outbox.start(incarnation);
    this.memory.open(effects);
    this.#openLinkEvents(effects);
    for (const { uplink } of this.#neighbours.values()) this.#openUplink(effects, uplink);
    return effects;
  }

  // ——— Requests of this head-end ———

  submit(now: Instant, request: SubmitRequest, { call, from }: CallDetails<SubmitResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    const route = routeFor(this.#topology, this.#node.name, request);
    if ("code" in route) return [effect.fail(call, route)];
    const head: HeadRequest = {
      requestId: request.requestId,
      headEnd: this.#node.name,
      tailEnd: request.to,
      pairs: request.pairs,
      minFidelity: request.minFidelity,
      missPolicy: request.missPolicy,
      graceNs: request.graceNs,
      finalState: request.finalState,
      timeoutAt: request.maxTimeNs === 0 ? undefined : after(now, request.maxTimeNs),
      delivered: 0,
      inTransit: 0,
      lastPairSequence: 0,
      ending: undefined,
    };
    const key = `${request.to} ${request.minFidelity ?? ""}`;
    let wanted = this.#wanted.get(key);
    if (!wanted) {
      wanted = { nodes: route.nodes, links: route.links, requests: [], circuitId: undefined };
      this.#wanted.set(key, wanted);
    }
    wanted.requests.push(head);
    this.#requests.set(head.requestId, { request: head, wanted });
    const { predictedFidelity, nodes } = route;
    const effects: Effect[] = [effect.respond(call, { predictedFidelity, path: [...nodes] })];
    if (head.timeoutAt !== undefined)
      effects.push(effect.setTimer(`${REQUEST_TIMER}:${head.requestId}`, head.timeoutAt));
    const installed = this.#circuits.get(wanted.circuitId ?? "");
    if (installed?.state === "installed") this.#forwardRequest(now, effects, installed, head);
    else if (!installed) this.#install(now, effects, wanted);
    return effects;
  }

  withdraw(now: Instant, { requestId }: WithdrawRequest, { call, from }: CallDetails<WithdrawResponse>): Effect[] {
    const foreign = this.#refuseForeign(from);
    if (foreign) return [effect.fail(call, foreign)];
    if (!this.#requests.has(requestId)) {
      return [effect.fail(call, failure(Code.NOT_FOUND, `request_id: there is no request "${requestId}" here`))];
    }
    const effects: Effect[] = [effect.respond(call, {})];
    this.#endEarly(now, effects, requestId, "withdrawn");
    return effects;
  }

  listCircuits(call: Call<ListCircuitsResponse>): Effect[] {
    const circuits = [...this.#circuits.values()].map(({ circuit, state, active }) => ({
      circuit: circuit.id,
      nodes: [...circuit.nodes],
      state,
      activeRequests: active.size,
    }));
    return [effect.respond(call, { circuits })];
  }

  // ——— Signalling ———

  signalOpened(stream: Stream<SignalResponse>, from: Address): Effect[] {
    const peer = this.#neighbours.get(from.slice(from.indexOf("/") + 1));
    if (!peer || !from.startsWith("network-layer/")) {
      const message = `${from} is not the network layer of a neighbour of ${this.#node.name}`;
      return [effect.close(stream, failure(Code.PERMISSION_DENIED, message, "NOT_A_NEIGHBOUR"))];
    }
    peer.served = stream;
    return [effect.send(stream, { message: { $case: "hello", hello: { incarnation: this.#incarnation } } })];
  }

  /** From the upstream neighbour. */
  signalled(now: Instant, { message }: SignalRequest, stream: Stream<SignalResponse>): Effect[] {
    const effects: Effect[] = [];
    switch (message?.$case) {
      case "path":
        this.#path(now, effects, message.path, stream);
        break;
      case "forward":
        this.#forwarded(now, effects, message.forward);
        break;
      case "complete":
        this.#completed(now, effects, message.complete);
        break;
      case "teardown":
        this.#tearDown(now, effects, message.teardown.circuit, message.teardown.reason, "downstream");
        break;
      default:
        break; // a hello needs no answer beyond ours
    }
    return effects;
  }

  /** From the downstream neighbour. */
  answered(now: Instant, { message }: SignalResponse): Effect[] {
    const effects: Effect[] = [];
    if (message?.$case === "resv") this.#reserved(now, effects, message.resv);
    if (message?.$case === "teardown") {
      this.#tearDown(now, effects, message.teardown.circuit, message.teardown.reason, "upstream");
    }
    return effects;
  }

  signalEnded(now: Instant, stream: Stream<SignalResponse>): Effect[] {
    const effects: Effect[] = [];
    for (const [name, peer] of this.#neighbours) {
      if (peer.served !== stream) continue;
      peer.served = undefined;
      this.#neighbourLost(now, effects, name, "upstream");
    }
    return effects;
  }

  // ——— Link pairs, the memory, feedforward ———

  linkEvent(now: Instant, response: EventsResponse): Effect[] {
    const effects: Effect[] = [];
    const { event, link } = response;
    this.#lastLinkEvent = response.sequence;
    if (event?.$case === "ok") {
      const { pair, bellIndex, goodness, emittedAt } = event.ok;
      const labelled = this.#labels.get(`${link} ${response.purposeId}`);
      if (!labelled || !bellIndex || !goodness) {
        this.#discardUnlabelled(effects, pair);
        return effects;
      }
      const { installed, side } = labelled;
      const half: HeldHalf = { pair, bellIndex, goodness, emittedAt: emittedAt as Instant };
      const active = installed.active.size > 0 && installed.state === "installed";
      installed.swapPoint?.linkOk(now, effects, side, half, active);
      installed.end?.linkOk(now, effects, half, active);
    } else if (event?.$case === "expire") {
      const { stationIncarnation, sequenceLow, sequenceHigh } = event.expire;
      for (let sequence = sequenceLow; sequence < sequenceHigh; sequence += 1) {
        this.#voided(now, effects, link, pairId(link, stationIncarnation, sequence));
      }
    } else if (event?.$case === "err") {
      const failed = [...this.#circuits.values()].find(
        ({ generation }) => generation?.link === link && generation.createId === response.createId,
      );
      if (failed) this.#tearDownBothWays(now, effects, failed, `link ${link} ended generation`);
    }
    return effects;
  }

  created(now: Instant, call: Call, createId: number): Effect[] {
    const effects: Effect[] = [];
    for (const { generation } of this.#circuits.values()) {
      if (generation?.created(now, effects, call, createId)) break;
    }
    return effects;
  }

  createFailed(now: Instant, call: Call, status: Status): Effect[] {
    const effects: Effect[] = [];
    for (const installed of this.#circuits.values()) {
      if (!installed.generation?.failed(call)) continue;
      const reason = `link ${installed.generation.link} refused generation: ${status.message}`;
      this.#tearDownBothWays(now, effects, installed, reason);
      break;
    }
    return effects;
  }

  memoryAnswered(now: Instant, { message }: HalvesResponse): Effect[] {
    const effects: Effect[] = [];
    if (message?.$case === "swapped") {
      this.#circuits.get(message.swapped.circuit)?.swapPoint?.swapped(now, effects, message.swapped);
    } else if (message?.$case === "lost") {
      for (const { swapPoint } of this.#circuits.values()) swapPoint?.lost(now, effects, message.lost.pair);
    }
    return effects;
  }

  feedforward(now: Instant, message: Feedforward, subject: string): Effect[] {
    const effects: Effect[] = [];
    const { payload } = message;
    if (payload?.$case !== "track" && payload?.$case !== "expire") return effects;
    const kind: FeedforwardKind = payload.$case;
    // A TRACK that is late is applied all the same: the ends judge lateness by their own halves' deadlines.
    if (this.#inbox.admit(now, effects, publisherOf(subject), kind, message) === "duplicate") return effects;
    if (payload.$case === "track") {
      const measuredAt = message.measuredAt as Instant;
      this.#track(now, effects, publisherOf(subject), payload.track, measuredAt, message.notAfter);
    } else {
      const { expire } = payload;
      const installed = this.#circuits.get(expire.circuit);
      installed?.swapPoint?.expire(now, effects, expire);
      installed?.end?.expire(now, effects, expire);
      if (installed) this.#release(installed);
    }
    return effects;
  }

  acknowledged(message: Acknowledgement, subject: string): Effect[] {
    const effects: Effect[] = [];
    this.#outbox.acknowledged(effects, publisherOf(subject), message);
    return effects;
  }

  // ——— Streams and timers ———

  streamEnded(now: Instant, stream: Stream): Effect[] {
    const effects: Effect[] = [];
    this.linkEvents.ended(now, effects, stream);
    if (this.memory.ended(now, effects, stream)) {
      for (const installed of [...this.#circuits.values()]) {
        this.#tearDownBothWays(now, effects, installed, `${this.#node.name} lost its quantum memory manager`);
      }
    }
    for (const [name, { uplink }] of this.#neighbours) {
      if (uplink.ended(now, effects, stream)) this.#neighbourLost(now, effects, name, "downstream");
    }
    return effects;
  }

  timer(now: Instant, timer: string): Effect[] {
    if (timer === REPEAT_TIMER) return this.#outbox.repeat(now);
    const effects: Effect[] = [];
    const [kind, rest] = [timer.slice(0, timer.indexOf(":")), timer.slice(timer.indexOf(":") + 1)];
    if (timer === this.memory.timer) this.memory.open(effects);
    else if (timer === this.linkEvents.timer) this.#openLinkEvents(effects);
    else if (timer === INSTALL_TIMER) this.#reinstall(now, effects);
    else if (kind === "cutoff") this.#circuits.get(rest)?.swapPoint?.cutoff(now, effects);
    else if (kind === "end") this.#endDue(now, effects, rest);
    else if (kind === REQUEST_TIMER) this.#endEarly(now, effects, rest, "timeout");
    else {
      for (const { uplink } of this.#neighbours.values()) {
        if (timer === uplink.timer) this.#openUplink(effects, uplink);
      }
    }
    return effects;
  }

  #openUplink(effects: Effect[], uplink: Neighbour["uplink"]): void {
    uplink.open(effects);
    uplink.send(effects, { message: { $case: "hello", hello: { incarnation: this.#incarnation } } });
  }

  #openLinkEvents(effects: Effect[]): void {
    this.linkEvents.open(effects, { afterSequence: this.#lastLinkEvent });
  }

  #endDue(now: Instant, effects: Effect[], circuitId: string): void {
    const installed = this.#circuits.get(circuitId);
    installed?.end?.due(now, effects);
    if (installed) this.#release(installed);
  }

  #track(now: Instant, effects: Effect[], from: string, track: Track, measuredAt: Instant, notAfter: number): void {
    const installed = this.#circuits.get(track.circuit);
    if (!installed) {
      // A circuit of before a restart, or long gone: what it tracks cannot be confirmed any more.
      const expire: Expire = {
        circuit: track.circuit,
        downstream: !track.downstream,
        linkCorrelator: track.linkCorrelator,
        feedforwardMissed: false,
        requestId: "",
        pairSequence: 0,
      };
      this.#surroundings.expire(now, effects, from, expire);
      return;
    }
    installed.swapPoint?.track(now, effects, track, measuredAt, notAfter);
    installed.end?.track(now, effects, track, measuredAt);
    this.#release(installed);
  }

  #voided(now: Instant, effects: Effect[], link: string, pair: string): void {
    for (const installed of this.#circuits.values()) {
      const at = installed.circuit.links.indexOf(link);
      if (at === -1) continue;
      const side: Side = at === installed.circuit.position ? "downstream" : "upstream";
      installed.swapPoint?.voided(now, effects, side, pair);
      installed.end?.voided(now, effects, pair);
    }
  }

  #discardUnlabelled(effects: Effect[], pair: string): void {
    this.#surroundings.memory(effects, {
      $case: "discard",
      discard: { pair, reason: HalfEnd.DISCARDED, requestId: "", pairSequence: 0, feedforwardMissed: false },
    });
  }

  // ——— Circuits: installation, requests on them, teardown ———

  #install(now: Instant, effects: Effect[], wanted: Wanted): void {
    this.#lastCircuit += 1;
    const id = `${this.#node.name}/${this.#incarnation}/${this.#lastCircuit}`;
    const circuit: VirtualCircuit = {
      id,
      nodes: wanted.nodes,
      links: wanted.links,
      position: 0,
      minLinkFidelity: undefined,
      cutoffNs: Math.round((this.#topology.cutoffS ?? 0) * 1e9),
    };
    wanted.circuitId = id;
    const installed = this.#add(circuit, undefined);
    this.#sendPath(effects, installed);
    effects.push(effect.setTimer(INSTALL_TIMER, after(now, REINSTALL_AFTER_NS)));
  }

  /** Tries again what is not installed, as long as requests want it. */
  #reinstall(now: Instant, effects: Effect[]): void {
    let pending = false;
    for (const wanted of this.#wanted.values()) {
      if (wanted.requests.length === 0) continue;
      const installed = this.#circuits.get(wanted.circuitId ?? "");
      if (installed?.state === "installed") continue;
      pending = true;
      if (installed?.state === "installing") this.#sendPath(effects, installed);
      else this.#install(now, effects, wanted);
    }
    if (pending) effects.push(effect.setTimer(INSTALL_TIMER, after(now, REINSTALL_AFTER_NS)));
  }

  #sendPath(effects: Effect[], { circuit, labels }: InstalledCircuit): void {
    const path: Path = {
      circuit: circuit.id,
      nodes: [...circuit.nodes],
      links: [...circuit.links],
      minLinkFidelity: circuit.minLinkFidelity,
      cutoffNs: circuit.cutoffNs,
      linkLabel: labels.downstream ?? 0,
    };
    this.#down(effects, circuit, { $case: "path", path });
  }

  #path(now: Instant, effects: Effect[], path: Path, from: Stream<SignalResponse>): void {
    const position = path.nodes.indexOf(this.#node.name);
    const circuit: VirtualCircuit = {
      id: path.circuit,
      nodes: path.nodes,
      links: path.links,
      position,
      minLinkFidelity: path.minLinkFidelity,
      cutoffNs: path.cutoffNs,
    };
    const refusal = this.#refusalOfPath(circuit);
    if (refusal) {
      const resv: Resv = { circuit: path.circuit, refusal, refusedBy: this.#node.name };
      effects.push(effect.send(from, { message: { $case: "resv", resv } }));
      return;
    }
    const installed = this.#circuits.get(path.circuit) ?? this.#add(circuit, path.linkLabel);
    if (position === path.nodes.length - 1)
      this.#reserved(now, effects, { circuit: path.circuit, refusal: "", refusedBy: "" });
    else this.#sendPath(effects, installed);
  }

  /** A path is taken as its sender gives it, as far as this node can tell that it is one. */
  #refusalOfPath({ nodes, links, position }: VirtualCircuit): string {
    if (position < 1) return `the path does not lead through ${this.#node.name}`;
    if (links.length !== nodes.length - 1)
      return `${nodes.length} nodes need ${nodes.length - 1} links, not ${links.length}`;
    for (const at of [position - 1, position]) {
      if (at === links.length) continue;
      const link = linksOf(this.#topology, this.#node.name).find(({ name }) => name === links[at]);
      const other = nodes[at === position ? position + 1 : position - 1];
      if (!link?.ends.includes(other as string)) return `${this.#node.name} has no link ${links[at]} to ${other}`;
    }
    return "";
  }

  /** Installed from here to the tail-end: known to the head-end once every node upstream has passed it on. */
  #reserved(now: Instant, effects: Effect[], resv: Resv): void {
    const installed = this.#circuits.get(resv.circuit);
    if (!installed || installed.state === "closing") return;
    if (resv.refusal === "") {
      if (installed.state === "installing") {
        installed.state = "installed";
        const circuitInstalled = { circuit: resv.circuit, node: this.#node.name };
        effects.push(effect.record({ $case: "circuitInstalled", circuitInstalled }));
      }
    } else {
      this.#close(now, effects, installed, resv.refusal);
    }
    if (installed.circuit.position > 0) {
      this.#up(effects, installed.circuit, { $case: "resv", resv });
    } else {
      for (const request of this.#wantedOf(installed)?.requests ?? []) {
        if (resv.refusal === "") this.#forwardRequest(now, effects, installed, request);
        else this.#finish(effects, request, EndReason.REFUSED, `${resv.refusedBy}: ${resv.refusal}`);
      }
    }
  }

  /** FORWARD: the request starts on the circuit. */
  #forwardRequest(now: Instant, effects: Effect[], installed: InstalledCircuit, request: HeadRequest): void {
    if (installed.active.has(request.requestId)) return;
    const { requestId, headEnd, tailEnd, pairs, minFidelity, missPolicy, graceNs, finalState } = request;
    installed.end?.register(request, request);
    this.#activate(now, effects, installed, requestId);
    this.#down(effects, installed.circuit, {
      $case: "forward",
      forward: {
        circuit: installed.circuit.id,
        requestId,
        headEnd,
        tailEnd,
        pairs,
        minFidelity,
        missPolicy,
        graceNs,
        finalState,
      },
    });
  }

  #forwarded(now: Instant, effects: Effect[], forward: Forward): void {
    const installed = this.#circuits.get(forward.circuit);
    if (installed?.state !== "installed" || installed.active.has(forward.requestId)) return;
    this.#activate(now, effects, installed, forward.requestId);
    if (installed.end) {
      const { requestId, headEnd, tailEnd, pairs, minFidelity, missPolicy, graceNs, finalState } = forward;
      const terms: RequestTerms = {
        requestId,
        headEnd,
        tailEnd,
        pairs,
        minFidelity,
        missPolicy,
        graceNs,
        finalState,
      };
      installed.end.register(terms);
    } else {
      this.#down(effects, installed.circuit, { $case: "forward", forward });
    }
  }

  #activate(now: Instant, effects: Effect[], installed: InstalledCircuit, requestId: string): void {
    installed.active.add(requestId);
    installed.generation?.want(now, effects, true);
  }

  /** COMPLETE: the request has left the circuit. */
  #completed(now: Instant, effects: Effect[], complete: Complete): void {
    const installed = this.#circuits.get(complete.circuit);
    if (!installed) return;
    this.#deactivate(now, effects, installed, complete.requestId);
    if (installed.end) {
      const { requestId } = complete;
      this.#surroundings.memory(effects, {
        $case: "endRequest",
        endRequest: { requestId, reason: EndReason.COMPLETE, delivered: 0, message: "" },
      });
    } else {
      this.#down(effects, installed.circuit, { $case: "complete", complete });
    }
  }

  #deactivate(now: Instant, effects: Effect[], installed: InstalledCircuit, requestId: string): void {
    installed.active.delete(requestId);
    installed.end?.deregister(requestId);
    if (installed.active.size > 0) return;
    installed.generation?.want(now, effects, false);
    installed.swapPoint?.clear(now, effects);
  }

  /** A pair of a request was delivered or given up at this head-end: it may be done. */
  #progressed(now: Instant, effects: Effect[], request: HeadRequest): void {
    if (request.inTransit > 0) return;
    if (request.delivered >= request.pairs) this.#complete(now, effects, request, EndReason.COMPLETE, "");
    else if (request.ending === "timeout") {
      const message = `${request.delivered} of ${request.pairs} pairs were delivered in time`;
      this.#complete(now, effects, request, EndReason.TIMEOUT, message);
    } else if (request.ending === "withdrawn") {
      this.#complete(now, effects, request, EndReason.WITHDRAWN, "withdrawn by its application");
    }
  }

  #complete(now: Instant, effects: Effect[], request: HeadRequest, reason: EndReason, message: string): void {
    const entry = this.#requests.get(request.requestId);
    if (!entry) return;
    const installed = this.#circuits.get(entry.wanted.circuitId ?? "");
    if (installed?.active.has(request.requestId)) {
      this.#deactivate(now, effects, installed, request.requestId);
      this.#down(effects, installed.circuit, {
        $case: "complete",
        complete: {
          circuit: installed.circuit.id,
          requestId: request.requestId,
          activeRequests: installed.active.size,
        },
      });
    }
    this.#finish(effects, request, reason, message);
  }

  /** The request is over: its application is told. */
  #finish(effects: Effect[], request: HeadRequest, reason: EndReason, message: string): void {
    const { requestId, delivered } = request;
    const entry = this.#requests.get(requestId);
    if (!entry) return;
    this.#requests.delete(requestId);
    entry.wanted.requests.splice(entry.wanted.requests.indexOf(request), 1);
    if (request.timeoutAt !== undefined) effects.push(effect.cancelTimer(`${REQUEST_TIMER}:${requestId}`));
    this.#surroundings.memory(effects, {
      $case: "endRequest",
      endRequest: { requestId, reason, delivered, message },
    });
  }

  #endEarly(now: Instant, effects: Effect[], requestId: string, ending: "timeout" | "withdrawn"): void {
    const request = this.#requests.get(requestId)?.request;
    if (!request) return;
    request.ending ??= ending;
    this.#progressed(now, effects, request);
  }

  #neighbourLost(now: Instant, effects: Effect[], name: string, side: Side): void {
    for (const installed of [...this.#circuits.values()]) {
      const { circuit } = installed;
      const other = circuit.nodes[circuit.position + (side === "upstream" ? -1 : 1)];
      if (other !== name || installed.state === "closing") continue;
      this.#tearDownBothWays(now, effects, installed, `${this.#node.name} lost its neighbour ${name}`);
    }
  }

  #tearDownBothWays(now: Instant, effects: Effect[], installed: InstalledCircuit, reason: string): void {
    if (installed.state === "closing") return;
    const { circuit } = installed;
    const teardown = { circuit: circuit.id, reason };
    if (circuit.position > 0) this.#up(effects, circuit, { $case: "teardown", teardown });
    if (circuit.position < circuit.nodes.length - 1) this.#down(effects, circuit, { $case: "teardown", teardown });
    this.#close(now, effects, installed, reason);
  }

  /** Teardown by a neighbour: passed on in the same direction. */
  #tearDown(now: Instant, effects: Effect[], circuitId: string, reason: string, onward: Side): void {
    const installed = this.#circuits.get(circuitId);
    if (!installed || installed.state === "closing") return;
    const { circuit } = installed;
    const teardown = { circuit: circuitId, reason };
    if (onward === "downstream" && circuit.position < circuit.nodes.length - 1) {
      this.#down(effects, circuit, { $case: "teardown", teardown });
    } else if (onward === "upstream" && circuit.position > 0) {
      this.#up(effects, circuit, { $case: "teardown", teardown });
    }
    this.#close(now, effects, installed, reason);
  }

  /** No new pairs; what is under way is led to its end. A head-end installs it anew for what still wants it. */
  #close(now: Instant, effects: Effect[], installed: InstalledCircuit, reason: string): void {
    installed.state = "closing";
    for (const requestId of [...installed.active]) this.#deactivate(now, effects, installed, requestId);
    installed.generation?.want(now, effects, false);
    for (const [side, label] of Object.entries(installed.labels)) {
      const at = side === "downstream" ? installed.circuit.position : installed.circuit.position - 1;
      this.#labels.delete(`${installed.circuit.links[at]} ${label}`);
    }
    const circuitTornDown = { circuit: installed.circuit.id, node: this.#node.name, reason };
    effects.push(effect.record({ $case: "circuitTornDown", circuitTornDown }));
    if (installed.circuit.position === 0 && (this.#wantedOf(installed)?.requests.length ?? 0) > 0) {
      effects.push(effect.setTimer(INSTALL_TIMER, after(now, REINSTALL_AFTER_NS)));
    }
    this.#release(installed);
  }

  /** An end forgets a closed circuit when its last half has ended; repeaters keep their records for stragglers. */
  #release(installed: InstalledCircuit): void {
    if (installed.state === "closing" && installed.end && installed.end.held === 0) {
      this.#circuits.delete(installed.circuit.id);
    }
  }

  #wantedOf(installed: InstalledCircuit): Wanted | undefined {
    return [...this.#wanted.values()].find(({ circuitId }) => circuitId === installed.circuit.id);
  }

  #add(circuit: VirtualCircuit, upstreamLabel: number | undefined): InstalledCircuit {
    const isEnd = circuit.position === 0 || circuit.position === circuit.nodes.length - 1;
    const downstreamLink = circuit.links[circuit.position];
    const labels: Partial<Record<Side, number>> = {};
    if (upstreamLabel !== undefined) labels.upstream = upstreamLabel;
    if (downstreamLink !== undefined) labels.downstream = this.#takeLabel(downstreamLink);
    const installed: InstalledCircuit = {
      circuit,
      end: isEnd ? this.#circuitEnd(circuit) : undefined,
      swapPoint: isEnd ? undefined : new SwapPoint(circuit, this.#node, this.#surroundings),
      generation:
        downstreamLink === undefined
          ? undefined
          : new ContinuousGeneration(
              `link-layer/${this.#node.name}`,
              downstreamLink,
              labels.downstream as number,
              circuit.minLinkFidelity,
              this.#calls,
            ),
      labels,
      state: "installing",
      active: new Set(),
    };
    this.#circuits.set(circuit.id, installed);
    if (labels.upstream !== undefined) {
      this.#labels.set(`${circuit.links[circuit.position - 1]} ${labels.upstream}`, { installed, side: "upstream" });
    }
    if (downstreamLink !== undefined) {
      this.#labels.set(`${downstreamLink} ${labels.downstream}`, { installed, side: "downstream" });
    }
    return installed;
  }

  #circuitEnd(circuit: VirtualCircuit): CircuitEnd {
    return new CircuitEnd(circuit, pathBudget(this.#topology, circuit), this.#surroundings, {
      progressed: (now, effects, request) => this.#progressed(now, effects, request),
      missed: () => {
        this.#feedforwardMissed += 1;
      },
    });
  }

  /** Labels are chosen at the upstream end of a link: even by its first node, odd by its second, so they never clash. */
  #takeLabel(link: string): number {
    const isFirst =
      linksOf(this.#topology, this.#node.name).find(({ name }) => name === link)?.ends[0] === this.#node.name;
    const label = this.#nextLabel.get(link) ?? (isFirst ? 2 : 1);
    this.#nextLabel.set(link, (label + 2) % 65_536 || 2);
    return label;
  }

  #down(effects: Effect[], circuit: VirtualCircuit, message: NonNullable<SignalRequest["message"]>): void {
    const next = circuit.nodes[circuit.position + 1];
    if (next !== undefined) this.#neighbours.get(next)?.uplink.send(effects, { message });
  }

  #up(effects: Effect[], circuit: VirtualCircuit, message: NonNullable<SignalResponse["message"]>): void {
    const previous = this.#neighbours.get(circuit.nodes[circuit.position - 1] ?? "");
    if (previous?.served !== undefined) effects.push(effect.send(previous.served, { message }));
  }

  #refuseForeign(from: Address): Status | undefined {
    if (from.endsWith(`/${this.#node.name}`)) return undefined;
    const message = `${from} may not use the network layer of ${this.#node.name}`;
    return failure(Code.PERMISSION_DENIED, message, "NOT_THIS_NODE");
  }
}
