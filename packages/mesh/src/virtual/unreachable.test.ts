import type { Instant } from "@bellmesh/wire";
import { ClockSyncServiceDefinition, type ExchangeResponse } from "@bellmesh/wire/clock-sync";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import { expect, test } from "vitest";
import { call, openServerStream, publish } from "../effects.ts";
import type { Call, Stream } from "../host.ts";
import { methodsOf } from "../method.ts";
import { Code } from "../status.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";

const { exchange, watchStatus } = methodsOf(ClockSyncServiceDefinition);

test("where no way leads, calls end at their deadline, streams with UNAVAILABLE, and messages are lost", () => {
  const client = scripted("client", {
    step: (_now, input) =>
      input.kind === "started"
        ? [
            call(1 as Call<ExchangeResponse>, "server/bob", exchange, { sequence: 1, sent: undefined }, 900 as Instant),
            openServerStream(1 as Stream<never>, "server/bob", watchStatus, {}),
            publish("news", Acknowledgement, { incarnation: 1, sequences: [], kind: "track" }),
          ]
        : [],
  });
  const server = scripted("server", { subscriptions: [{ subject: "news", type: Acknowledgement }] });
  const world = worldForTest({ delayNs: () => Number.POSITIVE_INFINITY, limits: { keepaliveNs: 5_000 } });
  world.add(client.service, { place: "alice", config: {} });
  world.add(server.service, { place: "bob", config: {} });
  world.start();
  expect(world.run().reason).toBe("quiescent");
  expect(transcript(server)).toEqual(["0 started 1"]);
  expect(transcript(client)).toEqual([
    "0 started 1",
    `900 call-failed 1 ${Code.DEADLINE_EXCEEDED}`,
    `5000 stream-ended 1 ${Code.UNAVAILABLE}`,
  ]);
});
