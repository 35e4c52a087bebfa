import { phiMinus } from "@bellmesh/bell";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { expect, test } from "vitest";
import { faultsOf, type LossyAsk } from "./lossy-bus.ts";

const FIRST_SEED = 101;
const SEEDS = 200;

const discard = { minFidelity: 0.8, missPolicy: MissPolicy.DISCARD };
const degrade = { minFidelity: 0.8, missPolicy: MissPolicy.DEGRADE, graceNs: 50_000_000 };

const asks: [string, LossyAsk][] = [
  ["10 % loss", {}],
  ["10 % loss and a minimum fidelity", discard],
  ["40 % loss", { loss: 0.4 }],
  ["40 % loss, late feedforward discarded", { ...discard, loss: 0.4 }],
  ["40 % loss, late feedforward degraded", { ...degrade, loss: 0.4 }],
  ["40 % loss, late feedforward used", { ...discard, missPolicy: MissPolicy.AGE, loss: 0.4 }],
  ["30 % loss and a final state", { ...degrade, finalState: phiMinus, loss: 0.3 }],
  ["30 % loss and a cutoff of 20 ms", { ...discard, loss: 0.3, cutoffS: 0.02 }],
];

test.each(asks)(`over ${SEEDS} seeds of %s, with duplication and reordering, no referee objects`, (_name, ask) => {
  const wrong: Record<number, readonly string[]> = {};
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const faults = faultsOf(seed, ask);
    if (faults.length > 0) wrong[seed] = faults;
  }
  expect(wrong).toEqual({});
});
