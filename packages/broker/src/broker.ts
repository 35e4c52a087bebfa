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
  /** By which clients tell this broker from another on the same port. */
  readonly name?: string;
  /** Of one message, headers included. */
  readonly maxPayload?: number;
  /** More a client cannot have waiting for it: it is let go, as a slow consumer. */
  readonly maxPendingBytes?: number;
  /** Hears what the broker has to say. */
  readonly log?: (line: string) => void;
}

const MAX_PAYLOAD = 1_048_576;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const STOP_LIMIT_MS = 1000;

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
    const settings = {
      serverName: options.name ?? "bellmesh-broker",
      maxPayload: options.maxPayload ?? MAX_PAYLOAD,
      maxPendingBytes: options.maxPendingBytes ?? MAX_PENDING_BYTES,
      log: options.log ?? (() => undefined),
      subscriptions: new Subscriptions(),
      users: new Map(options.users.map((user) => [user.user, user])),
    };
    this.#server = createServer((socket) => {
      this.#lastClient += 1;
      const onClosed = () => this.#clients.delete(client);
      const client: BrokerClient = new BrokerClient({ ...settings, socket, id: this.#lastClient, onClosed });
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

  /** Ends every connection, with what is under way to it where it is taken within a second. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const clients = [...this.#clients];
    for (const client of clients) client.close();
    const impatience = setTimeout(() => {
      for (const client of clients) client.destroy();
    }, STOP_LIMIT_MS);
    await closed;
    clearTimeout(impatience);
  }
}
