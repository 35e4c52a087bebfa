import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../container/health.sh", import.meta.url));
const hasBash = existsSync("/bin/bash");
if (!hasBash) console.warn("skipped: no /bin/bash, with which containers ask for health");

/** A HealthListResponse, by hand: for each service its name and whether it serves (1) or not (2). */
function answer(services: Readonly<Record<string, number>>): Buffer {
  const entries = Object.entries(services).map(([name, status]) => {
    const inner = [10, name.length, ...Buffer.from(name), 18, 2, 8, status];
    return Buffer.from([10, inner.length, ...inner]);
  });
  return Buffer.concat(entries);
}

describe.skipIf(!hasBash)("A container is", () => {
  let server: Server;
  let port = 0;
  let list: ((callback: (error: null, response: Buffer) => void) => void) | undefined;

  beforeEach(async () => {
    server = new Server();
    const same = (bytes: Buffer) => bytes;
    const codecs = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const path = "/grpc.health.v1.Health/List";
    server.addService(
      { list: { path, requestStream: false, responseStream: false, ...codecs } },
      { list: (_call: unknown, callback: (error: null, response: Buffer) => void) => list?.(callback) },
    );
    port = await new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  });
  afterEach(() => server.forceShutdown());

  function exitCode(): Promise<number> {
    return new Promise((resolve) => {
      execFile(script, [String(port)], (error) => resolve(error === null ? 0 : Number(error.code)));
    });
  }

  test("healthy when every service of its process is serving", async () => {
    list = (callback) => callback(null, answer({ "": 1, "a.B": 1, "c.D": 1 }));
    expect(await exitCode()).toBe(0);
  });

  test("healthy with more services than fit into one line of anything", async () => {
    const services = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`area.v1.Service${index}`, 1]));
    list = (callback) => callback(null, answer(services));
    expect(await exitCode()).toBe(0);
  });

  test("unhealthy when one of them is not", async () => {
    list = (callback) => callback(null, answer({ "": 1, "a.B": 2, "c.D": 1 }));
    expect(await exitCode()).toBe(1);
  });

  test("unhealthy when its process is too busy to answer", async () => {
    list = () => undefined;
    expect(await exitCode()).toBe(1);
  });

  test("unhealthy when nobody listens", async () => {
    server.forceShutdown();
    expect(await exitCode()).toBe(1);
  });
});
