import type { FaultEntry } from "@bellmesh/mesh";
import type { MeshTime } from "@bellmesh/mesh/grpc-nats";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProcessFaultTimes } from "./process-fault-times.ts";

const HOUR_NS = 3600e9;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("One fault may be cleared, and others act on and come on", () => {
  const time = { now: () => Date.now() * 1e6, wallMsUntil: (atNs: number) => atNs / 1e6 - Date.now() };
  const ended: FaultEntry[] = [];
  const times = new ProcessFaultTimes(time as MeshTime, { began: () => undefined, ended: (one) => ended.push(one) });
  const [now, later] = [0, HOUR_NS].map((atNs) => {
    const pause = { atNs, forNs: HOUR_NS, kind: "pause", target: { process: "n0" }, args: {} } as FaultEntry;
    const other = { ...pause, target: { process: "n1" } } as FaultEntry;
    for (const entry of [pause, other]) times.add(entry);
    return pause;
  }) as [FaultEntry, FaultEntry];
  vi.advanceTimersByTime(1000);
  times.clear([{ ...now }, { ...later }]);
  expect(ended).toEqual([now]);
  const others = { acting: [{ target: { process: "n1" } }], coming: [{ target: { process: "n1" } }] };
  expect(times.list()).toMatchObject(others);
});

test("A fault of days hence begins and ends at its instants, not when a timer can go no further", () => {
  const time = { now: () => Date.now() * 1e6, wallMsUntil: (atNs: number) => atNs / 1e6 - Date.now() };
  const deeds: [string, number][] = [];
  const note = (what: string) => () => void deeds.push([what, (Date.now() * 1e6) / HOUR_NS]);
  const times = new ProcessFaultTimes(time as MeshTime, { began: note("began"), ended: note("ended") });
  const fault = { kind: "pause", target: { process: "n0" }, args: {} } as const;
  times.add({ ...fault, atNs: 60 * HOUR_NS, forNs: 50 * HOUR_NS } as FaultEntry);
  vi.advanceTimersByTime(59 * 3_600_000);
  expect(times.list()).toMatchObject({ acting: [], coming: [{ kind: "pause" }] });
  vi.advanceTimersByTime(52 * 3_600_000);
  expect(deeds).toEqual([
    ["began", 60],
    ["ended", 110],
  ]);
});
