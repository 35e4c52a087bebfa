import type * as grpc from "@grpc/grpc-js";
import type { Address, Effect, Stream } from "../host.ts";
import type { AnyMethod, MessageType } from "../method.ts";
import { Code, failure, OK, type Status } from "../status.ts";
import { placeOf, same } from "./calls.ts";
import type { MeshHost } from "./host.ts";
import { identityMetadata } from "./identity.ts";
import { statusFromGrpc, statusToGrpc } from "./rich-status.ts";
import { encodeStamped, type Sending, stampOf } from "./stamp.ts";

/** Items of one direction of a stream that were sent and not taken by the connection; one more ends the stream. */
const STREAM_ITEMS_MAX = 1024;
/** Whoever answers nothing for so long is not there. */
const KEEPALIVE_NS = 5_000_000_000;
/** As whom every process of a node watches its clock, for its readiness. */
const CLOCK_TRUST = "clock-trust/";

/** The wire's end of a stream, whichever kind of method and whichever side. */
export interface StreamWire {
  /** Takes an item; `taken` is called when the connection has it. */
  write(bytes: Buffer, taken: () => void): void;
  /** We send nothing more. */
  halfClose(): void;
  /** The stream is over. */
  end(status: Status): void;
}

/** The streams of one process: those it opened, by their odd numbers, and those opened to it, by even ones. */
export class Streams {
  readonly #host: MeshHost;
  readonly #halves = new Map<number, StreamHalf>();
  #lastServed = 0;

  constructor(host: MeshHost) {
    this.#host = host;
  }

