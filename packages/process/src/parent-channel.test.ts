import { expect, test } from "vitest";
import { isCrashInStep, isServing } from "./parent-channel.ts";

const strange = [undefined, null, 7, "ready", [], {}, { ready: true }, { ready: false, ports: [] }, { ports: [1] }];

test("what a parent is told is that its process serves, or nothing it knows", () => {
  expect(
    [
      { ready: true, ports: [] },
      { ready: true, ports: [4711] },
    ].map(isServing),
  ).toEqual([true, true]);
  for (const message of [...strange, { ready: true, ports: ["4711"] }]) expect(isServing(message)).toBe(false);
});

test("what a process is told is in the steps of whom it ends, or nothing it knows", () => {
  const good = [{ crashInStepOf: [] }, { crashInStepOf: ["link-layer/alice"] }];
  expect(good.map(isCrashInStep)).toEqual([true, true]);
  const bad = [...strange, { crashInStepOf: "link-layer/alice" }, { crashInStepOf: ["alice"] }, { crashInStepOf: [7] }];
  for (const message of bad) expect(isCrashInStep(message)).toBe(false);
});
