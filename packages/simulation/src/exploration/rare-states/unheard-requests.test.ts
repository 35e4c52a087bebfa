import { expect, test } from "vitest";
import { item, ScriptedRun, track } from "./scripted-run.ts";

const TAIL_END = "network-layer/n3";

function circuit(): ScriptedRun {
  const run = new ScriptedRun();
  run.sendsPath("n0", { circuit: "c", linkLabel: 2 });
  return run;
}

function told(run: ScriptedRun, $case: "forward" | "complete", requestId: string): void {
  run.step(TAIL_END, item({ message: { $case, [$case]: { circuit: "c", requestId } } }));
}

test("The ends are in different epochs where a TRACK is of a request that the tail-end has not heard of", () => {
  const run = circuit();
  told(run, "forward", "another");
  run.hears("n2", "n3", track("p", { requestId: "r" }));
  expect(run.reached).toEqual({ "both-ends-in-different-epochs": 1 });
});

test("The ends are in different epochs where the tail-end has heard that the request is over, or started over", () => {
  const over = circuit();
  told(over, "forward", "r");
  told(over, "complete", "r");
  over.hears("n2", "n3", track("p"));
  const restarted = circuit();
  told(restarted, "forward", "r");
  restarted.starts(TAIL_END);
  restarted.hears("n2", "n3", track("p"));
  const reached = { "both-ends-in-different-epochs": 1 };
  expect([over.reached, restarted.reached]).toEqual([reached, reached]);
});

test("The ends are in one epoch where FORWARD came first, whatever comes again, to others or the other way", () => {
  const run = circuit();
  told(run, "forward", "r");
  run.hears("n2", "n3", track("p"));
  told(run, "complete", "r");
  run.hears("n2", "n3", track("p"));
  run.hears("n0", "n1", track("p", { requestId: "unheard" }));
  run.hears("n1", "n0", track("p", { requestId: "", downstream: false }));
  expect(run.reached).toEqual({});
});
