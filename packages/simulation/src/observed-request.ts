import type { StepObserver } from "@bellmesh/mesh/virtual";
import { RequesterTable, service as requester } from "@bellmesh/requester";
import type { Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import { type ArrivedMessage, arrivedMessage } from "./arrived-message.ts";
import { simulatedMesh } from "./simulated-mesh.ts";

/** Something that happened at a true instant: a message arrived somewhere, or somebody wrote into the ledger. */
export type Happening =
  | { readonly atNs: number; readonly where: string; readonly message: ArrivedMessage }
  | { readonly atNs: number; readonly where: string; readonly event: LedgerEvent };

/** Virtual time after the head-end is done, for the last words of the others. */
const DRAIN_NS = 1e6;

/** Runs a request for one pair and tells what happened, in order. */
export function observedRequest(topology: Topology, from: string, to: string, seed: number): readonly Happening[] {
  const happenings: Happening[] = [];
  const table = new RequesterTable();
  const onStep: StepObserver = (where, _now, input) => {
    const message = arrivedMessage(input);
    if (message) happenings.push({ atNs: world.now, where, message });
  };
  const onRecord = (event: LedgerEvent) => {
    // That of clocks is not of the request.
    if (event.event?.$case === "clockChecked") return;
    happenings.push({ atNs: event.at, where: event.writer, event });
  };
  const world = simulatedMesh({ topology, seed, onRecord, onStep });
  const ask = { from, to, pairs: 1, minFidelity: undefined, maxTimeNs: 0, graceNs: 0, finalState: undefined };
  const config = { ask: { ...ask, missPolicy: MissPolicy.UNSPECIFIED }, table };
  world.add(requester, { place: from, config });
  world.start();
  world.run({ until: () => table.done });
  world.run({ untilNs: world.now + DRAIN_NS });
  return happenings;
}
