import type { WorldEvent } from "../event-queue.ts";
import type { Effect, Stream } from "../host.ts";
import type { AnyMethod, MessageType } from "../method.ts";
import { Code, failure, OK, type Status } from "../status.ts";
import type { VirtualHost } from "./host.ts";
import type { Carried } from "./wire.ts";

/** The streams of one process: those it opened, by their odd numbers, and those opened to it, by even ones. */
export class Streams {
  readonly #host: VirtualHost;
  readonly #halves = new Map<number, StreamHalf>();
  #lastServed = 0;

  constructor(host: VirtualHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#halves.size;
  }

  /** Effect `open-stream`. */
  open(effect: Extract<Effect, { kind: "open-stream" }>): void {
    const host = this.#host;
    const { world } = host;
    const { stream, method, to } = effect;
    if (!method.requestStream && !method.responseStream) throw new Error(`${method.path} is no stream: call it`);
    if (stream % 2 !== 1) throw new Error(`${host.address} opens stream ${stream}: the streams one opens are odd`);
    if (this.#halves.has(stream)) throw new Error(`${host.address} opens stream ${stream}, which is open`);
    const server = world.host(to);
    const here = host.place.name;
    const there = to.slice(to.indexOf("/") + 1);
    const near = new StreamHalf(host, here, method, true, world.delayNs(here, there));
    const far = new StreamHalf(server, there, method, false, world.delayNs(there, here));
    near.peer = far;
    far.peer = near;
    this.#register(near, stream);
    const request = method.requestStream
      ? undefined
      : world.encoding.carry<unknown>(method.requestType, effect.request);
    near.sendClosed = request !== undefined;
    near.send(new OpeningArrival(far, to, request, server?.falls ?? 0));
    const keepaliveNs = world.limits.keepaliveNs;
    const isCut =
      near.lastArrivalNs === Number.POSITIVE_INFINITY || world.rpcHeldUntilNs(near.place, far.place) > world.now;
    if (isCut && near.lastArrivalNs - world.now > keepaliveNs) {
      far.ending = true;
      near.endAt(world.now + keepaliveNs, failure(Code.UNAVAILABLE, `${to} cannot be reached`));
    }
  }

  /** A stream has come to be served. */
  accept(half: StreamHalf, request: unknown): void {
    this.#lastServed += 2;
    this.#register(half, this.#lastServed);
    const { method } = half;
    const from = (half.peer.host as VirtualHost).address;
    this.#host.step({ kind: "stream-opened", stream: half.id as Stream, method, request, from });
  }

  /** Effect `send`. */
  send(stream: Stream, item: unknown): void {
    const half = this.#halves.get(stream);
    if (half === undefined || half.sendClosed) {
      throw new Error(`${this.#host.address} sends on stream ${stream}, which has ended or was never open`);
    }
    if (half.ending) return;
    const { world } = this.#host;
    const max = world.limits.streamItemsMax;
    if (half.inFlight >= max) {
      const status = failure(Code.RESOURCE_EXHAUSTED, `${max} items of ${half.method.path} wait to be delivered`);
      half.ending = true;
      half.endAt(world.now, status);
      half.send(new EndArrival(half.peer, status, true));
      return;
    }
    half.inFlight += 1;
    if (half.inFlight * 2 >= max) half.halfFull = true;
    half.send(new ItemArrival(half, world.wire.carry(half.sends, item)));
  }

  /**
   * Effect `close`. The server ends the stream. The client half-closes a stream on which it sends; with a status
   * other than OK, or when it has nothing more to close, it cancels. Closing what has ended already is nothing.
   */
  close(stream: Stream, status: Status): void {
    const half = this.#halves.get(stream);
    if (half === undefined) return;
    if (half.isClient && status.code === Code.OK && !half.sendClosed) {
      half.sendClosed = true;
      if (!half.ending) half.send(new EndArrival(half.peer, OK, false));
      return;
    }
    this.forget(half);
    if (half.ending) return;
    half.send(
      new EndArrival(half.peer, half.isClient ? failure(Code.CANCELLED, "the client cancelled") : status, true),
    );
  }

  /** The process went down. */
  crash(): void {
    for (const half of this.#halves.values()) {
      half.open = false;
      if (half.ending) continue;
      const code = half.isClient ? Code.CANCELLED : Code.UNAVAILABLE;
      half.send(new EndArrival(half.peer, failure(code, `${this.#host.address} went down`), true));
    }
    this.#halves.clear();
  }

  /** Ends every stream we opened for which `cut` holds, as keepalive does when no answer comes. */
  breakTo(cut: (half: StreamHalf) => boolean): void {
    const { world } = this.#host;
    for (const half of this.#halves.values()) {
      if (!half.isClient || half.ending || !cut(half)) continue;
      const status = failure(Code.UNAVAILABLE, "keepalive had no answer");
      half.ending = true;
      half.peer.ending = true;
      half.endAt(world.now, status);
      half.peer.endAt(world.now, status);
    }
  }

  forget(half: StreamHalf): void {
    half.open = false;
    this.#halves.delete(half.id);
  }

  #register(half: StreamHalf, id: number): void {
    half.id = id;
    half.open = true;
    this.#halves.set(id, half);
  }
}

