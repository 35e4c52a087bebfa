import { bellMeasurementNs, nodeNamed, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { halvesIn, isEnd } from "./deeds.ts";
import type { PlainRule } from "./plain-rule.ts";

/** A half is in a slot that its node has, and is not measured by a repeater when it is older than the cutoff. */
export const memoryKept: PlainRule = {
  name: "memory-kept",
  isBroken: (history, topology) =>
    history.some(({ event }) => isInNoSlot(event, topology)) || isSwappedTooOld(history, topology),
};

function isInNoSlot(event: LedgerEvent["event"], topology: Topology): boolean {
  const memoryOf = (node: string) => nodeNamed(topology, node)?.memory;
  if (event?.$case === "halfMoved") {
    const { node, storageSlot } = event.halfMoved;
    return storageSlot >= (memoryOf(node)?.storage?.slots ?? 0);
  }
  if (event?.$case !== "halfStored") return false;
  const { node, slot } = event.halfStored;
  return slot >= (memoryOf(node)?.communicationSlots ?? 0);
}

function isSwappedTooOld(history: readonly LedgerEvent[], topology: Topology): boolean {
  const { cutoffS, clock } = topology;
  if (cutoffS === undefined) return false;
  return halvesIn(history).some(({ herald, node, deeds }) => {
    const hardware = nodeNamed(topology, node);
    if (!hardware) return false;
    const allowedNs = cutoffS * 1e9 + bellMeasurementNs(hardware) + (6 * clock.stampJitterPs) / 1000 + 10;
    const [end] = deeds.filter(isEnd);
    if (end?.told.event?.$case !== "pairsSwapped") return false;
    const emittedNs = herald.emitted[herald.nodes.indexOf(node)] ?? 0;
    const { measuredAt } = end.told.event.pairsSwapped;
    return measuredAt - emittedNs > allowedNs + foundOffNs(history, node, measuredAt);
  });
}

/** What a clock that had been trusted was found to be off by, from 30 s before until 10 s after. */
function foundOffNs(history: readonly LedgerEvent[], node: string, atNs: number): number {
  const found = history.flatMap(({ event, at }, index) => {
    if (event?.$case !== "clockChecked" || at < atNs - 30e9 || at > atNs + 10e9) return [];
    const checked = event.clockChecked;
    const wasTrusted = history
      .slice(0, index)
      .some(
        ({ event: before }) =>
          before?.$case === "clockChecked" &&
          before.clockChecked.node === checked.node &&
          before.clockChecked.promisesPs > 0,
      );
    return wasTrusted && [checked.node, checked.grandmaster].includes(node) ? [checked.offsetPs / 1000] : [];
  });
  return Math.max(0, ...found);
}
