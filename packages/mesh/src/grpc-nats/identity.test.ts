import { Metadata } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { Code } from "../status.ts";
import { callerOf, identityMetadata, targetOf } from "./identity.ts";

function metadata(entries: Record<string, string | string[]>): Metadata {
  const all = new Metadata();
  for (const [key, values] of Object.entries(entries)) for (const value of [values].flat()) all.add(key, value);
  return all;
}

describe("The caller of a call", () => {
  test("is the service and place its metadata names", () => {
    const sent = identityMetadata("network-layer/alice", "node-controller/bob");
    expect(callerOf(sent)).toBe("network-layer/alice");
    expect(targetOf(sent)).toBe("node-controller/bob");
  });

  test("is an application when the metadata names a node only", () => {
    expect(callerOf(metadata({ "bellmesh-node": "alice" }))).toBe("application/alice");
    expect(targetOf(metadata({ "bellmesh-node": "alice" }))).toBeUndefined();
  });

  test.each([
    ["no node", {}],
    ["a service without a node", { "bellmesh-service": "link-layer" }],
    ["two nodes", { "bellmesh-node": ["alice", "bob"] }],
    ["two services", { "bellmesh-node": "alice", "bellmesh-service": ["link-layer", "network-layer"] }],
    ["an empty node", { "bellmesh-node": "" }],
    ["a node in upper case", { "bellmesh-node": "Alice" }],
    ["a node with a subject in it", { "bellmesh-node": "alice.bob" }],
    ["a wildcard", { "bellmesh-node": "*" }],
    ["an address for a node", { "bellmesh-node": "link-layer/alice" }],
    ["an address for a service", { "bellmesh-node": "alice", "bellmesh-service": "link-layer/bob" }],
    ["a node too long to be one", { "bellmesh-node": "a".repeat(64) }],
    ["a node that ends in a dash", { "bellmesh-node": "alice-" }],
  ])("is nobody with %s in the metadata", (_what, entries) => {
    const refusal = { code: Code.UNAUTHENTICATED, reason: "NO_IDENTITY", message: expect.stringMatching(/^bellmesh-/) };
    expect(callerOf(metadata(entries))).toMatchObject(refusal);
  });
});

test.each(["alice", "node-controller/", "/alice", "a/b/c", "Node/alice"])("%s is no target", (target) => {
  expect(targetOf(metadata({ "bellmesh-to": target }))).toBeUndefined();
});
