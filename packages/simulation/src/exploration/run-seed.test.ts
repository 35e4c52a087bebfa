import { afterEach, describe, expect, test, vi } from "vitest";
import { Ledger } from "../ledger.ts";
import { Readership } from "../readership.ts";
import { RequestsEnd } from "../referees/requests-end.ts";
import { explore } from "./explore.ts";
import { runSeed } from "./run-seed.ts";
import type { TrialReport } from "./trial-report.ts";

/** A seed of few events and no violation. */
const CHEAP = 1100;

const broken = () => {
  throw new TypeError("it is broken");
};

afterEach(() => vi.restoreAllMocks());

describe("An exception is the violation of its seed alone:", () => {
  test("a referee's that is asked, which then knows nothing, and keeps no other from speaking", () => {
    vi.spyOn(RequestsEnd.prototype, "verdict").mockImplementation(broken);
    const { violations, verdicts } = runSeed(CHEAP);
    expect(violations).toMatchObject([{ property: "referee-throws", message: "requests-end: it is broken" }]);
    expect(verdicts).toMatchObject({ "requests-end": "unknown", "ends-agree": "true", "nothing-left": "true" });
  });

  test("a referee's that reads, which is no step's, and after which nothing is held to be true", () => {
    vi.spyOn(Readership.prototype, "read").mockImplementation(broken);
    const { violations, verdicts, endedBy } = runSeed(CHEAP);
    expect(new Set(violations.map(({ property }) => property))).toEqual(new Set(["referee-throws"]));
    expect(violations[0]?.message).toContain("it is broken");
    expect(Object.values(verdicts)).not.toContain("true");
    expect(endedBy).toBe("violation");
  });

  test("whatever is thrown outside of steps and referees", () => {
    vi.spyOn(Ledger.prototype, "sha256").mockImplementation(broken);
    expect(runSeed(CHEAP)).toMatchObject({
      seed: CHEAP,
      endedBy: "violation",
      violations: [{ property: "trial-throws", atNs: 0, message: "it is broken" }],
    });
  });

  test("on a thread, and the exploration goes on", async () => {
    const reports: TrialReport[] = [];
    const nonsense = -1;
    await explore({ seeds: [nonsense, CHEAP], jobs: 1, onReport: (report) => reports.push(report) });
    expect(reports.map(({ seed, violations }) => [seed, violations.map(({ property }) => property)])).toEqual([
      [nonsense, ["trial-throws"]],
      [CHEAP, []],
    ]);
  });

  test("when it takes its thread with it, and another thread goes on", async () => {
    const found: string[][] = [];
    // What cannot be handed to a thread stands for what ends one.
    const deadly = (() => undefined) as unknown as number;
    const onReport = ({ violations }: TrialReport) => found.push(violations.map(({ message }) => message));
    await explore({ seeds: [CHEAP, deadly, CHEAP], jobs: 1, onReport });
    expect(found).toEqual([[], [expect.stringMatching(/^its thread died: .*could not be cloned/)], []]);
    const fails = explore({ seeds: [-1, deadly, deadly], jobs: 1, onReport: () => undefined });
    await expect(fails).rejects.toThrow(/^seed .*its thread died/);
  });
});
