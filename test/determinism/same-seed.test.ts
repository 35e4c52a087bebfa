import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";

const topology = loadTopology("line:4");
const run = (seed: number) => simulate({ topology, from: "n0", to: "n3", pairs: 40, seed });

describe("A seed decides everything", () => {
  test("the same seed gives the same ledger, byte for byte, and the same report", () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const [first, second] = [run(seed), run(seed)];
      expect({ ...second, wallMs: 0 }).toEqual({ ...first, wallMs: 0 });
    }
  });

  test("other seeds give other ledgers", () => {
    const hashes = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => run(seed).ledger.sha256);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
