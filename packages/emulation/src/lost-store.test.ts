import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "@bellmesh/mesh";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loseStore } from "./lost-store.ts";

const nature = "quantum-state/nature" as Address;
let state = "";

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "bellmesh-"));
});

afterEach(() => rmSync(state, { recursive: true, force: true }));

test("A process whose services have never started has no store to lose, and nothing throws", () => {
  expect(() => loseStore(state, [nature])).not.toThrow();
  expect(() => loseStore(join(state, "gone"), [nature])).not.toThrow();
});

test("What services have stored is lost; the count of starts, the faults and the ledger are not", () => {
  const folder = join(state, "quantum-state.nature");
  mkdirSync(folder);
  for (const name of ["incarnation", "faults.json", "ledger.1", "entry.hardware%2Falice"]) {
    writeFileSync(join(folder, name), "");
  }
  loseStore(state, ["link-layer/alice" as Address, nature]);
  expect(readdirSync(folder).toSorted()).toEqual(["faults.json", "incarnation", "ledger.1"]);
});
