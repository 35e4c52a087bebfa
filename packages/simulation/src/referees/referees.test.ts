import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { LedgerReaders } from "../ledger-readers.ts";
import { badHistories, type GoldenHistory, goodHistories } from "./golden-histories.ts";
import { goldenTopology } from "./golden-lines.ts";
import { allReferees, objections, verdicts } from "./index.ts";
import { FINISHED_PAIRS_KEPT } from "./pair-directory.ts";

/** Moving each of its events everywhere takes no time. */
const isShort = ({ events }: GoldenHistory) => events.length <= 20;

const entitled = (title: string): GoldenHistory => {
  const found = [...goodHistories, ...badHistories].find((history) => history.title === title);
  if (!found) throw new Error(`no history in which ${title}`);
  return found;
};

const byTitle = (histories: readonly GoldenHistory[]) => histories.map((history) => [history.title, history] as const);

function judged(events: readonly LedgerEvent[], atQuiescence = true, isWhole = true) {
  const referees = allReferees(goldenTopology);
  const readers = new LedgerReaders(referees);
  for (const event of events) readers.read(event);
  return verdicts(referees, atQuiescence, isWhole);
}

describe("the referees", () => {
  test.each(byTitle(goodHistories))("find nothing wrong when %s", (_, { events }) => {
    expect(objections(judged(events))).toEqual([]);
  });

  test.each(byTitle(badHistories))("object when %s", (_, { events, rejectedBy }) => {
    const rejecting = judged(events).filter(({ verdict }) => verdict === "false");
    expect(rejecting.map(({ name }) => name)).toEqual(rejectedBy);
    for (const { violations } of rejecting) expect(violations[0]?.message).not.toBe("");
  });

  test("each have a bad history of their own", () => {
    const alone = badHistories
      .filter(({ rejectedBy }) => rejectedBy.length === 1)
      .map(({ rejectedBy }) => rejectedBy[0]);
    expect([...new Set(alone)].sort()).toEqual(
      allReferees(goldenTopology)
        .map(({ name }) => name)
        .sort(),
    );
  });

  test("never call a prefix of a good history wrong", () => {
    for (const { events } of goodHistories) {
      for (let length = 0; length <= events.length; length++) {
        for (const { verdict, violations } of judged(events.slice(0, length), false)) {
          // Retracted disagreements stand until they are retracted.
          if (verdict === "false") expect(violations[0]?.message).toMatch(/are one pair, but numbers/);
        }
      }
    }
  });

  test("leave open what is under way before quiescence", () => {
    const { events } = entitled("two ends get a pair over a repeater, and the slots are used again");
    const open = objections(judged(events.slice(0, 8), false));
    expect(open.map(({ name }) => name)).toEqual([
      "ends-agree",
      "one-terminal-outcome",
      "conservation",
      "no-slot-leaked",
      "frame-parity",
    ]);
  });

  test("call nothing true when the ledger is not whole, and still call wrong what is wrong", () => {
    const { events } = entitled("an id is given twice");
    const called = judged(events, true, false);
    expect(called.filter(({ verdict }) => verdict === "false").map(({ name }) => name)).toEqual(["ids-unique"]);
    expect(called.filter(({ verdict }) => verdict === "true")).toEqual([]);
  });

  test.each(byTitle(goodHistories.filter(isShort)))(
    "accuse nobody for what is missing or late, when %s",
    (_, { events }) => {
      for (const [index, event] of events.entries()) {
        const without = events.toSpliced(index, 1);
        const objections = (ledger: readonly LedgerEvent[]) =>
          judged(ledger, true, false).filter(
            ({ verdict, violations }) => verdict !== "unknown" || violations.length > 0,
          );
        expect(objections(without)).toEqual([]);
        for (let place = 0; place < events.length; place++) {
          expect(objections(without.toSpliced(place, 0, event))).toEqual([]);
        }
      }
    },
  );

  test("ask no retraction of an end that has restarted since", () => {
    const { events } = entitled("one end delivers and the other expires without a retraction");
    const last = events.at(-1) as LedgerEvent;
    const circuitInstalled = { circuit: "alice/1/2", node: "alice" };
    const restarted = { ...last, at: last.at + 1, incarnation: 2, sequence: 1 };
    const restart = (writer: string): LedgerEvent => ({
      ...restarted,
      writer,
      event: { $case: "circuitInstalled", circuitInstalled },
    });
    const objections = (more: LedgerEvent) => judged([...events, more]).filter(({ verdict }) => verdict === "false");
    expect(objections(restart("network-layer/alice"))).toEqual([]);
    expect(objections(restart("node-controller/alice"))).toEqual([]);
    expect(objections(restart("link-layer/alice")).map(({ name }) => name)).toEqual(["ends-agree"]);
    // Word of what had ended there may have been lost on its way out.
    expect(objections(restart("network-layer/bob"))).toEqual([]);
    expect(objections(restart("network-layer/rob")).map(({ name }) => name)).toEqual(["ends-agree"]);
  });

  test("do not call a pair unheralded that they have forgotten", () => {
    const events: LedgerEvent[] = [];
    for (let sequence = 1; sequence <= FINISHED_PAIRS_KEPT + 2; sequence++) events.push(...deliveredPair(sequence));
    const last = events.at(-1) as LedgerEvent;
    const halfRetracted = { pair: "ab/1/1", node: "alice", requestId: "alice/1/1", pairSequence: 1 };
    events.push({ ...last, sequence: 9, event: { $case: "halfRetracted", halfRetracted } });
    const called = judged(events);
    expect(called.filter(({ verdict }) => verdict === "false")).toEqual([]);
    const unclear = objections(called).map(({ name }) => name);
    expect(unclear).toEqual(["ends-agree", "one-terminal-outcome", "frame-parity", "ground-truth"]);
  });
});

/** The first good history for one pair of many. */
function deliveredPair(pairSequence: number): LedgerEvent[] {
  const pair = `ab/1/${pairSequence}`;
  const { events } = entitled("two neighbours get a pair");
  return events.map((event) => {
    const copy = structuredClone(event);
    switch (copy.event?.$case) {
      case "pairHeralded":
        copy.event.pairHeralded.pair = pair;
        break;
      case "halfStored":
        copy.event.halfStored.pair = pair;
        break;
      case "halfDelivered":
        copy.event.halfDelivered.pair = pair;
        copy.event.halfDelivered.pairSequence = pairSequence;
        break;
      case "pairFidelity":
        copy.event.pairFidelity.firstPair = pair;
        copy.event.pairFidelity.secondPair = pair;
        break;
    }
    return copy;
  });
}
