import { unlink } from "node:fs/promises";
import { connect } from "node:net";
import * as grpc from "@grpc/grpc-js";
import type { Address } from "../host.ts";
import { type AnyMethod, methodsOf } from "../method.ts";
import { Code, failure, OK, type Status } from "../status.ts";
import { placeOf, ServedCall, same } from "./calls.ts";
import { channelOptions } from "./channels.ts";
import type { MeshHost } from "./host.ts";
import { callerOf } from "./identity.ts";
import type { MeshProcess } from "./process.ts";
import { statusToGrpc } from "./rich-status.ts";
import { stampOf } from "./stamp.ts";
import { answeringServer, StreamHalf, type StreamWire, writingServer } from "./streams.ts";

// What it would print about an address stands in the error we throw.
grpc.setLogVerbosity(grpc.logVerbosity.NONE);

const UNIX = "unix:";
const HALF_CLOSE_MS = 5;

type AnyServerStream =
  | grpc.ServerReadableStream<Buffer, Buffer>
  | grpc.ServerWritableStream<Buffer, Buffer>
  | grpc.ServerDuplexStream<Buffer, Buffer>;

/** The gRPC server of a process: every method of every service it hosts, health and reflection. */
export class Server {
  /** The library's server, for health and reflection. */
  readonly grpc = new grpc.Server(channelOptions as grpc.ServerOptions);
  readonly #process: MeshProcess;
  readonly #hosts: readonly MeshHost[];

  constructor(process: MeshProcess, hosts: readonly MeshHost[]) {
    this.#process = process;
    this.#hosts = hosts;
    const methods = new Set(
      hosts.flatMap(({ service }) => service.serves.flatMap((served) => Object.values(methodsOf(served)))),
    );
    for (const method of methods) this.#serve(method);
  }

  /**
   * Binds the addresses: "unix:/path", "host:port", with port 0 for any.
   * @returns the ports of those that have one.
   * @throws Error naming the address that is in use or cannot be bound.
   */
  async listen(addresses: readonly string[]): Promise<number[]> {
    const ports: number[] = [];
    for (const address of addresses) {
      if (address.startsWith(UNIX)) await removeStaleSocket(address.slice(UNIX.length));
      const port = await this.#bind(address);
      if (!address.startsWith(UNIX)) ports.push(port);
    }
    return ports;
  }

  /** Waits for what is being answered, but not longer than this. */
  async shutdown(limitMs: number): Promise<void> {
    const patience = setTimeout(() => this.grpc.forceShutdown(), limitMs);
    await new Promise<void>((resolve) => this.grpc.tryShutdown(() => resolve()));
    clearTimeout(patience);
  }

