import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededEntropy } from "@bellmesh/numerics";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FaultEntry, FaultScope } from "../index.ts";
import type { MeshHost } from "./host.ts";
import { ProcessFaults } from "./process-faults.ts";

const scope: FaultScope = {
  nodes: ["alice", "bob"],
  links: [{ name: "alice-bob", ends: ["alice", "bob"] }],
  processes: ["quantum-state/nature"],
  slotsOf: () => 1,
};
const drift = { atNs: 100, forNs: 1000, kind: "clock-drift", target: { node: "bob" }, args: { ppb: 200 } } as const;

let directory = "";
let nowNs = 0;
let coming: { readonly atNs: number; readonly occur: () => void }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-"));
  nowNs = 0;
  coming = [];
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A process of nature starts, as after a crash, and hears of faults. */
function start() {
  const told: { readonly kind: string; readonly fault: FaultEntry }[] = [];
  const host = {
    address: "quantum-state/nature",
    place: { name: "nature" },
    service: { name: "quantum-state" },
    started: true,
    reading: () => undefined,
    tell: () => undefined,
    step: ({ kind, fault }: { kind: string; fault: FaultEntry }) => told.push({ kind, fault }),
  } as unknown as MeshHost;
  coming = [];
  const faults = new ProcessFaults({
    hosts: [host],
    entropy: new SeededEntropy(1),
    scope,
    directory,
    happen: (atNs = nowNs, occur) => coming.push({ atNs, occur }),
    now: () => nowNs,
    rearm: () => undefined,
  });
  faults.tell(host);
  return { faults, told };
}

/** Time goes on, and what is due happens. */
function runUntil(untilNs: number): void {
  for (;;) {
    const [next] = coming.toSorted((a, b) => a.atNs - b.atNs);
    if (!next || next.atNs > untilNs) break;
    coming.splice(coming.indexOf(next), 1);
    nowNs = Math.max(nowNs, next.atNs);
    next.occur();
  }
  nowNs = untilNs;
}

test("What an oscillator has gained by a drift that is over is known after a crash, and acts no longer", () => {
  const { faults, told } = start();
  faults.inject([drift]);
  runUntil(2000);
  expect(told.map(({ kind }) => kind)).toEqual(["fault-began", "fault-ended"]);
  const again = start();
  expect(again.told).toEqual([{ kind: "fault-began", fault: drift }]);
  runUntil(3000);
  expect(again.told).toHaveLength(1);
  expect([...again.faults.acting, ...again.faults.coming]).toEqual([]);
});

test("Whoever starts is told of a drift that was cleared early for as long as it acted", () => {
  const { faults } = start();
  faults.inject([{ ...drift, forNs: Number.POSITIVE_INFINITY }]);
  runUntil(700);
  faults.clear();
  runUntil(900);
  expect(start().told).toEqual([{ kind: "fault-began", fault: { ...drift, forNs: 600 } }]);
});

test("One fault may be cleared, and others act on and come on", () => {
  const { faults, told } = start();
  const [other, later] = [
    { ...drift, forNs: 2000 },
    { ...drift, atNs: 900 },
  ];
  faults.inject([drift, other, later]);
  runUntil(700);
  expect(faults.clear([{ ...drift }, { ...drift, atNs: 101 }])).toBe(1);
  runUntil(800);
  expect(faults.acting).toEqual([other]);
  expect(faults.coming).toEqual([later]);
  expect(told.at(-1)).toEqual({ kind: "fault-ended", fault: drift });
});

test("A drift that acts when the process crashes acts on, and is told once", () => {
  start().faults.inject([drift]);
  runUntil(500);
  const { told } = start();
  runUntil(600);
  expect(told).toEqual([{ kind: "fault-began", fault: drift }]);
  runUntil(2000);
  expect(told.map(({ kind }) => kind)).toEqual(["fault-began", "fault-ended"]);
});
