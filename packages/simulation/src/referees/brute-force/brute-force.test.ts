import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LedgerReaders } from "../../ledger-readers.ts";
import { badHistories, goodHistories } from "../golden-histories.ts";
import { goldenTopology } from "../golden-lines.ts";
import { allReferees, judgeReplay } from "../index.ts";
import { type Change, changed, mixedFields } from "./change.ts";
import { plainRules } from "./plain-rules.ts";
import { isSameReplay } from "./same-replay.ts";
import { smallRuns } from "./small-runs.ts";

const golden = [...goodHistories, ...badHistories];
const runs = smallRuns();

const place = fc.nat(1000);
const step = fc.integer({ min: 1, max: 4 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom("drop" as const, "double" as const), from: place }),
  fc.record({ kind: fc.constant("move" as const), from: place, to: place }),
  fc.record({ kind: fc.constant("later" as const), from: place, ns: fc.integer({ min: -200_000, max: 200_000 }) }),
  fc.record({ kind: fc.constant("mix" as const), from: place, to: place, field: fc.constantFrom(...mixedFields) }),
  { arbitrary: fc.record({ kind: fc.constant("alter" as const), what: place, from: place }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("alter-every" as const), what: place, step }), weight: 2 },
);

/** By rule: how many histories kept it, and how many broke it. */
const counts = new Map(plainRules.map(({ name }) => [name, { kept: 0, broken: 0 }]));

interface Said {
  readonly broken: readonly string[];
  readonly idle: readonly string[];
}

function saidByReferees(history: readonly LedgerEvent[], topology: Topology): Said {
  const referees = allReferees(topology);
  const readers = new LedgerReaders(referees);
  for (const event of history) readers.read(event);
  const verdicts = referees.map((referee) => referee.verdict(true));
  const broken = verdicts.filter(({ verdict }) => verdict === "false").map(({ name }) => name);
  const idle = verdicts.filter((verdict) => verdict.idle).map(({ name }) => name);
  return { broken: broken.sort(), idle: idle.sort() };
}

function saidPlainly(history: readonly LedgerEvent[], topology: Topology): Said {
  const broken = plainRules.filter(({ isBroken }) => isBroken(history, topology)).map(({ name }) => name);
  const idle = plainRules.filter(({ isIdle }) => isIdle?.(history, topology)).map(({ name }) => name);
  for (const [name, count] of counts) {
    if (broken.includes(name)) count.broken += 1;
    else if (!idle.includes(name)) count.kept += 1;
  }
  return { broken: broken.sort(), idle: idle.sort() };
}

describe("referees and the rules written plainly", () => {
  test("are of the same names", () => {
    const names = allReferees(goldenTopology).map(({ name }) => name);
    expect(plainRules.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test.each(golden.map((one) => [one.title, one] as const))("say the same when %s", (_, { events, rejectedBy }) => {
    const plain = saidPlainly(events, goldenTopology);
    expect(plain.broken).toEqual(rejectedBy.toSorted());
    expect(plain).toEqual(saidByReferees(events, goldenTopology));
  });

  test.each(golden.map((one) => [one.title, one] as const))("say the same when %s, or almost", (_, { events }) => {
    // The longest are about means.
    agree({ events, topology: goldenTopology }, events.length > 100 ? 4 : 7);
  });

  test.each(runs.map((run) => [run.title, run] as const))(
    "say the same of %s to which something was done",
    (_, run) => {
      agree(run, 25);
    },
  );

  test.each([true, false])("say the same of replays (%s: exact ones)", (isExact) => {
    const verdicts = { same: 0, other: 0 };
    const replays = fc.tuple(fc.constantFrom(...runs), fc.array(change, { maxLength: 2 }));
    const say = fc.property(replays, ([{ events }, changes]) => {
      const replayed = changes.reduce(changed, events);
      const isSame = isSameReplay(events, replayed, isExact);
      verdicts[isSame ? "same" : "other"] += 1;
      expect(judgeReplay(events, replayed, { isExact }).verdict).toBe(isSame ? "true" : "false");
    });
    fc.assert(say, { numRuns: 300, seed: 1 });
    expect(verdicts.same).toBeGreaterThanOrEqual(10);
    expect(verdicts.other).toBeGreaterThanOrEqual(10);
  });

  test.each([...counts])("say of enough histories that %s is broken, and of enough that it is not", (_, count) => {
    expect(count.broken).toBeGreaterThanOrEqual(10);
    expect(count.kept).toBeGreaterThanOrEqual(10);
  });
});

interface Judged {
  readonly events: readonly LedgerEvent[];
  readonly topology: Topology;
}

function agree({ events, topology }: Judged, numRuns: number): void {
  const say = fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
    const history = changes.reduce(changed, events);
    expect(saidPlainly(history, topology)).toEqual(saidByReferees(history, topology));
  });
  fc.assert(say, { numRuns, seed: 1 });
}
