import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LedgerEvent, type LedgerHeader } from "@bellmesh/wire/ledger";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LEDGER_SCHEMA_VERSION, Ledger, readLedger } from "./ledger.ts";
import { badHistories, goodHistories } from "./referees/golden-histories.ts";

const header: LedgerHeader = { schemaVersion: LEDGER_SCHEMA_VERSION, network: "lab", seed: 7, world: "simulation" };
const everyEvent = [...goodHistories, ...badHistories].flatMap(({ events }) => events);

/** The same events, renumbered as those of one writer. */
function renumbered(events: readonly LedgerEvent[]): LedgerEvent[] {
  return events.map((event, index) => ({ ...event, writer: "test/lab", sequence: index + 1 }));
}

describe("the canonical bytes of an event", () => {
  test("are what comes out when the event is decoded and encoded again", () => {
    for (const event of everyEvent) {
      const bytes = LedgerEvent.encode(event).finish();
      expect(LedgerEvent.encode(LedgerEvent.decode(bytes)).finish()).toEqual(bytes);
    }
  });

  test("are so for any numbers and names", () => {
    const large = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(fc.string(), large, large, fc.array(fc.string()), (writer, sequence, at, pairs) => {
        const limit = { node: writer, pairs, limit: "qubits" };
        const event = { $case: "emulatorLimit", emulatorLimit: limit } as const;
        const bytes = LedgerEvent.encode({ writer, incarnation: 3, sequence, at, uncertaintyNs: 0, event }).finish();
        expect(LedgerEvent.encode(LedgerEvent.decode(bytes)).finish()).toEqual(bytes);
      }),
    );
  });
});

describe("Ledger", () => {
  test("hashes every event behind its length, in order, however many there are", () => {
    const events = renumbered([...everyEvent, ...everyEvent]);
    const ledger = new Ledger({ header });
    const expected = createHash("sha256");
    for (const event of events) {
      ledger.append(event);
      const bytes = LedgerEvent.encode(event).finish();
      expect(bytes.length).toBeLessThan(128);
      expected.update(new Uint8Array([bytes.length])).update(bytes);
      if (event.sequence === 200) expect(ledger.sha256()).toBe(expected.copy().digest("hex"));
    }
    expect(ledger.events).toBe(events.length);
    expect(ledger.sha256()).toBe(expected.digest("hex"));
  });

  test("gives another hash for another order, and none of it depends on the header", () => {
    const [first, second] = renumbered(everyEvent) as [LedgerEvent, LedgerEvent];
    const hashOf = (seed: number, ...events: LedgerEvent[]) => {
      const ledger = new Ledger({ header: { ...header, seed } });
      for (const event of events) ledger.append(event);
      return ledger.sha256();
    };
    expect(hashOf(1, first, second)).toBe(hashOf(2, first, second));
    expect(hashOf(1, first, second)).not.toBe(hashOf(1, second, first));
  });

  test("writes a file that reads back with the same hash", () => {
    const directory = mkdtempSync(join(tmpdir(), "ledger-"));
    try {
      const file = join(directory, "run.ledger");
      const ledger = new Ledger({ header, file });
      const events = renumbered([...everyEvent, ...everyEvent]);
      for (const event of events) ledger.append(event);
      ledger.close();
      const contents = readLedger(readFileSync(file));
      expect(contents.header).toEqual(header);
      expect(contents.events).toEqual(events);
      const again = new Ledger({ header });
      for (const event of contents.events) again.append(event);
      expect(again.sha256()).toBe(ledger.sha256());
      expect(() => readLedger(readFileSync(file).subarray(0, -3))).toThrow(/ends within an event/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("names what a writer numbered and nobody got, per restart of the writer", () => {
    const ledger = new Ledger({ header });
    const [event] = everyEvent as [LedgerEvent];
    const append = (incarnation: number, ...sequences: number[]) =>
      sequences.map((sequence) => ledger.append({ ...event, writer: "x/y", incarnation, sequence }));
    append(1, 1, 2, 3, 6, 9, 5);
    append(2, 2);
    append(1, 10);
    expect(append(2, 2)).toEqual([false]);
    expect(ledger.events).toBe(8);
    expect(ledger.gaps()).toEqual([
      { writer: "x/y", incarnation: 2, first: 1, last: 1 },
      { writer: "x/y", incarnation: 1, first: 4, last: 4 },
      { writer: "x/y", incarnation: 1, first: 7, last: 8 },
    ]);
    append(1, 4, 8, 7);
    append(2, 1);
    expect(ledger.gaps()).toEqual([]);
  });
});
