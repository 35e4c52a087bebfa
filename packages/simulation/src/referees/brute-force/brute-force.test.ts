import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { badHistories, goodHistories } from "../golden-histories.ts";
import { goldenTopology } from "../golden-lines.ts";
import { allReferees } from "../index.ts";
import { change, changed } from "./change.ts";
import { plainRules } from "./plain-rules.ts";
import { smallRuns } from "./small-runs.ts";

const golden = [...goodHistories, ...badHistories];
const runs = smallRuns();

/** By rule: how many histories kept it, and how many broke it. */
const counts = new Map(plainRules.map(({ name }) => [name, { kept: 0, broken: 0, idle: 0 }]));

interface Said {
  readonly broken: readonly string[];
  readonly idle: readonly string[];
}

function saidByReferees(history: readonly LedgerEvent[], topology: Topology): Said {
  const referees = allReferees(topology);
  for (const event of history) for (const referee of referees) referee.observe(event);
  const verdicts = referees.map((referee) => referee.verdict(true));
  const broken = verdicts.filter(({ verdict }) => verdict === "false").map(({ name }) => name);
  return { broken, idle: verdicts.filter(({ idle }) => idle).map(({ name }) => name) };
}

function saidPlainly(history: readonly LedgerEvent[], topology: Topology): Said {
  const idle = plainRules.filter(({ isIdle }) => isIdle?.(history)).map(({ name }) => name);
  const broken = plainRules.filter(({ isBroken }) => isBroken(history, topology)).map(({ name }) => name);
  for (const [name, count] of counts)
    count[broken.includes(name) ? "broken" : idle.includes(name) ? "idle" : "kept"] += 1;
  return { broken, idle };
}

describe("referees and the rules written plainly", () => {
  test("are as many", () => {
    expect(plainRules.map(({ name }) => name)).toEqual(allReferees(goldenTopology).map(({ name }) => name));
  });

  test.each(golden.map((one) => [one.title, one] as const))("say the same when %s", (_, { events, rejectedBy }) => {
    const plain = saidPlainly(events, goldenTopology);
    expect(plain.broken).toEqual(rejectedBy);
    expect(plain).toEqual(saidByReferees(events, goldenTopology));
  });

  test("say the same of golden histories to which something was done", () => {
    agree(fc.constantFrom(...golden.map(({ events }) => ({ events, topology: goldenTopology }))), 800);
  });

  test.each(runs.map((run) => [run.title, run] as const))(
    "say the same of %s to which something was done",
    (_, run) => {
      expect(saidByReferees(run.events, run.topology).broken).toEqual([]);
      agree(fc.constant(run), 40);
    },
  );

  test.each([...counts])("say of enough histories that %s is broken, and of enough that it is not", (_, count) => {
    expect(count.broken).toBeGreaterThanOrEqual(10);
    expect(count.kept).toBeGreaterThanOrEqual(10);
  });
});

function agree(run: fc.Arbitrary<{ events: readonly LedgerEvent[]; topology: Topology }>, numRuns: number): void {
  const histories = fc.tuple(run, fc.array(change, { maxLength: 3 }));
  const say = fc.property(histories, ([{ events, topology }, changes]) => {
    const history = changes.reduce(changed, events);
    expect(saidPlainly(history, topology)).toEqual(saidByReferees(history, topology));
  });
  fc.assert(say, { numRuns, seed: 1 });
}
