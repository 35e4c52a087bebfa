import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, startNats } from "@bellmesh/broker";
import { pino } from "pino";
import { expect, test } from "vitest";
import { NatsBus } from "./bus.ts";

const patient = { timeout: 60_000, interval: 20 };
const isServerHere = findNatsServer(process.env.PATH) !== undefined;
if (!isServerHere) console.warn("skipped: a nats-server that is paused; there is none on this machine");

test.each(["embedded", "server"] as const)("a NATS that is paused, %s, is gone until it goes on", async (prefer) => {
  if (prefer === "server" && !isServerHere) return;
  const directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  const nats = await startNats({ prefer, users: [{ user: "test", password: "test", permissions: {} }], directory });
  const reasons: string[] = [];
  const heard: number[] = [];
  const bus = NatsBus.open({
    url: nats.urlFor("test"),
    name: "test",
    log: pino({ level: "silent" }),
    onUp: () => undefined,
    onDown: (reason) => reasons.push(reason),
  });
  try {
    await expect.poll(() => bus.up, patient).toBe(true);
    bus.subscribe("a", (message) => heard.push(message.bytes[0] as number));
    nats.kill("SIGSTOP");
    await expect.poll(() => bus.up, patient).toBe(false);
    expect(reasons).toHaveLength(1);
    for (let message = 0; message < 5; message++) expect(bus.publish("a", Uint8Array.of(1))).toBe(false);
    nats.kill("SIGCONT");
    await expect.poll(() => bus.up, patient).toBe(true);
    expect(bus.publish("a", Uint8Array.of(2))).toBe(true);
    await bus.flush();
    expect(heard).toEqual([2]);
    nats.kill("SIGSTOP");
    await bus.close();
  } finally {
    await bus.close();
    await nats.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
