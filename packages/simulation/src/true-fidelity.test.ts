import { LedgerEvent } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { LedgerReaders } from "./ledger-readers.ts";
import { TrueFidelity } from "./true-fidelity.ts";

function delivered(sequence: number, fields: object): LedgerEvent {
  const pair = `a-b/1/${sequence}`;
  const ends = { firstPair: pair, firstNode: "a", secondPair: pair, secondNode: "b" };
  return LedgerEvent.fromJSON({ pairFidelity: { ...ends, ...fields } });
}

describe("The true fidelity of a run", () => {
  test("is the mean of what nature wrote, and says nothing of samples where there were none", () => {
    const fidelity = new TrueFidelity();
    const readers = new LedgerReaders([fidelity]);
    for (const [place, fidelityPpt] of [9e11, 7e11].entries()) readers.read(delivered(place, { fidelityPpt }));
    expect(fidelity.mean()).toBeCloseTo(0.8, 12);
    expect(fidelity.sampled()).toBeUndefined();
  });

  test("takes samples in the stead of fidelities, with the standard error they bring into the mean", () => {
    const fidelity = new TrueFidelity();
    const readers = new LedgerReaders([fidelity]);
    const samples = [0, 1, 1, 1, 0.5];
    for (const [place, sample] of samples.entries()) {
      readers.read(delivered(place, { isSample: true, samplePpt: sample * 1e12 }));
    }
    for (let place = 10; place < 15; place += 1) readers.read(delivered(place, { fidelityPpt: 9e11 }));
    expect(fidelity.mean()).toBeCloseTo((3.5 + 4.5) / 10, 12);
    const variance = samples.reduce((sum, sample) => sum + (sample - 0.7) ** 2, 0) / 4;
    expect(fidelity.sampled()?.sigma).toBeCloseTo(Math.sqrt(variance * 5) / 10, 12);
  });

  test("leaves out, once, a pair that one end or both take back, and what its sample said", () => {
    const fidelity = new TrueFidelity();
    const readers = new LedgerReaders([fidelity]);
    const retracted = (node: string, sequence: number) =>
      LedgerEvent.fromJSON({ halfRetracted: { pair: `a-b/1/${sequence}`, node } });
    for (const [place, fidelityPpt] of [9e11, 7e11].entries()) readers.read(delivered(place, { fidelityPpt }));
    readers.read(delivered(2, { isSample: true, samplePpt: 0 }));
    for (const event of [retracted("a", 1), retracted("b", 1), retracted("b", 2)]) readers.read(event);
    expect(fidelity.total().pairs).toBe(1);
    expect(fidelity.mean()).toBeCloseTo(0.9, 12);
    expect(fidelity.sampled()).toBeUndefined();
  });
});
