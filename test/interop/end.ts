import { type Client, type ClientReadableStream, Metadata } from "@grpc/grpc-js";
import { call, clientOf, type Fields } from "./contract.ts";

const CONTROLLER = "bellmesh.node_controller.v1.NodeControllerService";

export interface BellIndex {
  readonly x: boolean;
  readonly z: boolean;
}

export interface Delivered {
  /** The link pair whose half this end holds. */
  readonly pair: string;
  readonly bell: BellIndex;
}

/** One end of the pairs: its node-controller's door, and what it has delivered so far. */
export class End {
  readonly node: string;
  /** By request, then by the pair's number within it. */
  readonly delivered = new Map<string, Map<number, Delivered>>();
  /** How each request has ended here. */
  readonly ended = new Map<string, Fields>();
  readonly #client: Client;
  readonly #deliveries: ClientReadableStream<Fields>;

  constructor(node: string, target: string) {
    this.node = node;
    this.#client = clientOf(CONTROLLER, target);
    const metadata = new Metadata({ waitForReady: true });
    metadata.set("bellmesh-node", node);
    const follow = (this.#client as unknown as Record<string, (...args: unknown[]) => ClientReadableStream<Fields>>)
      .Deliveries as (...args: unknown[]) => ClientReadableStream<Fields>;
    this.#deliveries = follow.call(this.#client, {}, metadata);
    this.#deliveries.on("data", (event: Fields) => this.#take(event));
    this.#deliveries.on("error", () => undefined);
  }

  /** Asks for pairs with another node. @returns the request's id. */
  async request(to: string, pairs: number, more: object = {}): Promise<string> {
    const { request_id: requestId } = await call(this.#client, "RequestPairs", { to, pairs, ...more }, this.node);
    return String(requestId);
  }

  /** Asks for anything at all, as anybody or as nobody. */
  ask(method: string, request: object, node: string | undefined): Promise<Fields> {
    return call(this.#client, method, request, node);
  }

  /** The pairs of a request that are delivered here and not retracted. */
  pairsOf(requestId: string): ReadonlyMap<number, Delivered> {
    return this.delivered.get(requestId) ?? new Map();
  }

  close(): void {
    this.#deliveries.cancel();
    this.#client.close();
  }

  #take(event: Fields): void {
    const requestId = String(event.request_id);
    const pairs = this.delivered.get(requestId) ?? new Map<number, Delivered>();
    this.delivered.set(requestId, pairs);
    const content = event[String(event.event)] as Fields;
    if (event.event === "delivered") {
      const { x = false, z = false } = (content.bell_index ?? {}) as Partial<BellIndex>;
      pairs.set(Number(content.pair_sequence), { pair: String(content.pair), bell: { x, z } });
    } else if (event.event === "expired" && content.retracted) {
      pairs.delete(Number(content.pair_sequence));
    } else if (event.event === "ended") {
      this.ended.set(requestId, content);
    }
  }
}
