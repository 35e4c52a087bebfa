import { type Call, type CallDetails, Code, type Effect, effect, failure, SmallMap } from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { type HardwareInForce, nextUpNs } from "@bellmesh/topology";
import { after, type Instant } from "@bellmesh/wire";
import type {
  Confirm,
  SubmitRequest,
  SubmitResponse,
  WithdrawRequest,
  WithdrawResponse,
} from "@bellmesh/wire/network-layer";
import { EndReason, type Settle } from "@bellmesh/wire/node-controller";
import { isOtherWay, pathFor, type Route, routeFor, type Wish } from "./admission.ts";
import { BarrenCircuits, type Watched } from "./barren-circuits.ts";
import type { CircuitSignalling } from "./circuit-signalling.ts";
import type { InstalledCircuit } from "./installed-circuit.ts";
import { pathBudget } from "./path-budget.ts";
import { type HeadRequest, headRequest } from "./request.ts";
import type { RequestSignalling } from "./request-signalling.ts";
import type { Surroundings, VirtualCircuit } from "./virtual-circuit.ts";

/** How often a head-end tries again to install a circuit that was lost or never answered. */
const REINSTALL_AFTER_NS = 1_000_000_000;
/** Circuits kept for requests to come; one more, and the one that was idle longest is torn down. */
const IDLE_CIRCUITS_MAX = 64;
/** The timers of a head-end begin so. */
const INSTALL_TIMER = "install";
const REQUEST_TIMER = "request:";
const CONFIRM_TIMER = "confirm:";
/** A tail-end that has not confirmed after this many orphan leases has restarted, or its word is lost for good. */
const CONFIRM_LEASES = 2;

/** What a head-end keeps of a circuit it wants: enough to install it anew. */
interface Wanted extends Watched {
  readonly key: string;
  readonly wish: Wish;
  readonly priority: number | undefined;
  route: Route;
  /** Oldest first. */
  readonly requests: Set<HeadRequest>;
  /** The circuit that serves it now, if any. */
  circuit: InstalledCircuit | undefined;
}

interface Entry {
  readonly request: HeadRequest;
  readonly wanted: Wanted;
  /** How many of its pairs had come when it was last looked at. */
  served: number;
}

/** The requests of this node as head-end, and the circuits that serve them. */
export class HeadEnd {
  readonly #hardware: HardwareInForce;
  readonly #node: string;
  readonly #circuits: CircuitSignalling;
  readonly #signalling: RequestSignalling;
  readonly #surroundings: Surroundings;
  /** By destination and minimum fidelity: requests of the same kind share a circuit. */
  readonly #wanted = new Map<string, Wanted>();
  readonly #byCircuit = new Map<InstalledCircuit, Wanted>();
  /** Without requests, idle longest first. */
  readonly #idle = new Set<Wanted>();
  readonly #requests = new SmallMap<string, Entry>();
  readonly #barren: BarrenCircuits<Wanted>;
  #incarnation = 0;
  #lastCircuit = 0;
  #installDue: Instant | undefined;

  constructor(
    hardware: HardwareInForce,
    node: string,
    circuits: CircuitSignalling,
    signalling: RequestSignalling,
    surroundings: Surroundings,
    chance: EntropyStream,
  ) {
    this.#hardware = hardware;
    this.#node = node;
    this.#circuits = circuits;
    this.#signalling = signalling;
    this.#surroundings = surroundings;
    const leaseNs = ({ circuit }: Wanted) => this.#leaseNs(circuit);
    this.#barren = new BarrenCircuits({ leaseNs, upNs: (wanted, now) => this.#upNs(wanted, now) }, chance);
  }

  start(incarnation: number): void {
    this.#incarnation = incarnation;
  }

