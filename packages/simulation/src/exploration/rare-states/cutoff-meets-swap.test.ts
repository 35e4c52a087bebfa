import type { Effect, Input } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { HalfEnd } from "@bellmesh/wire/node-controller";
import { describe, expect, test } from "vitest";
import { item, orders, ScriptedRun } from "./scripted-run.ts";

const NODE = "network-layer/n1";
const MADE_NS = 1_000;
const CUTOFF_NS = 3_000;
const OVER_NS = MADE_NS + CUTOFF_NS;
const cutoffTimer: Input = { kind: "timer", timer: "cutoff:c", due: OVER_NS as Instant, reading: undefined };

function discards(pair: string): Effect {
  const discard = { pair, reason: HalfEnd.DISCARDED, requestId: "", pairSequence: 0, feedforwardMissed: false };
  return orders({ $case: "discard", discard });
}

function swaps(upstreamPair: string, downstreamPair: string): Effect {
  return orders({ $case: "swap", swap: { circuit: "c", upstreamPair, downstreamPair, notAfter: 0 } });
}

function ok(link: string, purposeId: number, pair: string, emittedAt = MADE_NS): Input {
  return item({ link, purposeId, event: { $case: "ok", ok: { pair, emittedAt } } });
}

/** Two circuits over n1, and the upstream half `a` of the first there; it is given up at `OVER_NS`. */
function waiting(): ScriptedRun {
  const run = new ScriptedRun();
  for (const [circuit, linkLabel] of [["c", 2] as const, ["d", 4] as const]) {
    run.sendsPath("n0", { circuit, linkLabel, cutoffNs: CUTOFF_NS });
    run.sendsPath("n1", { circuit, linkLabel, cutoffNs: CUTOFF_NS });
  }
  run.nowNs = MADE_NS;
  run.step(NODE, ok("n0-n1", 2, "a"));
  run.nowNs = OVER_NS;
  return run;
}

describe("A cutoff is over at the instant of the swap", () => {
  const met = { "cutoff-and-swap-at-the-same-instant": 1 };

  test("where the timer comes first, and then the other half", () => {
    const run = waiting();
    run.step(NODE, cutoffTimer, [discards("a")]);
    run.step(NODE, ok("n1-n2", 2, "b", OVER_NS));
    expect(run.reached).toEqual(met);
  });

  test("where the other half comes first, and finds that its partner is too old", () => {
    const run = waiting();
    run.step(NODE, ok("n1-n2", 2, "b", OVER_NS), [discards("a")]);
    run.step(NODE, cutoffTimer);
    expect(run.reached).toEqual(met);
  });

  test("where they are swapped after all", () => {
    const run = waiting();
    run.step(NODE, ok("n1-n2", 2, "b", OVER_NS), [swaps("a", "b")]);
    expect(run.reached).toEqual(met);
  });

  test("once, where two halves come at that instant and one cutoff is over", () => {
    const run = waiting();
    run.step(NODE, cutoffTimer, [discards("a")]);
    for (const pair of ["b", "e"]) run.step(NODE, ok("n1-n2", 2, pair, OVER_NS));
    expect(run.reached).toEqual(met);
  });

  test("not a nanosecond before or after", () => {
    const early = waiting();
    early.nowNs = OVER_NS - 1;
    early.step(NODE, ok("n1-n2", 2, "b"), [swaps("a", "b")]);
    const late = waiting();
    late.step(NODE, cutoffTimer, [discards("a")]);
    late.nowNs += 1;
    late.step(NODE, ok("n1-n2", 2, "b", OVER_NS));
    expect([early.reached, late.reached]).toEqual([{}, {}]);
  });

  test("not where the timer comes late, with the other half, to a process that stood still", () => {
    const run = waiting();
    run.nowNs = OVER_NS + 10;
    run.step(NODE, cutoffTimer, [discards("a")]);
    run.step(NODE, ok("n1-n2", 2, "b", OVER_NS));
    expect(run.reached).toEqual({});
  });

  test("not where the other half is of another circuit, of the same link, or not wanted any longer", () => {
    const run = waiting();
    run.step(NODE, cutoffTimer, [discards("a")]);
    run.step(NODE, ok("n1-n2", 4, "b", OVER_NS));
    run.step(NODE, ok("n0-n1", 2, "e", OVER_NS));
    run.step(NODE, ok("n1-n2", 2, "f", OVER_NS), [discards("f")]);
    expect(run.reached).toEqual({});
  });

  test("not where other halves are swapped, at another node, or where the half is given up for another reason", () => {
    const run = waiting();
    run.step(NODE, ok("n0-n1", 4, "g", OVER_NS));
    run.step(NODE, cutoffTimer, [discards("a")]);
    run.step(NODE, ok("n1-n2", 4, "h", OVER_NS), [swaps("g", "h")]);
    run.step("network-layer/n2", ok("n1-n2", 2, "b", OVER_NS));
    const cleared = waiting();
    cleared.step(NODE, item({}), [discards("a")]);
    cleared.step(NODE, ok("n1-n2", 2, "b", OVER_NS));
    expect([run.reached, cleared.reached]).toEqual([{}, {}]);
  });
});
