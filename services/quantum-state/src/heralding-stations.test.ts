import { pairId, parsePairId } from "@bellmesh/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mayCome, pairNumber, type Station } from "./heralding-stations.ts";

const at = (incarnation: number, sequence: number) =>
  ({ pairPrefix: "alice-bob/", latest: { incarnation, sequence } }) as Station;

test("A pair has the number that is in its id, and what is no id has none", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (incarnation, sequence) => {
      const pair = pairId("alice-bob", incarnation, sequence);
      expect(parsePairId(pair)).toMatchObject(pairNumber(at(0, 0), pair) ?? {});
    }),
  );
  for (const name of ["alice-bob", "alice-bob/x/1", "alice-bob/1/x", "alice-bob/1/2/3", "bob-carol/1/1"]) {
    expect(pairNumber(at(0, 0), name)).toBeUndefined();
  }
});

test("What is numbered after the latest pair may come, also of a station that was restarted, and nothing else", () => {
  const numbers = [1, 2, 9, 10].flatMap((incarnation) => [1, 9, 10].map((sequence) => ({ incarnation, sequence })));
  for (const [place, { incarnation, sequence }] of numbers.entries()) {
    const station = at(incarnation, sequence);
    expect(numbers.map((number) => mayCome(station, number))).toEqual(numbers.map((_, other) => other > place));
  }
});
