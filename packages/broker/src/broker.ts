import { createServer, type Server } from "node:net";
import { BrokerClient } from "./broker-client.ts";
import type { BusUser } from "./bus-user.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface BrokerOptions {
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Who may log in; nobody needs to where the list is empty. */
  readonly users: readonly BusUser[];
  readonly maxPayload?: number;
}

const MAX_PAYLOAD = 1_048_576;

/**
 * A small broker of the core NATS protocol (docs.nats.io, "Client Protocol"), for machines without a nats-server:
 * subjects with wildcards, queue groups, headers, no responders, users with permissions. No clusters, no TLS, no
 * JetStream.
 */
export class Broker {
  readonly #server: Server;
  readonly #clients = new Set<BrokerClient>();
  #lastClient = 0;

  private constructor(options: BrokerOptions) {
    const subscriptions = new Subscriptions();
    const users = new Map(options.users.map((user) => [user.user, user]));
    this.#server = createServer((socket) => {
      this.#lastClient += 1;
      const client = new BrokerClient({
        socket,
        id: this.#lastClient,
        maxPayload: options.maxPayload ?? MAX_PAYLOAD,
        subscriptions,
        users,
        onClosed: () => this.#clients.delete(client),
      });
      this.#clients.add(client);
    });
  }

  /** Listens. @throws Error of the system when the port cannot be had. */
  static start(options: BrokerOptions): Promise<Broker> {
    const broker = new Broker(options);
    return new Promise((resolve, reject) => {
      broker.#server.once("error", reject);
      broker.#server.listen(options.port, options.host, () => resolve(broker));
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const client of [...this.#clients]) client.close();
    await closed;
  }
}
