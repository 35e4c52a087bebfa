import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { DistantReadership, ORDERS_AHEAD_MAX } from "./distant-readership.ts";
import { type SimulationReport, simulate } from "./simulate.ts";

const topology = loadTopology("line:3");
const options = { topology, from: "n0", to: "n2", pairs: 400, seed: 5 };

function withoutTime({ wallMs: _, ...report }: SimulationReport): Omit<SimulationReport, "wallMs"> {
  return report;
}

test("A ledger that another thread reads comes to the same, to the last byte, and so does the next one there", () => {
  const here = withoutTime(simulate({ ...options, threads: 1 }));
  expect(here.ledger.events).toBeGreaterThan(2048);
  expect(withoutTime(simulate({ ...options, threads: 2 }))).toEqual(here);
  expect(withoutTime(simulate({ ...options, threads: 2 }))).toEqual(here);
});

test("Two ledgers at a time have two threads", () => {
  const here = withoutTime(simulate({ ...options, threads: 1 }));
  let inner: SimulationReport | undefined;
  const onEvent = () => {
    inner ??= simulate({ ...options, threads: 2 });
  };
  expect(withoutTime(simulate({ ...options, threads: 2, onEvent }))).toEqual(here);
  expect(inner && withoutTime(inner)).toEqual(here);
});

test("What goes wrong in the thread is told when it is asked, and is forgotten with the ledger that it was in", () => {
  const torn = new DistantReadership(topology);
  torn.read(Uint8Array.of(9, 1));
  expect(() => torn.isOpen()).toThrow(/the thread that reads the ledger has failed: .*the ledger ends within an event/);
  expect(() => torn.findings(true, true)).toThrow(/the ledger ends within an event/);
  torn.end();
  const next = new DistantReadership(topology);
  expect(next.isOpen()).toBe(false);
  next.end();
});

test("Whoever writes is never further ahead than the limit, however slow the thread is to begin", () => {
  const readership = new DistantReadership(topology);
  let aheadMost = 0;
  for (let i = 0; i < 3 * ORDERS_AHEAD_MAX; i += 1) {
    readership.read(new Uint8Array());
    aheadMost = Math.max(aheadMost, readership.ahead);
  }
  expect(aheadMost).toBeLessThanOrEqual(ORDERS_AHEAD_MAX);
  expect(readership.isOpen()).toBe(false);
  readership.end();
});

test("A run that fails leaves its thread to the next one", () => {
  const onEvent = () => {
    throw new Error("enough");
  };
  expect(() => simulate({ ...options, threads: 2, onEvent })).toThrow("enough");
  const here = withoutTime(simulate({ ...options, threads: 1 }));
  expect(withoutTime(simulate({ ...options, threads: 2 }))).toEqual(here);
});

test("A ledger file that cannot be written is told at once, whichever thread reads", () => {
  const ledgerFile = `${import.meta.dirname}/no-such-folder/ledger`;
  for (const threads of [1, 2] as const) expect(() => simulate({ ...options, ledgerFile, threads })).toThrow("ENOENT");
});
