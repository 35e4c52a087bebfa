import { expect, test } from "vitest";
import { grpcAddress } from "./grpc-address.ts";

const longest = `physical-link/${"a".repeat(63)}`;

test("a template is filled with service and place", () => {
  expect(grpcAddress("unix:/run/lab/{service}.{place}.sock", "link-layer/bob")).toBe(
    "unix:/run/lab/link-layer.bob.sock",
  );
  expect(grpcAddress("dns:///{place}:50051", "link-layer/bob")).toBe("dns:///bob:50051");
  expect(grpcAddress("dns:///{service}-{place}:50051", "link-layer/bob")).toBe("dns:///link-layer-bob:50051");
});

test("a socket whose path no system takes has a hash for its name, always the same and no other's", () => {
  const template = `unix:/${"d".repeat(70)}/{service}.{place}.sock`;
  const address = grpcAddress(template, longest as "a/b");
  expect(address).toMatch(/^unix:\/d{70}\/[0-9a-f]{16}\.sock$/);
  expect(grpcAddress(template, longest as "a/b")).toBe(address);
  expect(grpcAddress(template, `${longest}b` as "a/b")).not.toBe(address);
});

test("a directory too long for any socket is refused", () => {
  expect(() => grpcAddress(`unix:/${"d".repeat(98)}/{place}.sock`, "a/b")).toThrow(/take one of at most/);
});
