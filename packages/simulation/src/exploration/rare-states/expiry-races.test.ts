import { Outcome } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { ScriptedRun } from "./scripted-run.ts";

/** Between neighbours, 2 km apart. */
const DELAY_NS = 9_000;

function delivers(run: ScriptedRun, node: string, pair = "p"): void {
  const rest = { peer: "", requestId: "r", pairSequence: 1, bellIndex: undefined, claimedFidelityPpb: 0 };
  run.records({ $case: "halfDelivered", halfDelivered: { pair, node, ...rest } });
}

function swaps(run: ScriptedRun, node: string, upstreamPair: string, downstreamPair: string): void {
  const pairsSwapped = { node, upstreamPair, downstreamPair, outcome: undefined, measuredAt: 0 };
  run.records({ $case: "pairsSwapped", pairsSwapped });
}

function ends(run: ScriptedRun, node: string, outcome: Outcome, pair = "p"): void {
  run.records({ $case: "halfEnded", halfEnded: { pair, node, outcome } });
}

describe("Expiry races with use", () => {
  const raced = { "expiry-race": 1 };

  test("where one end gives a pair up and the other delivers or swaps it, before either can have heard", () => {
    const delivered = new ScriptedRun();
    ends(delivered, "n1", Outcome.EXPIRED);
    delivered.nowNs = DELAY_NS;
    delivers(delivered, "n0");
    expect(delivered.reached).toEqual(raced);
    const swapped = new ScriptedRun();
    swaps(swapped, "n1", "p", "q");
    swapped.nowNs = DELAY_NS;
    ends(swapped, "n0", Outcome.DISCARDED);
    expect(swapped.reached).toEqual(raced);
  });

  test("not where there was time to hear of it", () => {
    const run = new ScriptedRun();
    ends(run, "n1", Outcome.EXPIRED);
    run.nowNs = 2 * DELAY_NS;
    delivers(run, "n0");
    expect(run.reached).toEqual({});
  });

  test("not where both ends give it up or both use it, where it is lost, or where they are two pairs", () => {
    const run = new ScriptedRun();
    ends(run, "n1", Outcome.EXPIRED);
    ends(run, "n0", Outcome.DISCARDED);
    delivers(run, "n1", "q");
    delivers(run, "n0", "q");
    ends(run, "n1", Outcome.LOST_CRASH, "s");
    delivers(run, "n0", "s");
    delivers(run, "n2", "t");
    expect(run.reached).toEqual({});
  });
});
