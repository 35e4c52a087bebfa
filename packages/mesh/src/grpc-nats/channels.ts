import * as grpc from "@grpc/grpc-js";
import type { Address } from "../host.ts";
import { ImpatientChannel } from "./impatient-channel.ts";

/** Peers come and go: look for them often, and notice within seconds when one has stopped answering. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.initial_reconnect_backoff_ms": 50,
  "grpc.min_reconnect_backoff_ms": 50,
  "grpc.max_reconnect_backoff_ms": 500,
  "grpc.keepalive_time_ms": 3000,
  "grpc.keepalive_timeout_ms": 2000,
  "grpc.dns_min_time_between_resolutions_ms": 500,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_retries": 0,
  "grpc-node.flow_control_window": 1_048_576,
};

/** The connections of one process to its peers, one per target, opened when first needed and kept. */
export class Channels {
  readonly #targetOf: (address: Address) => string;
  readonly #clients = new Map<string, grpc.Client>();

  constructor(targetOf: (address: Address) => string) {
    this.#targetOf = targetOf;
  }

  /** The client that reaches an address. */
  to(address: Address): grpc.Client {
    const target = this.#targetOf(address);
    let client = this.#clients.get(target);
    if (client === undefined) {
      const channelOverride = new ImpatientChannel(target, channelOptions);
      client = new grpc.Client(target, grpc.credentials.createInsecure(), { channelOverride });
      this.#clients.set(target, client);
    }
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }
}
