import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pairId, parsePairId } from "./pair-id.ts";

describe("A pair id", () => {
  test("is read back as it was made", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(), (link, incarnation, sequence) => {
        expect(parsePairId(pairId(link, incarnation, sequence))).toEqual({ link, incarnation, sequence });
      }),
    );
  });

  test("is nothing else than link, incarnation and sequence", () => {
    for (const text of ["", "a", "a/1", "a/1/", "a/1/2/3", "A/1/2", "a/x/2", "a/-1/2", "a b/1/2", "a/1/2\n"]) {
      expect(parsePairId(text), JSON.stringify(text)).toBeUndefined();
    }
  });
});