  submit(now: Instant, effects: Effect[], submitted: SubmitRequest, { call }: CallDetails<SubmitResponse>): void {
    const route = routeFor(this.#hardware.topology, now, this.#node, submitted);
    if ("code" in route) {
      effects.push(effect.fail(call, route));
      return;
    }
    if (this.#requests.has(submitted.requestId)) {
      const message = `request_id: request "${submitted.requestId}" runs already`;
      effects.push(effect.fail(call, failure(Code.ALREADY_EXISTS, message, "REQUEST_EXISTS")));
      return;
    }
    const request = headRequest(now, this.#node, submitted);
    const wanted = this.#wantedFor(submitted, route);
    wanted.requests.add(request);
    this.#idle.delete(wanted);
    this.#requests.set(request.requestId, { request, wanted, served: 0 });
    effects.push(
      effect.respond(call, {
        predictedFidelity: route.predictedFidelity,
        path: [...route.nodes],
        incarnation: this.#incarnation,
      }),
    );
    if (request.timeoutAt !== undefined) {
      effects.push(effect.setTimer(`${REQUEST_TIMER}${request.requestId}`, request.timeoutAt));
    }
    if (!wanted.circuit) this.#install(now, effects, wanted);
    else if (wanted.circuit.state === "installed") {
      if (wanted.servedAt === undefined) this.#barren.watch(now, effects, wanted);
      this.#signalling.start(now, effects, wanted.circuit, request);
    }
    // A circuit that no request wanted for a while is not pursued any more, and its PATH may have been lost.
    else this.#scheduleInstall(now, effects);
  }

  withdraw(now: Instant, effects: Effect[], { requestId }: WithdrawRequest, call: Call<WithdrawResponse>): void {
    if (!this.#requests.has(requestId)) {
      const status = failure(Code.NOT_FOUND, `request_id: there is no request "${requestId}" here`, "NO_SUCH_REQUEST");
      effects.push(effect.fail(call, status));
      return;
    }
    effects.push(effect.respond(call, {}));
    this.#endEarly(now, effects, requestId, "withdrawn");
  }

  /** @returns whether the timer was one of the head-end's. */
  timer(now: Instant, effects: Effect[], timer: string): boolean {
    if (timer === INSTALL_TIMER) this.#installWanting(now, effects);
    else if (timer === this.#barren.timer) this.#giveUpBarren(now, effects);
    else if (timer.startsWith(REQUEST_TIMER)) {
      this.#endEarly(now, effects, timer.slice(REQUEST_TIMER.length), "timeout");
    } else if (timer.startsWith(CONFIRM_TIMER)) {
      this.#endUnconfirmed(now, effects, timer.slice(CONFIRM_TIMER.length));
    } else return false;
    return true;
  }

  /**
   * A pair of a request was delivered or given up: the request may be done. What is told of it then is what has been
   * delivered, and not only ordered to be.
   */
  progressed(now: Instant, effects: Effect[], request: HeadRequest): void {
    const entry = this.#requests.get(request.requestId);
    if (entry && request.delivered > entry.served) {
      entry.served = request.delivered;
      this.#barren.served(now, entry.wanted);
    }
    if (request.inTransit > 0) return;
    const isServed = request.delivered >= request.pairs;
    if (!isServed && request.ending === undefined) return;
    if (request.settledSum !== request.deliveredSum) {
      this.#settle(effects, request);
      return;
    }
    if (isServed) {
      const isConfirmed = request.confirmedSum === request.deliveredSum;
      if (isConfirmed) this.#complete(now, effects, request, EndReason.COMPLETE, "", true);
      else this.#awaitConfirm(now, effects, request);
    } else if (request.ending === "timeout") {
      const message = `${request.delivered} of ${request.pairs} pairs were delivered in time`;
      this.#complete(now, effects, request, EndReason.TIMEOUT, message);
    } else if (request.ending === "withdrawn") {
      this.#complete(now, effects, request, EndReason.WITHDRAWN, "withdrawn by its application");
    } else if (request.ending === "min-fidelity") {
      const given = `${request.givenUpInARow} pairs in a row fell short of a fidelity of ${request.minFidelity}`;
      this.#complete(now, effects, request, EndReason.MIN_FIDELITY, request.endingMessage ?? given);
    }
  }

  /** CONFIRM: the tail-end has delivered all that was asked. */
  confirmed(now: Instant, effects: Effect[], { requestId, pairSequencesSum }: Confirm): void {
    const request = this.#requests.get(requestId)?.request;
    if (!request) return;
    request.confirmedSum = pairSequencesSum;
    this.progressed(now, effects, request);
  }

  /** The memory has carried out what it was ordered to deliver for a request, and has said what of it was lost. */
  settled(now: Instant, effects: Effect[], { requestId, pairSequencesSum }: Settle): void {
    const request = this.#requests.get(requestId)?.request;
    if (!request) return;
    request.settledSum = pairSequencesSum;
    this.progressed(now, effects, request);
  }

  /**
   * The node-controller has gone, or the way to it was broken, and its sessions with it. All but those that it heard
   * of too late to know: so it is told of each.
   */
  abandon(effects: Effect[]): void {
    const message = `${this.#node} lost its quantum memory manager`;
    for (const { request } of [...this.#requests.values()]) {
      this.#finish(effects, request, EndReason.CIRCUIT_LOST, message);
    }
  }

  // ——— Circuits ———

  installed(now: Instant, effects: Effect[], installed: InstalledCircuit): void {
    const wanted = this.#byCircuit.get(installed);
    if (!wanted || wanted.requests.size === 0) return;
    this.#barren.watch(now, effects, wanted);
    for (const request of wanted.requests) this.#signalling.start(now, effects, installed, request);
  }

  refused(effects: Effect[], installed: InstalledCircuit, why: string): void {
    const wanted = this.#byCircuit.get(installed);
    for (const request of [...(wanted?.requests ?? [])]) this.#finish(effects, request, EndReason.REFUSED, why);
  }

  /** Installed anew as long as requests want it. */
  closed(now: Instant, effects: Effect[], installed: InstalledCircuit): void {
    const wanted = this.#byCircuit.get(installed);
    if (!wanted) return;
    this.#byCircuit.delete(installed);
    this.#barren.leave(effects, wanted);
    wanted.circuit = undefined;
    if (wanted.requests.size > 0) this.#scheduleInstall(now, effects);
    else this.#drop(wanted);
  }

  /**
   * Hardware on the way may be another: what is wanted goes over the path that is best now, and its links choose
   * anew. A minimum that nothing fulfils any more ends its requests; what was delivered stays as it was claimed.
   */
  hardwareChanged(now: Instant, effects: Effect[]): void {
    for (const wanted of [...this.#wanted.values()]) {
      const route = pathFor(this.#hardware.topology, now, this.#node, wanted.wish);
      if ("code" in route) {
        for (const request of [...wanted.requests]) {
          if (route.reason === "UNSUPP") this.#endUnfulfilled(now, effects, request, route.message);
        }
        continue;
      }
      const isOther = isOtherWay(route, wanted.route);
      wanted.route = route;
      if (!isOther || !wanted.circuit) continue;
      this.#circuits.tearDown(now, effects, wanted.circuit, "hardware on its way has been calibrated");
      if (wanted.requests.size > 0 && !wanted.circuit) this.#install(now, effects, wanted);
    }
  }

  #wantedFor({ to, minFidelity, priority }: SubmitRequest, route: Route): Wanted {
    const key = `${to} ${minFidelity ?? ""} ${priority ?? ""}`;
    let wanted = this.#wanted.get(key);
    if (!wanted) {
      const unserved = { circuit: undefined, servedAt: undefined, barren: 0 };
      wanted = { key, wish: { to, minFidelity }, priority, route, requests: new Set(), ...unserved };
      this.#wanted.set(key, wanted);
    }
    return wanted;
  }

  #install(now: Instant, effects: Effect[], wanted: Wanted): void {
    this.#lastCircuit += 1;
    const circuit: VirtualCircuit = {
      id: `${this.#node}/${this.#incarnation}/${this.#lastCircuit}`,
      nodes: wanted.route.nodes,
      links: wanted.route.links,
      position: 0,
      minLinkFidelity: wanted.route.minLinkFidelity,
      cutoffNs: Math.round((this.#hardware.topology.cutoffS ?? 0) * 1e9),
      priority: wanted.priority,
    };
    wanted.circuit = this.#circuits.install(effects, circuit);
    if (wanted.circuit) this.#byCircuit.set(wanted.circuit, wanted);
    this.#scheduleInstall(now, effects);
  }

  /** Tries again what is not installed, as long as requests want it. */
  #installWanting(now: Instant, effects: Effect[]): void {
    this.#installDue = undefined;
    for (const wanted of this.#wanted.values()) {
      if (wanted.requests.size === 0 || wanted.circuit?.state === "installed") continue;
      if (!wanted.circuit) this.#installAnew(now, effects, wanted);
      else this.#circuits.sendPath(effects, wanted.circuit);
      this.#scheduleInstall(now, effects);
    }
  }

  /** Over the path that is best by now: links may have gone meanwhile, some of them for good. */
  #installAnew(now: Instant, effects: Effect[], wanted: Wanted): void {
    const changes = this.#hardware.topology.links.some(({ schedule }) => schedule !== undefined);
    const route = changes ? pathFor(this.#hardware.topology, now, this.#node, wanted.wish) : wanted.route;
    if ("code" in route) {
      for (const request of [...wanted.requests]) {
        this.#finish(effects, request, EndReason.REFUSED, route.message);
      }
      return;
    }
    wanted.route = route;
    this.#install(now, effects, wanted);
  }

  #giveUpBarren(now: Instant, effects: Effect[]): void {
    for (const { circuit } of this.#barren.due(now, effects)) {
      if (circuit) this.#circuits.tearDown(now, effects, circuit, "no pair has come over it for too long");
    }
  }

  #leaseNs(circuit: InstalledCircuit | undefined): number {
    return circuit ? pathBudget(this.#hardware.topology, circuit.circuit).orphanLeaseNs : REINSTALL_AFTER_NS;
  }

  /** From when on the links of its way are up; now where there is another way meanwhile. */
  #upNs({ route, wish }: Wanted, now: Instant): number {
    const { topology } = this.#hardware;
    const taken = topology.links.filter(({ name }) => route.links.includes(name));
    const upNs = taken.reduce((latest, link) => Math.max(latest, nextUpNs(link, now)), now as number);
    if (upNs === now) return now;
    const best = pathFor(topology, now, this.#node, wish);
    return "code" in best || isOtherWay(best, route) ? now : upNs;
  }

  #scheduleInstall(now: Instant, effects: Effect[]): void {
    if (this.#installDue !== undefined) return;
    this.#installDue = after(now, REINSTALL_AFTER_NS);
    effects.push(effect.setTimer(INSTALL_TIMER, this.#installDue));
  }

  // ——— Endings ———

  #endEarly(now: Instant, effects: Effect[], requestId: string, ending: "timeout" | "withdrawn"): void {
    const request = this.#requests.get(requestId)?.request;
    if (!request) return;
    request.ending ??= ending;
    this.progressed(now, effects, request);
  }

  /** No pair under way is worth what was asked: the request ends as soon as those have been given up. */
  #endUnfulfilled(now: Instant, effects: Effect[], request: HeadRequest, message: string): void {
    request.ending ??= "min-fidelity";
    request.endingMessage ??= message;
    this.progressed(now, effects, request);
  }

  #settle(effects: Effect[], request: HeadRequest): void {
    const { requestId, deliveredSum: pairSequencesSum } = request;
    if (request.settlingSum === pairSequencesSum) return;
    request.settlingSum = pairSequencesSum;
    this.#surroundings.memory(effects, { $case: "settle", settle: { requestId, pairSequencesSum } });
  }

  #awaitConfirm(now: Instant, effects: Effect[], request: HeadRequest): void {
    const entry = this.#requests.get(request.requestId);
    if (entry?.request !== request) return; // over already
    const leaseNs = this.#leaseNs(entry.wanted.circuit);
    const timer = `${CONFIRM_TIMER}${request.requestId}`;
    effects.push(effect.setTimer(timer, after(now, CONFIRM_LEASES * leaseNs)));
  }

  #endUnconfirmed(now: Instant, effects: Effect[], requestId: string): void {
    const request = this.#requests.get(requestId)?.request;
    if (!request || request.inTransit > 0 || request.delivered < request.pairs) return;
    if (request.settledSum !== request.deliveredSum) return;
    this.#complete(now, effects, request, EndReason.COMPLETE, "the tail-end has not confirmed");
  }

  #complete(
    now: Instant,
    effects: Effect[],
    request: HeadRequest,
    reason: EndReason,
    message: string,
    isConfirmed = false,
  ): void {
    const entry = this.#requests.get(request.requestId);
    if (entry?.request !== request) return;
    const { wanted } = entry;
    if (wanted.circuit) this.#signalling.complete(now, effects, wanted.circuit, request.requestId);
    this.#finish(effects, request, reason, message, isConfirmed);
    this.#tearDownIdle(now, effects);
  }

