/** Having a NATS: a given one, a nats-server of this machine, or a small broker of our own. */
export { Broker, type BrokerOptions } from "./broker.ts";
export type { BusPermissions, BusUser } from "./bus-user.ts";
export { findNatsServer } from "./find-nats-server.ts";
export { type NatsServerOptions, natsServerConfig } from "./nats-server-config.ts";
export { type NatsKind, type RunningNats, type StartNatsOptions, startNats } from "./start-nats.ts";
