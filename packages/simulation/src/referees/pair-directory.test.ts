import { expect, test } from "vitest";
import { HalfTable } from "./half-table.ts";
import { FINISHED_PAIRS_KEPT, PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";

const heralded = (sequence: number) => ({ pair: `ab/1/${sequence}`, firstNode: "alice", secondNode: "bob" });

function twoReaders() {
  const directory = new PairDirectory();
  return [new HalfTable<string>(directory), new HalfTable<string>(directory)] as const;
}

function note(table: HalfTable<string>, sequence: number, what: string): void {
  const row = table.enter(heralded(sequence));
  if (row) table.add(row, `${what} at alice`, `${what} at bob`);
}

function end(table: HalfTable<string>, sequence: number): void {
  const row = table.row(`ab/1/${sequence}`);
  if (!row) return;
  table.end(row.first);
  table.end(row.second);
}

test("what one reader notes of a pair no other sees", () => {
  const [mine, theirs] = twoReaders();
  note(mine, 1, "mine");
  expect(mine.half("ab/1/1", "bob")).toBe("mine at bob");
  expect(theirs.half("ab/1/1", "bob")).toBeUndefined();
  expect(theirs.has("ab/1/1")).toBe(false);
  note(theirs, 1, "theirs");
  note(mine, 1, "later");
  expect([...mine.all(), ...theirs.all()]).toEqual([
    "mine at alice",
    "mine at bob",
    "theirs at alice",
    "theirs at bob",
  ]);
});

test("a half that has ended for one has not for another", () => {
  const [mine, theirs] = twoReaders();
  for (const table of [mine, theirs]) note(table, 1, "");
  end(mine, 1);
  const first = mine.row("ab/1/1")?.first;
  expect(first && [mine.isEnded(first), theirs.isEnded(first)]).toEqual([true, false]);
});

test("a pair that somebody still expects something of is not forgotten", () => {
  const [mine, theirs] = twoReaders();
  note(mine, 0, "mine");
  note(theirs, 0, "theirs");
  end(mine, 0);
  for (let sequence = 1; sequence <= FINISHED_PAIRS_KEPT + 1; sequence += 1) {
    note(mine, sequence, "mine");
    end(mine, sequence);
  }
  expect(theirs.half("ab/1/0", "alice")).toBe("theirs at alice");
  expect(mine.half("ab/1/1", "alice")).toBeUndefined();
  expect(mine.half("ab/1/2", "alice")).toBeDefined();
  expect(mine.wasForgotten("ab/1/1")).toBe(true);
});

test("what is jotted down of a pair is kept for as long as others expect something of it", () => {
  const directory = new PairDirectory();
  const [mine, jotted] = [new HalfTable<string>(directory), new PairTable<string>(directory)];
  for (let sequence = 1; sequence <= FINISHED_PAIRS_KEPT + 1; sequence += 1) {
    note(mine, sequence, "mine");
    jotted.jot(heralded(sequence), "jotted");
    if (sequence > 1) end(mine, sequence);
  }
  expect(jotted.get("ab/1/1")).toBe("jotted");
  end(mine, 1);
  end(mine, 2);
  note(mine, 0, "mine");
  end(mine, 0);
  expect(jotted.get("ab/1/1")).toBe("jotted");
  expect(jotted.get("ab/1/2")).toBeUndefined();
});

test("a directory has as many columns as a row has bits, and says so", () => {
  const directory = new PairDirectory();
  for (let column = 0; column < 31; column += 1) expect(directory.newColumn()).toBe(column);
  expect(() => directory.newColumn()).toThrow("a directory of pairs has 31 columns");
});
