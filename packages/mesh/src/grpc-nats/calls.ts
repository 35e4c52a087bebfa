import type * as grpc from "@grpc/grpc-js";
import type { Ticket } from "../event-queue.ts";
import type { Address, Call, Effect, HardwareReading } from "../host.ts";
import type { AnyMethod } from "../method.ts";
import { Code, failure, type Status } from "../status.ts";
import type { MeshHost } from "./host.ts";
import { identityMetadata } from "./identity.ts";
import { statusFromGrpc, statusToGrpc } from "./rich-status.ts";
import { encodeStamped, type Sending, stampOf } from "./stamp.ts";

/** Calls that ended before we answered: an answer to these is late, not wrong. */
const FORGOTTEN_MAX = 1024;

type Opening = Extract<Effect, { kind: "call" }>;

/** The unary calls of one process: those it makes and those it answers. */
export class Calls {
  readonly #host: MeshHost;
  readonly #made = new Map<number, MadeCall>();
  readonly #served = new Map<number, ServedCall>();
  readonly #forgotten = new Set<number>();
  #forgottenUpTo = 0;
  #lastServed = 0;

  constructor(host: MeshHost) {
    this.#host = host;
  }

  /** How many calls of ours have no outcome yet. */
  get pending(): number {
    return this.#made.size;
  }

  /** How many calls wait for our answer. */
  get unanswered(): number {
    return this.#served.size;
  }

