import { findNatsServer } from "@bellmesh/broker";
import { describe, expect, test } from "vitest";
import { virtualBus } from "./buses.ts";
import { judged, judgedNats, programs } from "./conformance.ts";

describe("what core NATS promises, over 1,000 programs of 50 operations, is delivered by", () => {
  test("the virtual bus", async () => {
    expect(await judged(programs(1000), [virtualBus()])).toEqual([]);
  });

  test("the embedded broker", async () => {
    expect(await judgedNats("embedded", programs(1000))).toEqual([]);
  });

  test("a nats-server", async (context) => {
    if (findNatsServer(process.env.PATH) === undefined) {
      console.warn("skipped: there is no nats-server on this machine");
      context.skip();
    }
    expect(await judgedNats("server", programs(1000))).toEqual([]);
  });
});
