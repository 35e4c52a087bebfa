import type { Ticket, WorldEvent } from "../event-queue.ts";
import type { Call, Effect } from "../host.ts";
import type { AnyMethod } from "../method.ts";
import { Code, failure, type Status } from "../status.ts";
import type { VirtualHost } from "./host.ts";
import type { Carried } from "./wire.ts";

const FORGOTTEN_MAX = 1024;

/** The unary calls of one process: those it makes and those it answers. */
export class Calls {
  readonly #host: VirtualHost;
  readonly #made = new Map<number, UnaryCall>();
  readonly #served = new Map<number, UnaryCall>();
  /** Calls that ended before we answered: an answer to these is late, not wrong. The oldest are let go. */
  readonly #forgotten = new Set<number>();
  #forgottenUpTo = 0;
  #lastServed = 0;

  constructor(host: VirtualHost) {
    this.#host = host;
  }

  /** Effect `call`. */
  open(effect: Extract<Effect, { kind: "call" }>): void {
    const host = this.#host;
    const { world } = host;
    const { method } = effect;
    if (method.requestStream || method.responseStream) throw new Error(`${method.path} is a stream: open it`);
    if (this.#made.has(effect.call)) throw new Error(`${host.address} makes call ${effect.call}, which still waits`);
    const call = new UnaryCall(host, effect);
    this.#made.set(effect.call, call);
    call.arm();
    if (call.deadlineNs === world.now) return;
    const request = world.encoding.carry<unknown>(method.requestType, effect.request);
    world.at(world.rpcArrivalNs(host.place.name, call.serverPlace), new RequestArrival(call, request));
  }

  /** Effect `cancel-call`: nothing comes back of the call any more. */
  cancel(id: Call): void {
    this.#made.get(id)?.abandon();
  }

  /** Effect `respond`. */
  respond(id: Call, response: unknown): void {
    const call = this.#answer(id);
    if (call === undefined) return;
    const reply = this.#host.world.encoding.carry<unknown>(call.method.responseType, response);
    call.sendBack(new ReplyArrival(call, reply));
  }

  /** Effect `fail`. */
  fail(id: Call, status: Status): void {
    const call = this.#answer(id);
    call?.sendBack(new FailureArrival(call, status));
  }

  /** The clock was set: what it will read when has changed. */
  rearm(): void {
    for (const call of this.#made.values()) call.rearm();
  }

  /** Calls we have made that have no outcome yet. */
  get pending(): number {
    return this.#made.size;
  }

  /** The process went down. */
  crash(): void {
    for (const call of this.#made.values()) call.abandon();
    for (const call of this.#served.values()) call.sendBack(new FailureArrival(call, unavailable(call)));
    this.#served.clear();
  }

  /** A call has come to be answered. */
  accept(call: UnaryCall, request: unknown): void {
    this.#lastServed += 1;
    call.serverId = this.#lastServed;
    this.#served.set(call.serverId, call);
    this.#host.step({
      kind: "call",
      call: call.serverId as Call,
      method: call.method,
      request,
      from: call.client.address,
      deadline: this.#host.localAt(call.deadlineNs),
      reading: this.#host.reading(),
    });
  }

  /** A call we have not answered has ended otherwise. */
  withdraw(call: UnaryCall): void {
    if (!this.#served.delete(call.serverId)) return;
    this.#forgotten.add(call.serverId);
    for (const oldest of this.#forgotten) {
      if (this.#forgotten.size <= FORGOTTEN_MAX) break;
      this.#forgotten.delete(oldest);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, oldest);
    }
    this.#host.step({ kind: "cancelled", call: call.serverId as Call });
  }

  /** A call we made has an outcome, which the caller gives the machine. */
  settle(call: UnaryCall): void {
    this.#made.delete(call.id);
    call.waiting = false;
    if (call.ticket !== undefined) this.#host.world.cancel(call.ticket);
  }

  #answer(id: Call): UnaryCall | undefined {
    const call = this.#served.get(id);
    if (call !== undefined) {
      this.#served.delete(id);
      return call;
    }
    if (this.#forgotten.delete(id) || id <= this.#forgottenUpTo) return undefined;
    throw new Error(`${this.#host.address} answers call ${id}, which it has answered already or never got`);
  }
}

class UnaryCall {
  readonly id: number;
  readonly method: AnyMethod;
  readonly client: VirtualHost;
  readonly server: VirtualHost | undefined;
  readonly serverPlace: string;
  readonly serverAddress: string;
  /** What the server counted when the request left: a server that went down since never sees it. */
  readonly serverFalls: number;
  /** The server's number for it, once it has come. */
  serverId = 0;
  /** The client still wants an outcome. */
  waiting = true;
  /** Withdrawn before it came to the server. */
  withdrawn = false;
  deadlineNs = 0;
  /** The deadline, while it waits. */
  ticket: Ticket | undefined;
  readonly #deadline: Extract<Effect, { kind: "call" }>["deadline"];

  constructor(client: VirtualHost, effect: Extract<Effect, { kind: "call" }>) {
    this.id = effect.call;
    this.method = effect.method;
    this.client = client;
    this.server = client.world.host(effect.to);
    this.serverAddress = effect.to;
    this.serverPlace = effect.to.slice(effect.to.indexOf("/") + 1);
    this.serverFalls = this.server?.falls ?? 0;
    this.#deadline = effect.deadline;
  }

  arm(): void {
    this.deadlineNs = this.client.dueNs(this.#deadline);
    this.ticket = this.client.world.at(this.deadlineNs, new DeadlineReached(this));
  }

  rearm(): void {
    if (this.client.dueNs(this.#deadline) === this.deadlineNs) return;
    if (this.ticket !== undefined) this.client.world.cancel(this.ticket);
    this.arm();
  }

  /** The client loses interest; the server hears of it. */
  abandon(): void {
    const { world } = this.client;
    this.client.calls.settle(this);
    world.at(world.rpcArrivalNs(this.client.place.name, this.serverPlace), new CancellationArrival(this));
  }

  /** Lets an outcome travel to the client. */
  sendBack(arrival: WorldEvent): void {
    const { world } = this.client;
    world.at(world.rpcArrivalNs(this.serverPlace, this.client.place.name), arrival);
  }

  /** The server need not answer any more. */
  withdraw(): void {
    if (this.serverId === 0) this.withdrawn = true;
    else this.server?.calls.withdraw(this);
  }

  /** At its deadline: over for both sides, wherever its messages are. */
  expire(): void {
    this.ticket = undefined;
    // The client's clock may have been set back since the deadline was reckoned.
    if (this.client.dueNs(this.#deadline) > this.client.world.now) {
      this.arm();
      return;
    }
    this.client.calls.settle(this);
    const status = failure(Code.DEADLINE_EXCEEDED, `${this.serverAddress} did not answer ${this.method.path} in time`);
    this.client.step({ kind: "call-failed", call: this.id as Call, method: this.method, status });
    this.withdraw();
  }
}

class RequestArrival implements WorldEvent {
  readonly #call: UnaryCall;
  readonly #request: Carried;

  constructor(call: UnaryCall, request: Carried) {
    this.#call = call;
    this.#request = request;
  }

  occur(): void {
    const call = this.#call;
    const { server } = call;
    const { world } = call.client;
    if (world.holdRpc(call.client.place.name, call.serverPlace, this) || server?.holds(this)) return;
    if (call.withdrawn) {
      world.encoding.release(this.#request);
      return;
    }
    if (server === undefined || !server.up || server.falls !== call.serverFalls) {
      world.encoding.release(this.#request);
      call.sendBack(new FailureArrival(call, unavailable(call)));
      return;
    }
    const request = world.open<unknown>(world.encoding, call.method.requestType, this.#request);
    if (request instanceof Error) {
      call.sendBack(new FailureArrival(call, undecodable(call.method, "request", request)));
      return;
    }
    server.calls.accept(call, request);
  }
}

class ReplyArrival implements WorldEvent {
  readonly #call: UnaryCall;
  readonly #reply: Carried;

  constructor(call: UnaryCall, reply: Carried) {
    this.#call = call;
    this.#reply = reply;
  }

  occur(): void {
    const call = this.#call;
    const { client, method } = call;
    if (client.world.holdRpc(call.serverPlace, client.place.name, this) || client.holds(this)) return;
    if (!call.waiting) {
      client.world.encoding.release(this.#reply);
      return;
    }
    client.calls.settle(call);
    const response = client.world.open<unknown>(client.world.encoding, method.responseType, this.#reply);
    if (response instanceof Error) {
      const status = undecodable(method, "response", response);
      client.step({ kind: "call-failed", call: call.id as Call, method, status });
      return;
    }
    client.step({ kind: "reply", call: call.id as Call, method, response, reading: client.reading() });
  }
}

class FailureArrival implements WorldEvent {
  readonly #call: UnaryCall;
  readonly #status: Status;

  constructor(call: UnaryCall, status: Status) {
    this.#call = call;
    this.#status = status;
  }

  occur(): void {
    const call = this.#call;
    const { client, method } = call;
    if (client.world.holdRpc(call.serverPlace, client.place.name, this) || client.holds(this)) return;
    if (!call.waiting) return;
    client.calls.settle(call);
    client.step({ kind: "call-failed", call: call.id as Call, method, status: this.#status });
  }
}

class CancellationArrival implements WorldEvent {
  readonly #call: UnaryCall;

  constructor(call: UnaryCall) {
    this.#call = call;
  }

  occur(): void {
    const { client, server, serverPlace } = this.#call;
    if (client.world.holdRpc(client.place.name, serverPlace, this) || server?.holds(this)) return;
    this.#call.withdraw();
  }
}

class DeadlineReached implements WorldEvent {
  readonly #call: UnaryCall;

  constructor(call: UnaryCall) {
    this.#call = call;
  }

  occur(): void {
    this.#call.expire();
  }
}

function unavailable(call: UnaryCall): Status {
  const why = call.server === undefined ? "there is no process at this address" : "the process is down";
  return failure(Code.UNAVAILABLE, `${call.serverAddress}: ${why}`);
}

function undecodable(method: AnyMethod, what: string, error: Error): Status {
  return failure(Code.INTERNAL, `a ${what} of ${method.path} could not be decoded: ${error.message}`);
}
