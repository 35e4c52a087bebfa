import { expect, test } from "vitest";
import { NatsUrlError, parseNatsUrl } from "./nats-url.ts";

test.each([
  ["nats://host", { servers: "host:4222" }],
  ["nats://host:7", { servers: "host:7" }],
  ["nats://[::1]:7", { servers: "[::1]:7" }],
  ["nats://alice:p%40ss%2Fword@host", { servers: "host:4222", user: "alice", pass: "p@ss/word" }],
  ["nats://token@host", { servers: "host:4222", token: "token" }],
  ["tls://a:b@host:1", { servers: "host:1", user: "a", pass: "b", tls: {} }],
])("%s is an address", (url, address) => {
  expect(parseNatsUrl(url)).toEqual(address);
});

test.each(["", "host:4222", "localhost", "http://host:4222", "nats://", "nats://host:port", "nats://host:99999"])(
  "%j is none, and it says so with what would be one",
  (url) => {
    expect(() => parseNatsUrl(url)).toThrow(NatsUrlError);
    expect(() => parseNatsUrl(url)).toThrow(/is no address of NATS; write nats:\/\/host:4222/);
  },
);

test("passwords do not stand in what it says", () => {
  expect(() => parseNatsUrl("nats://alice:secret@host:port")).toThrow(/^(?!.*secret).*alice:\*\*\*@host/);
  expect(() => parseNatsUrl("nats://alice:secret%zz@host")).toThrow(/^(?!.*secret).*at host:4222.*write %25/);
});
