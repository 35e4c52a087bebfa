import type { AnyMethod, Status } from "@bellmesh/mesh";
import { Client, type ClientDuplexStream, credentials, Metadata, type StatusObject } from "@grpc/grpc-js";
import { statusFromGrpc } from "../../packages/mesh/src/grpc-nats/rich-status.ts";

/** What a caller says of itself; absent keys are not sent. */
export type Claims = Readonly<Record<string, string>>;

/** Somebody with a gRPC client, who says of himself what he likes. */
export class Caller {
  readonly #client: Client;

  constructor(target: string) {
    this.#client = new Client(target, credentials.createInsecure());
  }

  /** Calls a method of any kind with these messages, and waits for how it ends. */
  async call(method: AnyMethod, claims: Claims, ...requests: unknown[]): Promise<Status> {
    const open = this.open(method, claims);
    for (const request of requests) open.send(request);
    return open.ended;
  }

  /** Every kind of method is a bidirectional stream on the wire: a unary one is one message each way. */
  open(method: AnyMethod, claims: Claims): OpenCall {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(claims)) metadata.set(key, value);
    const stream = this.#client.makeBidiStreamRequest(
      method.path,
      (request: unknown) => Buffer.from(method.requestType.encode(request).finish()),
      (bytes: Buffer) => method.responseType.decode(bytes),
      metadata,
    );
    return new OpenCall(method, stream);
  }

  close(): void {
    this.#client.close();
  }
}

/** A call that is under way. */
export class OpenCall {
  /** What has been answered so far. */
  readonly answers: unknown[] = [];
  readonly ended: Promise<Status>;
  readonly #method: AnyMethod;
  readonly #stream: ClientDuplexStream<unknown, unknown>;

  constructor(method: AnyMethod, stream: ClientDuplexStream<unknown, unknown>) {
    this.#method = method;
    this.#stream = stream;
    stream.on("data", (answer) => this.answers.push(answer));
    stream.on("error", () => undefined); // the status says the same
    this.ended = new Promise((resolve) => {
      stream.on("status", (status: StatusObject) => resolve(statusFromGrpc(status)));
    });
  }

  send(request: unknown): void {
    this.#stream.write(request);
    if (!this.#method.requestStream) this.#stream.end();
  }

  cancel(): void {
    this.#stream.cancel();
  }
}
