import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { handleUnaryCall, Server, ServerWritableStream, ServiceDefinition } from "@grpc/grpc-js";
import { Code } from "../status.ts";

/** grpc.health.v1.HealthCheckResponse.ServingStatus. */
const Serving = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;
type Serving = (typeof Serving)[keyof typeof Serving];

/** The name that stands for the whole process: that it is alive, not that it is of use. */
const LIVENESS = "";

/** HealthCheckRequest; grpc-js takes an empty string for no request at all. */
interface Question {
  readonly service: string;
}

type Watch = ServerWritableStream<Question, Serving>;

/**
 * `grpc.health.v1.Health` of a process (the gRPC health checking protocol, grpc/doc/health-checking.md). Written
 * here because every process has one: grpc-node's own package loads a protobuf parser for it, which costs each process
 * a fifth of its memory and half again of its start.
 */
export class Health {
  readonly #statuses = new Map<string, Serving>([[LIVENESS, Serving.SERVING]]);
  readonly #watches = new Map<string, Set<Watch>>();
  #shutDown = false;

  /** @param services full names of the proto services served here; none is serving until it is said to. */
  constructor(services: readonly string[]) {
    for (const service of services) this.#statuses.set(service, Serving.NOT_SERVING);
  }

  set(service: string, serving: boolean): void {
    if (service === LIVENESS) throw new Error("a process is alive until it shuts down; set the health of a service");
    if (!this.#statuses.has(service)) throw new Error(`${service} is not among the services served here`);
    if (!this.#shutDown) this.#tell(service, serving ? Serving.SERVING : Serving.NOT_SERVING);
  }

  /** Nothing is served any more, and whatever is set later changes nothing. Watchers hear of it. */
  shutdown(): void {
    this.#shutDown = true;
    for (const service of this.#statuses.keys()) this.#tell(service, Serving.NOT_SERVING);
  }

  /** Ends the watches, which would keep a server from shutting down. Watchers ask again, as the protocol wants. */
  close(): void {
    const open = Array.from(this.#watches.values()).flatMap((watches) => [...watches]);
    this.#watches.clear();
    // On a stream of a grpc-js server an error is the status it ends with.
    for (const watch of open) watch.emit("error", { code: Code.UNAVAILABLE, details: "the process is stopping" });
  }

  register(server: Server): void {
    const check: handleUnaryCall<Question, Serving> = ({ request: { service } }, answer) => {
      const serving = this.#statuses.get(service);
      if (serving !== undefined) answer(null, serving);
      else answer({ code: Code.NOT_FOUND, details: `${shown(service)} is not among the services served here` });
    };
    const list: handleUnaryCall<unknown, ReadonlyMap<string, Serving>> = (_call, answer) =>
      answer(null, this.#statuses);
    server.addService(definition, { Check: check, List: list, Watch: (watch: Watch) => this.#watch(watch) });
  }

  #watch(watch: Watch): void {
    const { service } = watch.request;
    const watches = this.#watches.get(service) ?? new Set();
    this.#watches.set(service, watches.add(watch));
    watch.on("cancelled", () => {
      watches.delete(watch);
      if (watches.size === 0 && this.#watches.get(service) === watches) this.#watches.delete(service);
    });
    // Of a service not served here the protocol wants this as an item, not as an error.
    watch.write(this.#statuses.get(service) ?? Serving.SERVICE_UNKNOWN);
  }

  #tell(service: string, serving: Serving): void {
    if (this.#statuses.get(service) === serving) return;
    this.#statuses.set(service, serving);
    for (const watch of this.#watches.get(service) ?? []) watch.write(serving);
  }
}

/** A name that somebody sent, in a message to him. */
function shown(service: string): string {
  return JSON.stringify(service.slice(0, 100));
}

const SERVICE = "grpc.health.v1.Health";

const ask = { requestSerialize: questionBytes, requestDeserialize: questionOf };
const tell = { responseSerialize: statusBytes, responseDeserialize: statusOf };

const definition: ServiceDefinition = {
  Check: { path: `/${SERVICE}/Check`, requestStream: false, responseStream: false, ...ask, ...tell },
  Watch: { path: `/${SERVICE}/Watch`, requestStream: false, responseStream: true, ...ask, ...tell },
  List: {
    path: `/${SERVICE}/List`,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: listBytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

/** HealthCheckRequest { string service = 1; } */
function questionOf(bytes: Buffer): Question {
  const reader = new BinaryReader(bytes);
  let service = "";
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === 2) service = reader.string();
    else reader.skip(wireType, field);
  }
  return { service };
}

function questionBytes({ service }: Question): Buffer {
  return Buffer.from(new BinaryWriter().uint32(10).string(service).finish());
}

/** HealthCheckResponse { ServingStatus status = 1; } */
function statusBytes(serving: Serving): Buffer {
  return Buffer.from([8, serving]);
}

function statusOf(bytes: Buffer): number {
  return bytes[1] ?? 0;
}

/** HealthListResponse { map<string, HealthCheckResponse> statuses = 1; } */
function listBytes(statuses: ReadonlyMap<string, Serving>): Buffer {
  const writer = new BinaryWriter();
  for (const [service, serving] of statuses) {
    writer.uint32(10).fork().uint32(10).string(service).uint32(18).bytes(statusBytes(serving)).join();
  }
  return Buffer.from(writer.finish());
}
