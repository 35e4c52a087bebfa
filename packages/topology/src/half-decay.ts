import { memoryDecay, multiply, type PauliEigenvalues } from "@bellmesh/bell";
import { linksOf } from "./lookup.ts";
import type { Memory, Storage, Topology, TopologyNode } from "./topology.ts";

const S_PER_NS = 1e-9;

/**
 * What a node's memory leaves of a half: in its communication slot and, from the instant on at which it began to be
 * moved, in storage, the noise of the move included.
 * @param movedNs undefined for one that was not moved. All instants are in ns on one clock.
 */
export function halfDecay(
  memory: Memory,
  fromNs: number,
  movedNs: number | undefined,
  untilNs: number,
): PauliEigenvalues {
  const { storage } = memory;
  if (!storage || movedNs === undefined) return decay(memory, untilNs - fromNs);
  return multiply(multiply(decay(memory, movedNs - fromNs), moveDecay(storage)), decay(storage, untilNs - movedNs));
}

/** The least that is left of a half after a time, where it is not known whether and when it was moved. */
export function leastHalfDecay(memory: Memory, ageNs: number): PauliEigenvalues {
  const kept = decay(memory, ageNs);
  if (!memory.storage) return kept;
  const moved = multiply(decay(memory.storage, ageNs), moveDecay(memory.storage));
  const keptAndMoved = multiply(kept, moveDecay(memory.storage));
  return {
    x: Math.min(keptAndMoved.x, moved.x),
    y: Math.min(keptAndMoved.y, moved.y),
    z: Math.min(keptAndMoved.z, moved.z),
  };
}

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

function decay({ t1S, t2S }: Pick<Memory, "t1S" | "t2S">, waitNs: number): PauliEigenvalues {
  return memoryDecay(t1S, t2S, Math.max(0, waitNs) * S_PER_NS);
}
