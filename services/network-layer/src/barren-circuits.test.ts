import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { expect, test } from "vitest";
import { BarrenCircuits, type Watched } from "./barren-circuits.ts";

const SECOND_NS = 1e9;
const at = (seconds: number) => (seconds * SECOND_NS) as Instant;

function bench(drawn = 0, upNs: (now: Instant) => number = (now) => now) {
  const effects: Effect[] = [];
  const circuits = new BarrenCircuits<Watched>(
    { leaseNs: () => SECOND_NS, upNs: (_, now) => upNs(now) },
    { uniform: () => drawn },
  );
  const circuit: Watched = { servedAt: undefined, barren: 0 };
  /** Until when the timer was set last, in seconds; "cancelled" where it was. */
  const timer = () => {
    const last = effects.splice(0).at(-1);
    return last?.kind === "set-timer" ? last.due / SECOND_NS : last?.kind === "cancel-timer" ? "cancelled" : undefined;
  };
  return { effects, circuits, circuit, timer };
}

test("A circuit over which no pair has come for four leases is given up", () => {
  const { effects, circuits, circuit, timer } = bench();
  circuits.watch(at(0), effects, circuit);
  expect(timer()).toBe(4);
  circuits.served(at(3), circuit);
  expect(circuits.due(at(4), effects)).toEqual([]);
  expect(timer()).toBe(7);
  expect(circuits.due(at(7), effects)).toEqual([circuit]);
  expect(timer()).toBeUndefined();
});

test("The one installed in its place is given twice as long, until a pair comes", () => {
  const { effects, circuits, circuit, timer } = bench();
  for (const patienceS of [4, 8, 16]) {
    circuits.watch(at(0), effects, circuit);
    expect(timer()).toBe(patienceS);
    expect(circuits.due(at(patienceS), effects)).toEqual([circuit]);
  }
  circuits.watch(at(0), effects, circuit);
  circuits.served(at(1), circuit);
  expect(circuits.due(at(5), effects)).toEqual([circuit]);
});

test("What is drawn decides which of two is given up first that were installed at one instant", () => {
  const [first, second] = [bench(0.2), bench(0.6)];
  for (const { circuits, circuit, effects } of [first, second]) circuits.watch(at(0), effects, circuit);
  expect([first.timer(), second.timer()]).toEqual([4.2, 4.6]);
  expect(first.circuits.due(at(4.2), first.effects)).toEqual([first.circuit]);
  expect(second.circuits.due(at(4.5), second.effects)).toEqual([]);
});

test("A circuit whose link is down is given its time from when the link is up again, if it ever is", () => {
  const { effects, circuits, circuit, timer } = bench(0, (now) => (now < at(100) ? at(100) : Number.POSITIVE_INFINITY));
  circuits.watch(at(0), effects, circuit);
  expect(timer()).toBe(4);
  expect(circuits.due(at(4), effects)).toEqual([]);
  expect(timer()).toBe(104);
  expect(circuits.due(at(104), effects)).toEqual([circuit]);
});

test("Nothing is watched of a circuit that no request wants", () => {
  const { effects, circuits, circuit, timer } = bench();
  circuits.watch(at(0), effects, circuit);
  timer();
  circuits.leave(effects, circuit);
  expect(timer()).toBe("cancelled");
  circuits.leave(effects, circuit);
  expect(timer()).toBeUndefined();
  expect(circuits.due(at(9), effects)).toEqual([]);
});
