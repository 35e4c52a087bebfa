import { expect, test } from "vitest";
import { natsServerConfig } from "./nats-server-config.ts";

test("the configuration names every user and what it may do", () => {
  const users = [
    { user: "alice", password: "a secret", permissions: { publish: ["a.>", "_INBOX.>"], subscribe: [">"] } },
    { user: "bob", password: 'with "quotes"', permissions: {} },
  ];
  expect(natsServerConfig({ host: "127.0.0.1", port: 4222, users, name: "mine", monitorPort: 8222 })).toBe(
    `host: "127.0.0.1"
port: 4222
server_name: "mine"
monitor_port: 8222
authorization {
  users = [
    {user: "alice", password: "a secret", permissions: {publish: ["a.>", "_INBOX.>"], subscribe: [">"]}}
    {user: "bob", password: "with \\"quotes\\""}
  ]
}
`,
  );
});

test("without users anybody may come", () => {
  expect(natsServerConfig({ host: "::1", port: 1, users: [] })).toBe('host: "::1"\nport: 1\n');
});
