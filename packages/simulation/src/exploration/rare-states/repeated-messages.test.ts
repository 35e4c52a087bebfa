import { describe, expect, test } from "vitest";
import { herald, ScriptedRun, track } from "./scripted-run.ts";

const MS = 1_000_000;
const LATER_NS = 5_000 * MS;

/** TRACK goes out, and again every 10 ms; each copy comes and is acknowledged. */
function repeated(run: ScriptedRun, copies: number): void {
  for (let copy = 0; copy < copies; copy += 1) {
    run.nowNs += 10 * MS;
    run.sends("n0", "n1", track("p"));
    run.hears("n0", "n1", track("p"));
  }
}

/** So much later that nothing is under way any longer. */
function passes(run: ScriptedRun): void {
  run.nowNs += LATER_NS;
  run.sends("n2", "n3", track("q"));
}

describe("An acknowledgement is lost three times", () => {
  test("where three were sent before the sender's last repetition and none of them ever comes", () => {
    const run = new ScriptedRun();
    repeated(run, 4);
    passes(run);
    expect(run.reached).toEqual({ "acknowledgement-lost-three-times": 1 });
  });

  test("where the one of the fourth copy comes", () => {
    const run = new ScriptedRun();
    repeated(run, 5);
    run.hearsAcknowledgement("n1", "n0", "track");
    passes(run);
    expect(run.reached).toEqual({ "acknowledgement-lost-three-times": 1 });
  });

  test("where the sender starts over after that", () => {
    const run = new ScriptedRun();
    repeated(run, 4);
    run.nowNs += LATER_NS;
    run.starts("network-layer/n0");
    expect(run.reached).toEqual({ "acknowledgement-lost-three-times": 1 });
  });

  test("not where all are late", () => {
    const run = new ScriptedRun();
    repeated(run, 6);
    for (let copy = 0; copy < 6; copy += 1) run.hearsAcknowledgement("n1", "n0", "track");
    passes(run);
    expect(run.reached).toEqual({});
  });

  test("not where two are lost and the third is late", () => {
    const run = new ScriptedRun();
    repeated(run, 4);
    run.hearsAcknowledgement("n1", "n0", "track");
    passes(run);
    expect(run.reached).toEqual({});
  });

  test("not where they may still come", () => {
    const run = new ScriptedRun();
    repeated(run, 4);
    expect(run.reached).toEqual({});
  });

  test("not where it is the message that is lost", () => {
    const run = new ScriptedRun();
    for (let copy = 0; copy < 6; copy += 1) run.sends("n0", "n1", track("p"));
    passes(run);
    expect(run.reached).toEqual({});
  });

  test("not where the bus makes many of one message that is sent once", () => {
    const run = new ScriptedRun();
    run.sends("n0", "n1", track("p"));
    for (let copy = 0; copy < 6; copy += 1) run.hears("n0", "n1", track("p"));
    passes(run);
    expect(run.reached).toEqual({});
  });

  test("not where each is of another message", () => {
    const run = new ScriptedRun();
    for (let sequence = 1; sequence < 6; sequence += 1) {
      run.sends("n0", "n1", track("p"), { sequence });
      run.hears("n0", "n1", track("p"), { sequence });
    }
    for (let sequence = 1; sequence < 6; sequence += 1) run.sends("n0", "n1", track("p"), { sequence });
    passes(run);
    expect(run.reached).toEqual({});
  });
});

describe("A herald comes twice", () => {
  test("where one end hears of one pair twice", () => {
    const run = new ScriptedRun();
    for (let copy = 0; copy < 2; copy += 1) run.hears("n0-n1", "n0", herald("n0-n1/1/1"));
    expect(run.reached).toEqual({ "double-herald": 1 });
  });

  test("not where both ends hear of it, nor where one hears of two", () => {
    const run = new ScriptedRun();
    run.hears("n0-n1", "n0", herald("n0-n1/1/1"));
    run.hears("n0-n1", "n1", herald("n0-n1/1/1"));
    run.hears("n0-n1", "n0", herald("n0-n1/1/2"), { sequence: 2 });
    expect(run.reached).toEqual({});
  });
});

describe("A process is back on the bus with feedforward that is pending", () => {
  const back = (run: ScriptedRun, node: string) => run.step(`network-layer/${node}`, { kind: "bus-up" });

  test("where a message of its own is not acknowledged", () => {
    const run = new ScriptedRun();
    run.sends("n0", "n1", track("p"));
    back(run, "n0");
    expect(run.reached).toEqual({ "reconnect-with-pending-feedforward": 1 });
  });

  test("not where it is acknowledged, too late to be of use, of another process, or of one that started over", () => {
    const run = new ScriptedRun();
    run.sends("n0", "n1", track("p"));
    run.hearsAcknowledgement("n1", "n0", "track");
    run.sends("n0", "n1", track("q"), { sequence: 2, notAfter: 5 });
    run.sends("n1", "n2", track("r"));
    run.sends("n2", "n3", track("s"));
    run.starts("network-layer/n2");
    run.nowNs = 5;
    back(run, "n0");
    back(run, "n2");
    expect(run.reached).toEqual({});
  });
});
