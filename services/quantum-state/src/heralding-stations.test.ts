import type { Link } from "@bellmesh/topology";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isNew, stationOf } from "./heralding-stations.ts";

const link = { name: "alice-bob", ends: ["alice", "bob"] } as unknown as Link;
const newStation = () => stationOf(link, new Map());

test("A pair that counts as new was told of never before, whatever names a station gives", () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 4 }).map(String),
    fc.constantFrom("", "x", "01", "Infinity", "1/2"),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { maxLength: 40 }), (ids) => {
      const station = newStation();
      const told = new Set<string>();
      for (const [incarnation, sequence] of ids) {
        const pair = `alice-bob/${incarnation}/${sequence}`;
        if (isNew(station, pair)) expect(told).not.toContain(pair);
        told.add(pair);
      }
    }),
  );
});

test("Every pair is new that a station numbers as it should, also after it was restarted", () => {
  const station = newStation();
  for (const incarnation of [1, 2, 10]) {
    for (const sequence of [1, 2, 9, 10, 11]) {
      expect(isNew(station, `alice-bob/${incarnation}/${sequence}`)).toBe(true);
      expect(isNew(station, `alice-bob/${incarnation}/${sequence}`)).toBe(false);
    }
  }
});
