import { expect, test } from "vitest";
import { faultsOf, nodesOf } from "./lossy-bus.ts";

const seeds = Array.from({ length: 10 }, (_, index) => ({ seed: index + 1, nodes: nodesOf(index + 1) }));

test.each(seeds)(
  "seed $seed over $nodes nodes: every pair is delivered, every parity exact, no referee objects",
  ({ seed }) => {
    expect(faultsOf(seed)).toEqual([]);
  },
);
