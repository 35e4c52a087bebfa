import type { PauliEigenvalues } from "@bellmesh/bell";
import { linksOf } from "./lookup.ts";
import type { Memory, Storage, Topology, TopologyNode } from "./topology.ts";

/** What a move into storage leaves of a half: a depolarising channel. */
export function moveDecay({ moveDepolarising }: Storage): PauliEigenvalues {
  const left = 1 - moveDepolarising;
  return { x: left, y: left, z: left };
}

/** The memory in which a node's halves wait for long: storage where there is some. */
export function waitingMemory({ memory }: TopologyNode): Pick<Memory, "t1S" | "t2S"> {
  return memory.storage ?? memory;
}

/** Halves of one link that a node keeps at a time: in the link's slots, and in its share of the storage. */
export function slotsPerLink(topology: Topology, { name, memory }: TopologyNode): number {
  if (!memory.storage) return memory.communicationSlots;
  return memory.communicationSlots + Math.floor(memory.storage.slots / linksOf(topology, name).length);
}
