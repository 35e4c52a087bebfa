import { expect, test } from "vitest";
import { FINISHED_PAIRS_KEPT, PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";

interface Note {
  readonly pair: string;
  readonly of: string;
}

function twoReaders() {
  const directory = new PairDirectory();
  return [new PairTable<Note>(directory), new PairTable<Note>(directory)] as const;
}

test("what one reader notes of a pair no other sees", () => {
  const [mine, theirs] = twoReaders();
  mine.add({ pair: "ab/1/1", of: "mine" });
  expect(mine.get("ab/1/1")?.of).toBe("mine");
  expect(theirs.get("ab/1/1")).toBeUndefined();
  theirs.add({ pair: "ab/1/1", of: "theirs" });
  expect([...mine.entries(), ...theirs.entries()].map((note) => note.of)).toEqual(["mine", "theirs"]);
});

test("a pair that somebody still expects something of is not forgotten", () => {
  const [mine, theirs] = twoReaders();
  const note = { pair: "ab/1/0", of: "mine" };
  mine.add(note);
  theirs.add({ pair: "ab/1/0", of: "theirs" });
  mine.finish(note);
  for (let sequence = 1; sequence <= FINISHED_PAIRS_KEPT + 1; sequence += 1) {
    const other = { pair: `ab/1/${sequence}`, of: "mine" };
    mine.add(other);
    mine.finish(other);
  }
  expect(theirs.get("ab/1/0")?.of).toBe("theirs");
  expect(mine.get("ab/1/1")).toBeUndefined();
  expect(mine.get("ab/1/2")).toBeDefined();
  expect(mine.wasForgotten("ab/1/1")).toBe(true);
});
