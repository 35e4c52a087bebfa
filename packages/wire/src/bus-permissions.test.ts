import fc from "fast-check";
import { expect, test } from "vitest";
import { mayPublish, publishPatterns } from "./bus-permissions.ts";
import { subjects } from "./subjects.ts";

test("a place publishes under its own token, on every plane, and answers", () => {
  expect(publishPatterns("lab", "alice")).toEqual(["bellmesh.v1.lab.*.alice.>", "_INBOX.>"]);
  const own = [
    subjects.feedforward("lab", "alice", "bob", "track"),
    subjects.control("lab", "alice", "clock"),
    subjects.ledger("lab", "alice", "link-layer"),
    subjects.telemetry("lab", "alice", "link-layer"),
    "_INBOX.abc.1",
  ];
  expect(own.filter((subject) => !mayPublish("lab", "alice", subject))).toEqual([]);
});

test("the collector is a place like others, and acknowledges in its own name", () => {
  const acknowledgement = subjects.ledgerAcknowledgement("lab", "alice", "link-layer");
  expect(mayPublish("lab", "collector", acknowledgement)).toBe(true);
  expect(mayPublish("lab", "alice", acknowledgement)).toBe(false);
});

test.each([
  "bellmesh.v1.lab.ff.bob.alice.track",
  "bellmesh.v1.other.ff.alice.bob.track",
  "bellmesh.v2.lab.ff.alice.bob.track",
  "bellmesh.v1.lab.ff.alice",
  "bellmesh.v1.lab.alice.bob.track",
  "bellmesh",
  "_INBOX",
  "",
])("alice may not publish on %j", (subject) => {
  expect(mayPublish("lab", "alice", subject)).toBe(false);
});

test("what it may is what its patterns say", () => {
  const token = fc.constantFrom("bellmesh", "v1", "lab", "other", "ff", "led", "alice", "bob", "_INBOX", "x");
  const familiar = fc.tuple(
    fc.constant("bellmesh"),
    fc.constant("v1"),
    fc.constantFrom("lab", "other"),
    fc.constantFrom("ff", "ctl"),
    fc.constantFrom("alice", "bob"),
    fc.constantFrom("track", "x"),
  );
  const patterns = publishPatterns("lab", "alice").map(
    (pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replace("*", "[^.]+").replace(">", ".+")}$`),
  );
  fc.assert(
    fc.property(fc.oneof(fc.array(token, { minLength: 1, maxLength: 8 }), familiar), (tokens) => {
      const subject = tokens.join(".");
      expect(mayPublish("lab", "alice", subject)).toBe(patterns.some((pattern) => pattern.test(subject)));
    }),
  );
});
