import { LedgerEvent } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { CalibratedNodes } from "./calibrated-nodes.ts";
import { LedgerReaders } from "./ledger-readers.ts";

function changed(node: string, version: number, at: number): LedgerEvent {
  const parts = { memory: undefined, gates: undefined, readout: undefined, storage: undefined };
  const hardwareChanged = { node, version, at, platform: "ion-lab", measuredOn: "2026-11-20", ...parts };
  return { ...LedgerEvent.decode(new Uint8Array()), event: { $case: "hardwareChanged", hardwareChanged } };
}

test("Each calibrated node stands there with its latest version; what faults do to it is no calibration", () => {
  const nodes = new CalibratedNodes();
  const readers = new LedgerReaders([nodes]);
  for (const event of [changed("bob", 0, 5), changed("bob", 2, 10), changed("alice", 1, 20), changed("bob", 2, 30)]) {
    readers.read(event);
  }
  const measured = { platform: "ion-lab", measuredOn: "2026-11-20" };
  expect(nodes.all()).toEqual([
    { node: "alice", version: 1, sinceNs: 20, ...measured },
    { node: "bob", version: 2, sinceNs: 10, ...measured },
  ]);
});
