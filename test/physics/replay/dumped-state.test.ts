import { type DumpedState, simulate, stateDump } from "@bellmesh/simulation";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { Replay, type Replayed } from "./replay.ts";
import { unevenLine } from "./replayed-line.ts";

const topology = unevenLine(4);
const run = { topology, from: "n0", to: "n3", pairs: 12, seed: 51 };

test("a state looked at through the oracle's door is the replay's, entry by entry, and nature's own fidelity", () => {
  const delivered: { readonly pair: string; readonly replayed: Replayed }[] = [];
  let latest: Replayed | undefined;
  const replay = new Replay(topology, (replayed) => {
    latest = replayed;
  });
  const onEvent = (event: LedgerEvent) => {
    replay.observe(event);
    if (event.event?.$case !== "pairFidelity" || !latest) return;
    delivered.push({ pair: event.event.pairFidelity.secondPair, replayed: latest });
  };
  simulate({ ...run, onEvent });
  expect(delivered).toHaveLength(12);
  for (const { pair, replayed } of [delivered[0], delivered[5], delivered[11]] as typeof delivered) {
    const dumped = stateDump({ ...run, pair }) as DumpedState;
    expect(dumped.fidelity).toBeCloseTo(replayed.recorded, 11);
    for (const [row, entries] of dumped.rho.entries()) {
      for (const [column, [re, im]] of entries.entries()) {
        expect(re).toBeCloseTo(replayed.state.re[4 * row + column] as number, 11);
        expect(im).toBeCloseTo(replayed.state.im[4 * row + column] as number, 11);
      }
    }
  }
});