/** One process's end of a stream, and the direction in which it sends. */
export class StreamHalf {
  readonly host: VirtualHost | undefined;
  readonly place: string;
  readonly method: AnyMethod;
  readonly isClient: boolean;
  readonly sends: MessageType<unknown>;
  readonly receives: MessageType<unknown>;
  /** How long what it sends is under way, where nothing holds it up. */
  readonly delayNs: number;
  peer!: StreamHalf;
  id = 0;
  /** The process knows it as open. */
  open = false;
  /** The process will send nothing more. */
  sendClosed = false;
  /** It has broken, and the process is about to hear so. */
  ending = false;
  /** Items sent and not delivered yet. */
  inFlight = 0;
  /** `inFlight` has been half the limit or more since the last `writable`. */
  halfFull = false;
  /** When the last thing sent arrives: nothing may overtake it. */
  lastArrivalNs = 0;

  constructor(host: VirtualHost | undefined, place: string, method: AnyMethod, isClient: boolean, delayNs: number) {
    this.host = host;
    this.place = place;
    this.method = method;
    this.isClient = isClient;
    this.delayNs = delayNs;
    this.sends = isClient ? method.requestType : method.responseType;
    this.receives = isClient ? method.responseType : method.requestType;
  }

  /** Lets something travel to the other end, behind everything sent before. */
  send(arrival: WorldEvent): void {
    const world = (this.host ?? (this.peer.host as VirtualHost)).world;
    const arrivalNs = world.rpcArrivalNs(this.place, this.peer.place, this.delayNs);
    if (arrivalNs > this.lastArrivalNs) this.lastArrivalNs = arrivalNs;
    world.at(this.lastArrivalNs, arrival);
  }

  /** Tells this end at a true instant that the stream is over. */
  endAt(atNs: number, status: Status): void {
    this.host?.world.at(atNs, new LocalEnd(this, status));
  }

  /** Tells this end now that the other will send nothing more, or that the stream is over. */
  end(status: Status, over: boolean): void {
    const { host } = this;
    if (host === undefined || !this.open) return;
    if (over) host.streams.forget(this);
    host.step({ kind: "stream-ended", stream: this.id as Stream, method: this.method, status });
  }
}

class OpeningArrival implements WorldEvent {
  readonly #half: StreamHalf;
  readonly #to: string;
  readonly #request: Carried | undefined;
  readonly #falls: number;

  constructor(half: StreamHalf, to: string, request: Carried | undefined, falls: number) {
    this.#half = half;
    this.#to = to;
    this.#request = request;
    this.#falls = falls;
  }

  occur(): void {
    const half = this.#half;
    const client = half.peer;
    const world = (client.host as VirtualHost).world;
    const { host } = half;
    if (world.holdRpc(client.place, half.place, this) || host?.holds(this)) return;
    if (half.ending || host === undefined || !host.up || host.falls !== this.#falls) {
      if (this.#request !== undefined) world.encoding.release(this.#request);
      const why = host === undefined ? "there is no process at this address" : "the process is down";
      if (!half.ending) half.send(new EndArrival(client, failure(Code.UNAVAILABLE, `${this.#to}: ${why}`), true));
      return;
    }
    const request =
      this.#request === undefined ? undefined : world.open<unknown>(world.encoding, half.receives, this.#request);
    if (request instanceof Error) {
      half.send(new EndArrival(client, undecodable(half.method, request), true));
      return;
    }
    host.streams.accept(half, request);
  }
}

class ItemArrival implements WorldEvent {
  readonly #from: StreamHalf;
  readonly #item: Carried;

  constructor(from: StreamHalf, item: Carried) {
    this.#from = from;
    this.#item = item;
  }

  occur(): void {
    const from = this.#from;
    const to = from.peer;
    const world = (from.host as VirtualHost).world;
    if (world.holdRpc(from.place, to.place, this) || to.host?.holds(this)) return;
    from.inFlight -= 1;
    if (from.halfFull && from.inFlight * 2 < world.limits.streamItemsMax) {
      from.halfFull = false;
      world.at(world.rpcArrivalNs(to.place, from.place, to.delayNs), new RoomArrival(from));
    }
    const { host } = to;
    if (!to.open || to.ending || host === undefined) {
      world.wire.release(this.#item);
      return;
    }
    const item = world.open(world.wire, to.receives, this.#item);
    if (item instanceof Error) {
      const status = undecodable(to.method, item);
      to.send(new EndArrival(from, status, true));
      to.end(status, true);
      return;
    }
    host.step({ kind: "stream-item", stream: to.id as Stream, method: to.method, item });
  }
}

class EndArrival implements WorldEvent {
  readonly #half: StreamHalf;
  readonly #status: Status;
  readonly #over: boolean;

  constructor(half: StreamHalf, status: Status, over: boolean) {
    this.#half = half;
    this.#status = status;
    this.#over = over;
  }

  occur(): void {
    const half = this.#half;
    if (half.host?.world.holdRpc(half.peer.place, half.place, this) || half.host?.holds(this)) return;
    if (!half.ending) half.end(this.#status, this.#over);
  }
}

class LocalEnd implements WorldEvent {
  readonly #half: StreamHalf;
  readonly #status: Status;

  constructor(half: StreamHalf, status: Status) {
    this.#half = half;
    this.#status = status;
  }

  occur(): void {
    if (!this.#half.host?.holds(this)) this.#half.end(this.#status, true);
  }
}

class RoomArrival implements WorldEvent {
  readonly #half: StreamHalf;

  constructor(half: StreamHalf) {
    this.#half = half;
  }

  occur(): void {
    const half = this.#half;
    if (half.host?.holds(this) || !half.open || half.ending || half.sendClosed) return;
    half.host?.step({ kind: "writable", stream: half.id as Stream, method: half.method });
  }
}

function undecodable(method: AnyMethod, error: Error): Status {
  return failure(Code.INTERNAL, `an item of ${method.path} could not be decoded: ${error.message}`);
}
