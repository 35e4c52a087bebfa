import { describe, expect, test } from "vitest";
import { ScriptedRun } from "./scripted-run.ts";

function installed(run: ScriptedRun, circuit: string, node: string): void {
  run.records({ $case: "circuitInstalled", circuitInstalled: { circuit, node } });
}

function tornDown(run: ScriptedRun, circuit: string, node: string): void {
  run.records({ $case: "circuitTornDown", circuitTornDown: { circuit, node, reason: "" } });
}

/** One node chooses these labels for the same link, one after the other. */
function labels(run: ScriptedRun, node: string, ...chosen: readonly number[]): void {
  for (const linkLabel of chosen) run.sendsPath(node, { circuit: `${node}-${linkLabel}`, linkLabel });
}

describe("A sequence wraps", () => {
  test("where a link label is smaller than the one before", () => {
    const run = new ScriptedRun();
    labels(run, "n0", 65_532, 65_534, 2, 4);
    expect(run.reached).toEqual({ "sequence-wrap": 1 });
  });

  test("not where labels grow, nor where another node or another link has smaller ones", () => {
    const run = new ScriptedRun();
    labels(run, "n0", 65_530, 65_534);
    labels(run, "n1", 2, 4);
    run.sendsPath("n0", { circuit: "back", linkLabel: 2, nodes: ["n0", "n3"], links: ["n0-n3"] });
    expect(run.reached).toEqual({});
  });

  test("not where a node starts over, nor where a PATH is sent again", () => {
    const run = new ScriptedRun();
    labels(run, "n0", 2_042, 2_044);
    run.starts("network-layer/n0");
    labels(run, "n0", 2, 4);
    labels(run, "n0", 2);
    expect(run.reached).toEqual({});
  });
});

describe("A reservation is taken back", () => {
  test("once, where nodes had installed a circuit that never got to its head-end", () => {
    const run = new ScriptedRun();
    run.sendsPath("n0", { circuit: "c", linkLabel: 2 });
    for (const node of ["n3", "n2"]) installed(run, "c", node);
    for (const node of ["n3", "n2"]) tornDown(run, "c", node);
    expect(run.reached).toEqual({ "rollback-of-reservation": 1 });
  });

  test("not where the head-end had installed it, and takes it down first or last", () => {
    for (const order of [
      ["n0", "n1", "n2", "n3"],
      ["n3", "n2", "n1", "n0"],
    ]) {
      const run = new ScriptedRun();
      run.sendsPath("n0", { circuit: "c", linkLabel: 2 });
      for (const node of ["n3", "n2", "n1", "n0"]) installed(run, "c", node);
      for (const node of order) tornDown(run, "c", node);
      expect(run.reached).toEqual({});
    }
  });

  test("not where the head-end starts over, which had installed it", () => {
    const run = new ScriptedRun();
    run.sendsPath("n0", { circuit: "c", linkLabel: 2 });
    for (const node of ["n3", "n2", "n1", "n0"]) installed(run, "c", node);
    run.starts("network-layer/n0");
    tornDown(run, "c", "n1");
    expect(run.reached).toEqual({});
  });
});
