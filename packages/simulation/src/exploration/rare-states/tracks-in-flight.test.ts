import { describe, expect, test } from "vitest";
import { expire, ScriptedRun, track } from "./scripted-run.ts";

/** What happens at instant 1, 2, 3, … between n0, which sends TRACKs, and n1, which sends EXPIREs. */
function happens(...events: readonly ("track" | "track comes" | "expire" | "expire comes")[]) {
  const run = new ScriptedRun();
  for (const event of events) {
    run.nowNs += 1;
    if (event === "track") run.sends("n0", "n1", track("p"));
    if (event === "track comes") run.hears("n0", "n1", track("p"));
    if (event === "expire") run.sends("n1", "n0", expire("p"));
    if (event === "expire comes") run.hears("n1", "n0", expire("p"));
  }
  return run.reached;
}

describe("EXPIRE crosses TRACK", () => {
  const crossing = { "expire-crossing-track": 1 };

  test("where each is sent before the other comes, in any order", () => {
    expect(happens("track", "expire", "track comes", "expire comes")).toEqual(crossing);
    expect(happens("track", "expire", "expire comes", "track comes")).toEqual(crossing);
    expect(happens("expire", "track", "track comes", "expire comes")).toEqual(crossing);
  });

  test("once, however often either is repeated and comes", () => {
    const again = ["track", "track comes", "expire", "expire comes"] as const;
    expect(happens("track", "expire", "track comes", "expire comes", ...again)).toEqual(crossing);
  });

  test("where what comes is a copy sent before the other came", () => {
    expect(happens("track", "track", "expire", "expire", "track comes", "expire comes")).toEqual(crossing);
  });

  test("not where either is lost", () => {
    expect(happens("track", "track", "expire", "expire comes")).toEqual({});
    expect(happens("track", "expire", "expire", "track comes")).toEqual({});
  });

  test("not where EXPIRE answers TRACK, or TRACK goes out when EXPIRE has come", () => {
    expect(happens("track", "track comes", "expire", "expire comes")).toEqual({});
    expect(happens("expire", "expire comes", "track", "track comes")).toEqual({});
  });

  test("not where the TRACK that was under way is lost, and a copy sent after EXPIRE had come is what comes", () => {
    expect(happens("track", "expire", "expire comes", "track", "track comes")).toEqual({});
    expect(happens("track", "expire", "track comes", "expire", "expire comes")).toEqual({});
  });

  test("not where they go the same way, between others, or are about two pairs", () => {
    const run = new ScriptedRun();
    run.sends("n0", "n1", track("p"));
    run.sends("n0", "n1", expire("p"));
    run.sends("n2", "n1", expire("p"));
    run.sends("n1", "n0", expire("q"));
    run.nowNs = 1;
    run.hears("n0", "n1", track("p"));
    run.hears("n0", "n1", expire("p"));
    run.hears("n2", "n1", expire("p"));
    run.hears("n1", "n0", expire("q"));
    expect(run.reached).toEqual({});
  });
});
