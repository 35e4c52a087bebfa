import { LedgerEvent } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { LedgerReaders, type Readings } from "./ledger-readers.ts";

const told = (event: object) => LedgerEvent.fromJSON({ at: 5, ...event });

test("An event is told to those who read its case, in their order, and to whoever hears of all before them", () => {
  const said: string[] = [];
  const stores = (who: string): Readings => ({ halfStored: ({ pair }, { at }) => said.push(`${who} ${pair} ${at}`) });
  const ends: Readings = { halfEnded: ({ node }) => said.push(`ended at ${node}`) };
  const hears = ({ event }: LedgerEvent) => said.push(`heard ${event?.$case}`);
  const readers = new LedgerReaders([{ reads: stores("one") }, { reads: ends }, { reads: stores("two"), hears }]);
  readers.read(told({ halfStored: { pair: "ab/1/1" } }));
  readers.read(told({ halfEnded: { node: "bob" } }));
  readers.read(told({}));
  const [stored, ended, nothing] = ["heard halfStored", "heard halfEnded", "heard undefined"];
  expect(said).toEqual([stored, "one ab/1/1 5", "two ab/1/1 5", ended, "ended at bob", nothing]);
});
