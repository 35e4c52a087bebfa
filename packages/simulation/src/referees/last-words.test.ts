import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { LastWords, type Word } from "./last-words.ts";

const event = (writer: string, incarnation: number, at: number): LedgerEvent => {
  return { writer, incarnation, sequence: 1, at, uncertaintyNs: 0, event: undefined };
};

const end = event("node-controller/bob", 1, 5e9);
const word: Word = { writer: end.writer, incarnation: end.incarnation, atNs: end.at };

function told(lastNs: number): LastWords {
  const words = new LastWords();
  words.note(end);
  words.note(event("node-controller/bob", 1, lastNs));
  return words;
}

const nature = event("quantum-state/nature", 1, 9e9);

test("what a node said in its last second may be unheard, what it said before is heard", () => {
  expect(told(5.9e9).mayBeUnheard(word, nature, true)).toBe(true);
  expect(told(6.1e9).mayBeUnheard(word, nature, true)).toBe(false);
});

test("without a crash everything is heard", () => {
  const words = told(5.9e9);
  expect(words.mayBeUnheard(word, nature, false)).toBe(false);
  words.note(event("node-controller/bob", 2, 8e9));
  expect(words.mayBeUnheard(word, nature, false)).toBe(true);
});

test("nobody fails to hear himself, and what nobody said is not unheard", () => {
  const words = told(5e9);
  expect(words.mayBeUnheard(word, event("node-controller/bob", 1, 5e9), true)).toBe(false);
  expect(words.mayBeUnheard(undefined, nature, true)).toBe(false);
});