  /** Effect `call`. */
  open(effect: Opening): void {
    const { address } = this.#host;
    const { method } = effect;
    if (method.requestStream || method.responseStream) throw new Error(`${method.path} is a stream: open it`);
    if (this.#made.has(effect.call)) throw new Error(`${address} makes call ${effect.call}, which still waits`);
    const call = new MadeCall(this.#host, effect);
    this.#made.set(effect.call, call);
    call.start();
  }

  /** Effect `cancel-call`: nothing comes back of the call any more. */
  cancel(id: Call): void {
    const call = this.#made.get(id);
    if (call === undefined) return;
    this.settle(call);
    call.abandon();
  }

  /** Effect `respond`. */
  respond(id: Call, response: unknown): void {
    const call = this.#answered(id);
    if (call === undefined) return;
    const { world, sending } = this.#host;
    const answered = call.stampedAtNs === undefined ? sending : { ...sending, sentAtNs: call.stampedAtNs };
    call.callback(null, encodeStamped<unknown>(world.writer, call.method.responseType, response, answered));
  }

  /** Effect `fail`. */
  fail(id: Call, status: Status): void {
    const call = this.#answered(id);
    if (call === undefined) return;
    this.#host.turnedAway(call.from, call.method, status);
    call.callback(statusToGrpc(status));
  }

  /** The clock was set: what it will read when has changed. */
  rearm(): void {
    for (const call of this.#made.values()) call.rearm();
  }

  /** The process stops: nobody gets an answer from it any more. */
  shutdown(): void {
    for (const call of this.#made.values()) {
      this.settle(call);
      call.abandon();
    }
    const status = failure(Code.UNAVAILABLE, `${this.#host.address} is shutting down`, "SHUTTING_DOWN");
    for (const call of this.#served.values()) call.callback(statusToGrpc(status));
    this.#served.clear();
  }

  /** A request has come. */
  accept(call: ServedCall): void {
    const host = this.#host;
    const { request, sending } = call;
    const from = placeOf(call.from);
    const { actsAtNs, lateNs } = host.arrival(from, sending);
    const faultNs = host.faultNs(from);
    host.world.arrive(from, host.place.name, actsAtNs + faultNs, (lagNs) => {
      if (call.cancelled) return;
      this.#lastServed += 1;
      const id = this.#lastServed;
      call.id = id;
      this.#served.set(id, call);
      call.stampedAtNs = host.modelledNs(from, sending, faultNs);
      const { method } = call;
      const deadline = host.deadlineOf(call.deadline);
      const reading = host.readingAt(call.stampedAtNs);
      host.step(
        { kind: "call", call: id as Call, method, request, from: call.from, deadline, reading },
        lateNs + lagNs,
      );
    });
  }

  /** The caller of a call we have not answered has gone. */
  withdraw(call: ServedCall): void {
    call.cancelled = true;
    if (!this.#served.delete(call.id)) return;
    this.#forgotten.add(call.id);
    for (const oldest of this.#forgotten) {
      if (this.#forgotten.size <= FORGOTTEN_MAX) break;
      this.#forgotten.delete(oldest);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, oldest);
    }
    this.#host.world.happen(undefined, () => this.#host.step({ kind: "cancelled", call: call.id as Call }));
  }

  /** A call we made has an outcome. @returns whether the machine still waited for it */
  settle(call: MadeCall): boolean {
    if (this.#made.get(call.id) !== call) return false;
    this.#made.delete(call.id);
    call.disarm();
    return true;
  }

  #answered(id: Call): ServedCall | undefined {
    const call = this.#served.get(id);
    if (call !== undefined) {
      this.#served.delete(id);
      return call;
    }
    if (this.#forgotten.delete(id) || id <= this.#forgottenUpTo || this.#host.world.stopping) return undefined;
    throw new Error(`${this.#host.address} answers call ${id}, which it has answered already or never got`);
  }
}

/** A call that came to us. */
export class ServedCall {
  id = 0;
  cancelled = false;
  /** For services whose inputs are stamped: the modelled instant of its arrival, which its answer is stamped with. */
  stampedAtNs: number | undefined;
  readonly method: AnyMethod;
  readonly from: Address;
  readonly request: unknown;
  readonly sending: Sending | undefined;
  readonly deadline: grpc.Deadline;
  readonly callback: grpc.sendUnaryData<Buffer>;

  constructor(
    method: AnyMethod,
    from: Address,
    request: unknown,
    sending: Sending | undefined,
    deadline: grpc.Deadline,
    callback: grpc.sendUnaryData<Buffer>,
  ) {
    this.method = method;
    this.from = from;
    this.request = request;
    this.sending = sending;
    this.deadline = deadline;
    this.callback = callback;
  }
}

/** A call we made. */
class MadeCall {
  readonly id: number;
  readonly #host: MeshHost;
  readonly #effect: Opening;
  #deadlineNs = 0;
  #ticket: Ticket | undefined;
  #wire: grpc.ClientUnaryCall | undefined;

  constructor(host: MeshHost, effect: Opening) {
    this.#host = host;
    this.#effect = effect;
    this.id = effect.call;
  }

  start(): void {
    const { world, address, sending } = this.#host;
    const { method, to, request } = this.#effect;
    this.#arm();
    const wallMs = world.time.wallMsUntil(this.#deadlineNs);
    if (wallMs <= 0) return;
    const bytes = encodeStamped<unknown>(world.writer, method.requestType, request, sending);
    const deadline = Math.ceil(Date.now() + wallMs);
    const metadata = identityMetadata(address, to);
    this.#wire = world.channels
      .to(to)
      .makeUnaryRequest(method.path, same, same, bytes, metadata, { deadline }, (error, response) => {
        if (error) this.#failed(statusFromGrpc(error));
        else if (response) this.#answered(response);
      });
  }

  abandon(): void {
    this.#wire?.cancel();
  }

  disarm(): void {
    if (this.#ticket !== undefined) this.#host.world.cancel(this.#ticket);
    this.#ticket = undefined;
  }

  rearm(): void {
    if (this.#host.dueNs(this.#effect.deadline) === this.#deadlineNs) return;
    this.disarm();
    this.#arm();
  }

  #arm(): void {
    this.#deadlineNs = this.#host.dueNs(this.#effect.deadline);
    this.#ticket = this.#host.world.at(this.#deadlineNs, { occur: () => this.#expire() });
  }

  #answered(bytes: Buffer): void {
    const { method, to } = this.#effect;
    const host = this.#host;
    const sending = stampOf(bytes);
    const response = host.world.decode<unknown>(method.responseType, bytes);
    if (response instanceof Error) {
      this.#failed(failure(Code.INTERNAL, `a response of ${method.path} could not be decoded: ${response.message}`));
      return;
    }
    const from = placeOf(to);
    const { actsAtNs, lateNs } = host.arrival(from, sending);
    const faultNs = host.faultNs(from);
    host.world.arrive(from, host.place.name, actsAtNs + faultNs, (lagNs) => {
      if (!host.calls.settle(this)) return;
      const reading: HardwareReading | undefined = host.readingAt(host.modelledNs(from, sending, faultNs));
      host.step({ kind: "reply", call: this.id as Call, method, response, reading }, lateNs + lagNs);
    });
  }

  #failed(status: Status): void {
    const { method } = this.#effect;
    const host = this.#host;
    host.world.happen(undefined, () => {
      if (host.calls.settle(this)) host.step({ kind: "call-failed", call: this.id as Call, method, status });
    });
  }

  /** At its deadline. */
  #expire(): void {
    this.#ticket = undefined;
    const { method, to, deadline } = this.#effect;
    const host = this.#host;
    // Our clock may have been set back since the deadline was reckoned.
    if (host.dueNs(deadline) > host.world.now) {
      this.#arm();
      return;
    }
    if (!host.calls.settle(this)) return;
    this.abandon();
    const status = failure(Code.DEADLINE_EXCEEDED, `${to} did not answer ${method.path} in time`);
    host.step({ kind: "call-failed", call: this.id as Call, method, status });
  }
}

/** The place of an address. */
export function placeOf(address: Address): string {
  return address.slice(address.indexOf("/") + 1);
}

/** gRPC leaves the encoding to us. */
export function same(bytes: Buffer): Buffer {
  return bytes;
}
