import { expect, test } from "vitest";
import { ClockCorrections } from "./clock-corrections.ts";

const correction = (incarnation: number, sequence: number) => ({
  node: "bob",
  incarnation,
  sequence,
  fromHardware: 10,
  fromHardwarePs: 1,
  disciplined: 12,
  disciplinedPs: 2,
  frequencyPpb: 3,
});
const ofBob = "bellmesh.v1.lab.ctl.bob.clock";

test("a correction counts once; copies, stragglers and those of a former incarnation do not", () => {
  const corrections = new ClockCorrections();
  const isAdmitted = (incarnation: number, sequence: number) =>
    corrections.admit(correction(incarnation, sequence), ofBob) !== undefined;
  expect([isAdmitted(1, 2), isAdmitted(1, 2), isAdmitted(1, 1), isAdmitted(1, 3)]).toEqual([true, false, false, true]);
  expect([isAdmitted(2, 1), isAdmitted(1, 9)]).toEqual([true, false]);
});

test("a correction comes from the node whose clock it sets", () => {
  const corrections = new ClockCorrections();
  expect(corrections.admit(correction(1, 1), "bellmesh.v1.lab.ctl.eve.clock")).toBeUndefined();
  expect(corrections.admit(correction(1, 1), ofBob)).toEqual({
    fromHardwareNs: 10,
    fromHardwarePs: 1,
    disciplinedNs: 12,
    disciplinedPs: 2,
    frequencyPpb: 3,
  });
});