  /** The request is over: its application is told. */
  #finish(effects: Effect[], request: HeadRequest, reason: EndReason, message: string, isConfirmed = false): void {
    const { requestId, delivered } = request;
    const entry = this.#requests.get(requestId);
    if (!entry) return;
    this.#requests.delete(requestId);
    entry.wanted.requests.delete(request);
    if (entry.wanted.requests.size === 0) {
      this.#barren.leave(effects, entry.wanted);
      this.#idle.add(entry.wanted);
    }
    cancelTimer(effects, request);
    const endRequest = { requestId, reason, delivered, message, isConfirmed: isConfirmed || undefined };
    this.#surroundings.memory(effects, { $case: "endRequest", endRequest });
  }

  #tearDownIdle(now: Instant, effects: Effect[]): void {
    for (const wanted of this.#idle) {
      if (this.#idle.size <= IDLE_CIRCUITS_MAX) return;
      if (wanted.circuit) this.#circuits.tearDown(now, effects, wanted.circuit, "no request uses it");
      this.#drop(wanted);
    }
  }

  #drop(wanted: Wanted): void {
    this.#idle.delete(wanted);
    this.#wanted.delete(wanted.key);
  }
}

function cancelTimer(effects: Effect[], { requestId, timeoutAt, delivered, pairs }: HeadRequest): void {
  if (delivered >= pairs) effects.push(effect.cancelTimer(`${CONFIRM_TIMER}${requestId}`));
  if (timeoutAt !== undefined) effects.push(effect.cancelTimer(`${REQUEST_TIMER}${requestId}`));
}
