import { fileURLToPath } from "node:url";
import {
  type ClientReadableStream,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const protos = fileURLToPath(new URL("../../proto", import.meta.url));
const definition = loadSync("bellmesh/node_controller/v1/node_controller.proto", {
  includeDirs: [protos],
  longs: Number,
  enums: String,
  oneofs: true,
  defaults: true,
});
const CONTROLLER = "bellmesh.node_controller.v1.NodeControllerService";

interface Delivery {
  readonly sequence: number;
  readonly requestId: string;
  readonly event: "delivered" | "upgraded" | "expired" | "ended";
  readonly delivered?: { readonly pairSequence: number; readonly bellIndex?: { x: boolean; z: boolean } };
  readonly expired?: { readonly pairSequence: number; readonly retracted: boolean };
}

interface Controller {
  RequestPairs(
    request: object,
    metadata: Metadata,
    options: object,
    answered: (error: ServiceError | null, response: { requestId: string }) => void,
  ): void;
  Deliveries(request: object, metadata: Metadata): ClientReadableStream<Delivery>;
  close(): void;
}

/** What one end has delivered of a request: each pair's number, with the Bell index reported for it. */
type Pairs = Map<number, string>;

/** The door of one node, from outside the mesh: it is called again and again while it is away. */
class Door {
  readonly #client: Controller;
  readonly #node: string;
  readonly requests = new Map<string, Pairs>();
  #stream: ClientReadableStream<Delivery> | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(node: string, target: string) {
    const found = CONTROLLER.split(".").reduce((within, name) => within[name] as GrpcObject, definedServices());
    const Client = found as unknown as ServiceClientConstructor;
    const options = { "grpc.max_reconnect_backoff_ms": 500, "grpc.keepalive_time_ms": 3000 };
    this.#client = new Client(target, credentials.createInsecure(), options) as unknown as Controller;
    this.#node = node;
    this.#follow(0);
  }

  request(to: string, pairs: number, maxTimeNs: number): Promise<string> {
    const deadline = Date.now() + 10_000;
    return new Promise((resolve, reject) => {
      this.#client.RequestPairs({ to, pairs, maxTimeNs }, this.#metadata(), { deadline }, (error, response) => {
        if (error) reject(error);
        else resolve(response.requestId);
      });
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#stream?.cancel();
    this.#client.close();
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set("bellmesh-node", this.#node);
    return metadata;
  }

  #follow(afterSequence: number): void {
    let last = afterSequence;
    this.#stream = this.#client.Deliveries({ afterSequence }, this.#metadata());
    this.#stream.on("data", (delivery: Delivery) => {
      last = delivery.sequence;
      this.#take(delivery);
    });
    this.#stream.on("error", () => undefined);
    this.#stream.on("close", () => {
      // After a restart the node has forgotten what we have seen: then from the oldest it has.
      if (!this.#closed) this.#again = setTimeout(() => this.#follow(last === afterSequence ? 0 : last), 200);
    });
  }

  #take({ requestId, event, delivered, expired }: Delivery): void {
    const pairs = this.requests.get(requestId) ?? new Map<number, string>();
    this.requests.set(requestId, pairs);
    if (event === "delivered" && delivered) {
      const { x = false, z = false } = delivered.bellIndex ?? {};
      pairs.set(delivered.pairSequence, `${Number(x)}${Number(z)}`);
    } else if (event === "expired" && expired?.retracted) {
      pairs.delete(expired.pairSequence);
    }
  }
}

/** A program outside the mesh that asks for pairs between two nodes, with the contract and nothing else. */
export class Application {
  readonly #head: Door;
  readonly #tail: Door;
  readonly #to: string;

  constructor(doors: ReadonlyMap<string, string>, from: string, to: string) {
    this.#head = new Door(from, doors.get(from) ?? "");
    this.#tail = new Door(to, doors.get(to) ?? "");
    this.#to = to;
  }

  /** Asks for more pairs than come within this time, so that some are under way all the while. */
  async busy(forMs: number): Promise<void> {
    await this.#head.request(this.#to, 10_000, forMs * 1e6).catch(() => undefined);
  }

  /**
   * Asks for pairs until that many have been delivered at both ends, in as many requests as it takes.
   * @returns how many requests it took. @throws Error when the time is over.
   */
  async obtain(pairs: number, withinMs: number): Promise<number> {
    const end = Date.now() + withinMs;
    let refusal = "";
    for (let requests = 1; Date.now() < end; requests++) {
      try {
        const requestId = await this.#head.request(this.#to, pairs, 15e9);
        if (await this.#delivered(requestId, pairs, Math.min(end, Date.now() + 15_000))) return requests;
        refusal = `of ${requestId} ${this.#both(requestId)} pairs came`;
      } catch (error) {
        refusal = error instanceof Error ? error.message : String(error);
        await pause(250);
      }
    }
    throw new Error(`not ${pairs} pairs at both ends within ${withinMs / 1000} s: ${refusal}`);
  }

  close(): void {
    this.#head.close();
    this.#tail.close();
  }

  async #delivered(requestId: string, pairs: number, end: number): Promise<boolean> {
    while (Date.now() < end) {
      if (this.#both(requestId) >= pairs) return true;
      await pause(50);
    }
    return false;
  }

  /** How many pairs of a request both ends have. @throws Error when they differ about the state of one. */
  #both(requestId: string): number {
    const head = this.#head.requests.get(requestId) ?? new Map<number, string>();
    const tail = this.#tail.requests.get(requestId) ?? new Map<number, string>();
    const shared = [...head.keys()].filter((number) => tail.has(number));
    for (const number of shared) {
      if (head.get(number) === tail.get(number)) continue;
      throw new Error(`pair ${number} of ${requestId} is ${head.get(number)} here and ${tail.get(number)} there`);
    }
    return shared.length;
  }
}

function definedServices(): GrpcObject {
  return loadPackageDefinition(definition);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
