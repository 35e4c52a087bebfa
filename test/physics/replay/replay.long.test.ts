import { expect, test } from "vitest";
import { replayedLine, unevenLine } from "./replayed-line.ts";

test("100,000 pairs on lines of 2 to 9 nodes have the fidelities nature wrote, to 1e-9, seeds 40 to 47", () => {
  let [pairs, worst] = [0, 0];
  for (const [nodes, share] of [
    [2, 24_000],
    [3, 22_000],
    [4, 16_000],
    [5, 12_000],
    [6, 9000],
    [7, 7000],
    [8, 5500],
    [9, 4500],
  ] as const) {
    const replayed = replayedLine(unevenLine(nodes), share, 38 + nodes);
    pairs += replayed.pairs;
    worst = Math.max(worst, replayed.worst);
  }
  expect(pairs).toBe(100_000);
  expect(worst).toBeLessThan(1e-9);
});
