import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, type RunningNats, startNats } from "@bellmesh/broker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXCHANGES, USERS } from "./exchanges.ts";
import { held } from "./raw-client.ts";

const isServerHere = findNatsServer(process.env.PATH) !== undefined;
if (!isServerHere) console.warn("skipped: whether a nats-server answers as ours does; there is none on this machine");

describe.each(["embedded", "server"] as const)("Of a client that talks to the %s broker", (kind) => {
  describe.skipIf(kind === "server" && !isServerHere)("it is so that", () => {
    let directory = "";
    let nats: RunningNats;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "bellmesh-bus-"));
      nats = await startNats({ prefer: kind, users: USERS, directory });
    });

    afterAll(async () => {
      await nats?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test.each(EXCHANGES)("$name", async (exchange) => {
      const { hears, isClosed = false } = exchange;
      expect(await held(nats.urlFor("all"), exchange)).toEqual({ hears, isClosed });
    });
  });
});
