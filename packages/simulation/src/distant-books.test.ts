import { join } from "node:path";
import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { DistantBooks } from "./distant-books.ts";
import { LEDGER_SCHEMA_VERSION } from "./ledger.ts";
import { simulate } from "./simulate.ts";

const topology = loadTopology("line:3");

test("Books that another thread keeps come to the same, to the last byte", () => {
  const options = { topology, from: "n0", to: "n2", pairs: 400, seed: 5 };
  const { wallMs: _, ...here } = simulate(options);
  const { wallMs: __, ...apart } = simulate({ ...options, booksApart: true });
  expect(here.ledger.events).toBeGreaterThan(2048);
  expect(apart).toEqual(here);
});

test("What goes wrong in the thread is told when it is asked", () => {
  const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network: "line-3", seed: 5, world: "simulation" };
  const books = new DistantBooks({ header, topology, file: join(import.meta.dirname, "no-such-folder", "ledger") });
  expect(() => books.isOpen()).toThrow(/the thread that keeps the books has failed: .*ENOENT/);
});
