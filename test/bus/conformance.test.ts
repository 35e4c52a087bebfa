import { expect, test } from "vitest";
import { virtualBus } from "./buses.ts";
import { judged, judgedNats, programs } from "./conformance.ts";

test("the virtual bus delivers what core NATS promises, over 200 programs of 50 operations", async () => {
  expect(await judged(programs(200), [virtualBus()])).toEqual([]);
});

test("the embedded broker delivers what core NATS promises, over 60 programs", async () => {
  expect(await judgedNats("embedded", programs(60))).toEqual([]);
});