  /** Streams between services: those by which processes look whether a clock is to be trusted are none. */
  get size(): number {
    let watched = 0;
    for (const { peer } of this.#halves.values()) if (peer.startsWith(CLOCK_TRUST)) watched += 1;
    return this.#halves.size - watched;
  }

  /** Effect `open-stream`. */
  open(effect: Extract<Effect, { kind: "open-stream" }>): void {
    const { address, world } = this.#host;
    const { stream, method, to, request } = effect;
    if (!method.requestStream && !method.responseStream) throw new Error(`${method.path} is no stream: call it`);
    if (stream % 2 !== 1) throw new Error(`${address} opens stream ${stream}: the streams one opens are odd`);
    if (this.#halves.has(stream)) throw new Error(`${address} opens stream ${stream}, which is open`);
    const half = new StreamHalf(this.#host, method, true, to);
    half.id = stream;
    this.#halves.set(stream, half);
    this.#watchCut(half);
    const client = world.channels.to(to);
    const metadata = identityMetadata(address, to);
    if (method.requestStream && method.responseStream) {
      const wire = client.makeBidiStreamRequest(method.path, same, same, metadata);
      hear(wire, half);
      half.wire = duplexClient(wire);
    } else if (method.responseStream) {
      half.sendClosed = true;
      const bytes = encodeStamped<unknown>(world.writer, method.requestType, request, this.#host.sending);
      const wire = client.makeServerStreamRequest(method.path, same, same, bytes, metadata);
      hear(wire, half);
      half.wire = readingClient(wire);
    } else {
      const wire = client.makeClientStreamRequest(method.path, same, same, metadata, (error, bytes) => {
        if (bytes) half.arrived(bytes);
        half.ended(error ? statusFromGrpc(error) : OK, true);
      });
      half.wire = duplexClient(wire);
    }
  }

  /** A stream that is opened over a way that is cut hears of it as keepalive would say so. */
  #watchCut(half: StreamHalf): void {
    const { world, place } = this.#host;
    const isCut = () => world.faults?.isCut(place.name, placeOf(half.peer)) ?? false;
    if (!isCut()) return;
    const status = failure(Code.UNAVAILABLE, `${half.peer} cannot be reached`);
    world.happen(world.now + KEEPALIVE_NS, () => isCut() && half.breakOff(status));
  }

  /** A stream has come to be served; `request` is there when the client sends one message only. */
  accept(half: StreamHalf, request: unknown, sending: Sending | undefined): void {
    const host = this.#host;
    half.actsAt(sending, (lateNs, lagNs) => {
      this.#lastServed += 2;
      half.id = this.#lastServed;
      this.#halves.set(half.id, half);
      const { method, peer } = half;
      host.step({ kind: "stream-opened", stream: half.id as Stream, method, request, from: peer }, lateNs + lagNs);
    });
  }

  /** Effect `send`. */
  send(stream: Stream, item: unknown): void {
    const half = this.#halves.get(stream);
    if (half === undefined || half.sendClosed) {
      throw new Error(`${this.#host.address} sends on stream ${stream}, which has ended or was never open`);
    }
    if (half.ending) return;
    if (half.inFlight >= STREAM_ITEMS_MAX) {
      const message = `${STREAM_ITEMS_MAX} items of ${half.method.path} wait to be delivered`;
      half.wire?.end(failure(Code.RESOURCE_EXHAUSTED, message, "SLOW_READER"));
      half.ended(failure(Code.RESOURCE_EXHAUSTED, message, "SLOW_READER"), true);
      return;
    }
    half.write(item);
  }

  /** Effect `close`; as the contract says of servers and clients. Closing what has ended already is nothing. */
  close(stream: Stream, status: Status): void {
    const half = this.#halves.get(stream);
    if (half === undefined) return;
    if (half.isClient && status.code === Code.OK && !half.sendClosed) {
      half.sendClosed = true;
      if (!half.ending) half.wire?.halfClose();
      return;
    }
    if (!half.isClient) this.#host.turnedAway(half.peer, half.method, status);
    this.forget(half);
    if (!half.ending) half.wire?.end(status);
  }

  /** The process stops. */
  shutdown(): void {
    const status = failure(Code.UNAVAILABLE, `${this.#host.address} is shutting down`, "SHUTTING_DOWN");
    for (const half of this.#halves.values()) {
      half.ending = true;
      half.wire?.end(status);
    }
    this.#halves.clear();
  }

  /** Ends every stream with a place for which `cut` holds, as keepalive does when no answer comes. */
  breakTo(cut: (place: string) => boolean, status: Status): void {
    for (const half of [...this.#halves.values()]) if (cut(placeOf(half.peer))) half.breakOff(status);
  }

  forget(half: StreamHalf): void {
    half.closed = true;
    this.#halves.delete(half.id);
  }
}

/** This process's end of a stream. */
export class StreamHalf {
  readonly method: AnyMethod;
  readonly isClient: boolean;
  /** Who is at the other end. */
  readonly peer: Address;
  wire: StreamWire | undefined;
  id = 0;
  /** The machine will send nothing more. */
  sendClosed = false;
  /** It is over on the wire, and the machine is about to hear so. */
  ending = false;
  /** It is over for the machine. */
  closed = false;
  /** Items sent that the connection has not taken yet. */
  inFlight = 0;
  readonly #host: MeshHost;
  /** `inFlight` has been half the limit or more since the last `writable`. */
  #halfFull = false;
  /** Nothing overtakes what came before on the stream. */
  #lastActNs = 0;

  constructor(host: MeshHost, method: AnyMethod, isClient: boolean, peer: Address) {
    this.#host = host;
    this.method = method;
    this.isClient = isClient;
    this.peer = peer;
  }

  get #receives(): MessageType<unknown> {
    return this.isClient ? this.method.responseType : this.method.requestType;
  }

  write(item: unknown): void {
    const { world, sending } = this.#host;
    const type: MessageType<unknown> = this.isClient ? this.method.requestType : this.method.responseType;
    this.inFlight += 1;
    if (this.inFlight * 2 >= STREAM_ITEMS_MAX) this.#halfFull = true;
    this.wire?.write(encodeStamped(world.writer, type, item, sending), () => this.#taken());
  }

  /** Bytes of an item have come. */
  arrived(bytes: Buffer): void {
    if (this.closed || this.ending) return;
    const host = this.#host;
    const sending = stampOf(bytes);
    const item = host.world.decode(this.#receives, bytes);
    if (item instanceof Error) {
      const message = `an item of ${this.method.path} could not be decoded: ${item.message}`;
      const status = failure(Code.INTERNAL, message, "UNDECODABLE");
      host.world.refused("UNDECODABLE", this.peer, message);
      this.wire?.end(status);
      this.ended(status, true);
      return;
    }
    this.actsAt(sending, (lateNs, lagNs) => {
      if (this.closed) return;
      host.step({ kind: "stream-item", stream: this.id as Stream, method: this.method, item, lateNs }, lateNs + lagNs);
    });
  }

  /** The other side sends nothing more, or the stream is over. */
  ended(status: Status, over: boolean): void {
    if (this.ending || this.closed) return;
    if (over) this.ending = true;
    const host = this.#host;
    this.actsAt(undefined, () => {
      if (this.closed) return;
      if (over) host.streams.forget(this);
      host.step({ kind: "stream-ended", stream: this.id as Stream, method: this.method, status });
    });
  }

  /**
   * Lets something happen when it acts, and not before what came before it.
   * @param happen is told how late it was sent or came, and by how much later still it happens
   */
  actsAt(sending: Sending | undefined, happen: (lateNs: number, lagNs: number) => void): void {
    const { world, place } = this.#host;
    const from = placeOf(this.peer);
    const arrival = this.#host.arrival(from, sending);
    const actsAtNs = arrival.actsAtNs + this.#host.faultNs(from);
    const waitedNs = Math.max(0, this.#lastActNs - actsAtNs);
    this.#lastActNs = actsAtNs + waitedNs;
    world.arrive(from, place.name, this.#lastActNs, (lagNs) => happen(arrival.lateNs, waitedNs + lagNs));
  }

  /** It is over for us, whatever the other side thinks: nobody answers there. */
  breakOff(status: Status): void {
    if (this.ending || this.closed) return;
    this.ending = true;
    const host = this.#host;
    this.wire?.end(status);
    host.streams.forget(this);
    host.step({ kind: "stream-ended", stream: this.id as Stream, method: this.method, status });
  }

  #taken(): void {
    this.inFlight -= 1;
    if (!this.#halfFull || this.inFlight * 2 >= STREAM_ITEMS_MAX) return;
    this.#halfFull = false;
    const host = this.#host;
    host.world.happen(undefined, () => {
      if (this.closed || this.ending || this.sendClosed) return;
      host.step({ kind: "writable", stream: this.id as Stream, method: this.method });
    });
  }
}

/** Hears what a server sends us; its status comes last, behind every item. */
function hear(wire: grpc.ClientReadableStream<Buffer> | grpc.ClientDuplexStream<Buffer, Buffer>, half: StreamHalf) {
  let last: Status | undefined;
  wire.on("data", (bytes: Buffer) => {
    half.arrived(bytes);
    if (last && wire.readableLength === 0) half.ended(last, true);
  });
  wire.on("status", (status: grpc.StatusObject) => {
    last = statusFromGrpc(status);
    if (wire.readableLength === 0) half.ended(last, true);
  });
  // The status says the same.
  wire.on("error", () => undefined);
}

function duplexClient(wire: grpc.ClientWritableStream<Buffer> | grpc.ClientDuplexStream<Buffer, Buffer>): StreamWire {
  return {
    write: (bytes, taken) => wire.write(bytes, taken),
    halfClose: () => wire.end(),
    end: () => wire.cancel(),
  };
}

function readingClient(wire: grpc.ClientReadableStream<Buffer>): StreamWire {
  const nothingToSend = () => undefined;
  return { write: nothingToSend, halfClose: nothingToSend, end: () => wire.cancel() };
}

/** The wire of a stream opened to us, on which we send any number of items. */
export function writingServer(
  wire: grpc.ServerWritableStream<Buffer, Buffer> | grpc.ServerDuplexStream<Buffer, Buffer>,
): StreamWire {
  return {
    write: (bytes, taken) => wire.write(bytes, taken),
    halfClose: () => undefined,
    end: (status) => {
      if (status.code === Code.OK) wire.end();
      else wire.emit("error", statusToGrpc(status));
    },
  };
}

/** The wire of a stream opened to us, which we answer once. */
export function answeringServer(callback: grpc.sendUnaryData<Buffer>): StreamWire {
  let answer: Buffer | undefined;
  return {
    write: (bytes, taken) => {
      answer = bytes;
      taken();
    },
    halfClose: () => undefined,
    end: (status) => {
      if (status.code !== Code.OK) callback(statusToGrpc(status));
      else if (answer) callback(null, answer);
      else callback(statusToGrpc(failure(Code.INTERNAL, "the stream was ended without its one answer")));
    },
  };
}