  /** Who calls: somebody at a place of this network. Else why the call is refused, which is counted and logged. */
  callerOf(method: AnyMethod, metadata: grpc.Metadata): Address | Status {
    const from = callerOf(metadata);
    if (typeof from !== "string") {
      this.#process.refused(from.reason ?? "NO_IDENTITY", "?", `${method.path}: ${from.message}`);
      return from;
    }
    const place = placeOf(from);
    if (this.#process.knows(place)) return from;
    const message = `${from} is not of this network: it has no place ${place}`;
    this.#process.refused("UNKNOWN_PLACE", from, `${method.path}: ${message}`);
    return failure(Code.PERMISSION_DENIED, message, "UNKNOWN_PLACE");
  }

  #bind(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.grpc.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(new Error(`cannot listen on ${address}: ${error.message}; is another process there?`));
        else resolve(port);
      });
    });
  }

  #serve(method: AnyMethod): void {
    const { path } = method;
    if (!method.requestStream && !method.responseStream) {
      const handle: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => this.#called(method, call, callback);
      this.grpc.register(path, handle, same, same, "unary");
    } else if (!method.requestStream) {
      const handle: grpc.handleServerStreamingCall<Buffer, Buffer> = (call) => {
        this.#opened(method, call, writingServer(call), call.request);
      };
      this.grpc.register(path, handle, same, same, "serverStream");
    } else if (method.responseStream) {
      const handle: grpc.handleBidiStreamingCall<Buffer, Buffer> = (call) => {
        this.#opened(method, call, writingServer(call), undefined);
      };
      this.grpc.register(path, handle, same, same, "bidi");
    } else {
      const handle: grpc.handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
        this.#opened(method, call, answeringServer(callback), undefined);
      };
      this.grpc.register(path, handle, same, same, "clientStream");
    }
  }

  #called(method: AnyMethod, call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>): void {
    const admitted = this.#admit(method, call.metadata);
    if ("code" in admitted) {
      callback(statusToGrpc(admitted));
      return;
    }
    const { host, from } = admitted;
    const request = this.#decoded(method, call.request, from);
    if (request instanceof Refused) {
      callback(statusToGrpc(request.status));
      return;
    }
    const served = new ServedCall(method, from, request.value, stampOf(call.request), call.getDeadline(), callback);
    call.on("cancelled", () => host.calls.withdraw(served));
    host.calls.accept(served);
  }

  #opened(method: AnyMethod, wire: AnyServerStream, ours: StreamWire, bytes: Buffer | undefined): void {
    const admitted = this.#admit(method, wire.metadata);
    if ("code" in admitted) {
      ours.end(admitted);
      return;
    }
    const { host, from } = admitted;
    const request = bytes === undefined ? undefined : this.#decoded(method, bytes, from);
    if (request instanceof Refused) {
      ours.end(request.status);
      return;
    }
    const half = new StreamHalf(host, method, false, from);
    half.wire = ours;
    host.streams.accept(half, request?.value, bytes && stampOf(bytes));
    wire.on("cancelled", () => half.ended(failure(Code.CANCELLED, "the client cancelled"), true));
    if (!("push" in wire)) return;
    wire.on("data", (item: Buffer) => half.arrived(item));
    // A client that cancels seems to half-close first, and to cancel a turn or two later.
    wire.on("end", () => setTimeout(() => wire.cancelled || half.ended(OK, false), HALF_CLOSE_MS));
  }

  /** Who calls, and which service is meant; or why the call is refused. */
  #admit(method: AnyMethod, metadata: grpc.Metadata): { host: MeshHost; from: Address } | Status {
    const from = this.callerOf(method, metadata);
    if (typeof from !== "string") return from;
    const to = metadata.get("bellmesh-to")[0]?.toString();
    const serving = this.#hosts.filter(({ service }) =>
      service.serves.some(({ fullName }) => fullName === method.service),
    );
    const host = serving.length === 1 && to === undefined ? serving[0] : serving.find(({ address }) => address === to);
    if (host === undefined) {
      const here = serving.map(({ address }) => address).join(", ");
      const message =
        to === undefined ? `say which with the metadata bellmesh-to: ${here}` : `${to} is not here, ${here} is`;
      return failure(Code.NOT_FOUND, message, "NOT_HERE");
    }
    if (this.#process.stopping || !host.started) {
      const doing = this.#process.stopping ? "shutting down" : `starting: ${this.#process.waitsFor}`;
      return failure(Code.UNAVAILABLE, `${host.address} is ${doing}`, "NOT_SERVING");
    }
    return { host, from };
  }

  #decoded(method: AnyMethod, bytes: Buffer, from: Address): { value: unknown } | Refused {
    const value = this.#process.decode<unknown>(method.requestType, bytes);
    if (!(value instanceof Error)) return { value };
    const message = `a request of ${method.path} could not be decoded: ${value.message}`;
    this.#process.refused("UNDECODABLE", from, message);
    return new Refused(failure(Code.INTERNAL, message, "UNDECODABLE"));
  }
}

class Refused {
  readonly status: Status;

  constructor(status: Status) {
    this.status = status;
  }
}

/** A process that was killed leaves its socket's file behind: nobody listens there, and it goes. */
async function removeStaleSocket(path: string): Promise<void> {
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  if (answers) throw new Error(`cannot listen on unix:${path}: another process serves there`);
  await unlink(path).catch(() => undefined);
}
