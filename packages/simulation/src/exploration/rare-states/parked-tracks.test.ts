import { faultMessage } from "@bellmesh/mesh";
import type { FaultEntry } from "@bellmesh/mesh/virtual";
import { Outcome } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { ScriptedRun, track } from "./scripted-run.ts";

/** A circuit from n0 to n3 along which a TRACK about `p` comes to this node. */
function tracked(node: string): ScriptedRun {
  const run = new ScriptedRun();
  run.sendsPath("n0", { circuit: "c", linkLabel: 2 });
  run.hears("n2", node, track("p", { downstream: node !== "n0" }));
  return run;
}

function swaps(run: ScriptedRun, node: string, upstreamPair = "p"): void {
  const pairsSwapped = { node, upstreamPair, downstreamPair: "q", outcome: undefined, measuredAt: 0 };
  run.records({ $case: "pairsSwapped", pairsSwapped });
}

function crashes(run: ScriptedRun, process: string, args: object = {}): void {
  const entry = { atNs: 0, forNs: 1, kind: "crash", target: { process }, args } as FaultEntry;
  run.records({ $case: "faultBegan", faultBegan: { fault: faultMessage(entry) } });
}

describe("TRACK comes before its swap", () => {
  test("where a repeater hears of a half that it swaps after that", () => {
    const run = tracked("n1");
    swaps(run, "n1");
    expect(run.reached).toEqual({ "track-before-its-swap": 1 });
  });

  test("not where the half is swapped already, given up, or another", () => {
    const swapped = new ScriptedRun();
    swapped.sendsPath("n0", { circuit: "c", linkLabel: 2 });
    swaps(swapped, "n1");
    swapped.hears("n0", "n1", track("p"));
    swaps(swapped, "n1");
    const ended = tracked("n1");
    ended.records({ $case: "halfEnded", halfEnded: { pair: "p", node: "n1", outcome: Outcome.DISCARDED } });
    swaps(ended, "n1");
    const other = tracked("n1");
    swaps(other, "n1", "s");
    swaps(other, "n2");
    expect([swapped.reached, ended.reached, other.reached]).toEqual([{}, {}, {}]);
  });

  test("not at the end of a circuit, nor where the repeater has started over", () => {
    const end = tracked("n0");
    swaps(end, "n0");
    const restarted = tracked("n1");
    restarted.starts("network-layer/n1");
    swaps(restarted, "n1");
    expect([end.reached, restarted.reached]).toEqual([{}, {}]);
  });
});

describe("A repeater goes down with a parked TRACK", () => {
  test("where the TRACK waits for its swap", () => {
    const run = tracked("n1");
    crashes(run, "network-layer/n1");
    expect(run.reached).toEqual({ "restart-with-a-parked-track": 1 });
  });

  test("not where it has gone on, where another process goes down, or where it is not known which does", () => {
    const run = tracked("n1");
    crashes(run, "link-layer/n1");
    crashes(run, "network-layer/n2");
    crashes(run, "network-layer/n1", { inStep: true });
    swaps(run, "n1");
    crashes(run, "network-layer/n1");
    expect(run.reached).toEqual({ "track-before-its-swap": 1 });
  });
});
