import type { BusUser } from "./bus-user.ts";

export interface NatsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly users: readonly BusUser[];
  /** By which clients tell this server from another on the same port. */
  readonly name?: string;
  /** Port of the server's monitoring pages; none when absent. */
  readonly monitorPort?: number;
}

/** The configuration file of a nats-server that knows these users (docs.nats.io, "Configuration"). */
export function natsServerConfig({ host, port, users, name, monitorPort }: NatsServerOptions): string {
  const lines = [`host: ${quoted(host)}`, `port: ${port}`];
  if (name !== undefined) lines.push(`server_name: ${quoted(name)}`);
  if (monitorPort !== undefined) lines.push(`monitor_port: ${monitorPort}`);
  if (users.length > 0) lines.push("authorization {", "  users = [", ...users.map(userLine), "  ]", "}");
  return `${lines.join("\n")}\n`;
}

function userLine({ user, password, permissions }: BusUser): string {
  const rules = Object.entries(permissions).map(([what, patterns]) => `${what}: [${patterns.map(quoted).join(", ")}]`);
  const allowed = rules.length > 0 ? `, permissions: {${rules.join(", ")}}` : "";
  return `    {user: ${quoted(user)}, password: ${quoted(password)}${allowed}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
