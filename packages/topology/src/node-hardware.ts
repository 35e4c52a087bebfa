import {
  type HalfDecay,
  inTurn,
  type LeastHalfDecay,
  memoryDecay,
  multiply,
  type PauliEigenvalues,
  relaxing,
  unrelaxing,
} from "@bellmesh/bell";
import { moveDecay } from "./half-decay.ts";
import type { Memory, TopologyNode } from "./topology.ts";

const S_PER_NS = 1e-9;
/** Changes remembered: no half waits over more of them. What was before counts as the oldest that is. */
const STRETCHES_MAX = 16;

/** A node's hardware from an instant on, as its halves know it (see `nodeAtWork`). */
interface Stretch {
  readonly sinceNs: number;
  readonly node: TopologyNode;
}

/**
 * What one node's hardware was and is, as far as has been announced: a wait takes each stretch of it as it was. All
 * instants are in ns on one clock.
 */
export class NodeHardware {
  readonly name: string;
  /** By growing instants. */
  #stretches: readonly [Stretch, ...Stretch[]];

  /** @param node its hardware before any change, as its halves know it */
  constructor(node: TopologyNode) {
    this.name = node.name;
    this.#stretches = [{ sinceNs: 0, node }];
  }

  /** From an instant on, which is not before those of the changes until now, it is this. */
  change(sinceNs: number, node: TopologyNode): void {
    const [oldest, ...others] = [...this.#stretches, { sinceNs, node }].slice(-STRETCHES_MAX);
    this.#stretches = [oldest as Stretch, ...others];
  }

  /** What is in force at an instant. */
  at(instantNs: number): TopologyNode {
    const stretches = this.#stretches;
    if (stretches.length === 1) return stretches[0].node;
    return (stretches.findLast(({ sinceNs }) => sinceNs <= instantNs) ?? stretches[0]).node;
  }

  /**
   * What the node's memory leaves of a half: in its communication slot and, from the instant on at which it began to be
   * moved, in storage, the noise of the move included.
   * @param movedNs undefined for one that was not moved.
   */
  halfDecay(fromNs: number, movedNs: number | undefined, untilNs: number): HalfDecay {
    const { storage } = movedNs === undefined ? {} : this.at(movedNs).memory;
    if (!storage || movedNs === undefined) return this.#decay(fromNs, untilNs, inSlot);
    const inSlotAndMoved = inTurn(this.#decay(fromNs, movedNs, inSlot), unrelaxing(moveDecay(storage)));
    return inTurn(inSlotAndMoved, this.#decay(movedNs, untilNs, inStorage));
  }

  /** The least that is left of a half after a wait, where it is not known whether and when it was moved. */
  leastHalfDecay(fromNs: number, untilNs: number): LeastHalfDecay {
    const kept = this.#decay(fromNs, untilNs, inSlot);
    const worst = this.#worstMove(fromNs, untilNs);
    if (!worst) {
      const { x, y, z, relaxed } = kept;
      return { x, y, z, leastRelaxed: relaxed, mostRelaxed: relaxed };
    }
    const stored = this.#decay(fromNs, untilNs, inStorage);
    const moved = multiply(stored, worst);
    const keptAndMoved = multiply(kept, worst);
    return {
      x: Math.min(keptAndMoved.x, moved.x),
      y: Math.min(keptAndMoved.y, moved.y),
      z: Math.min(keptAndMoved.z, moved.z),
      leastRelaxed: 0,
      mostRelaxed: Math.max(kept.relaxed, stored.relaxed),
    };
  }

  /** What the worst move into storage during a wait leaves of a half; undefined where there is no storage. */
  #worstMove(fromNs: number, untilNs: number): PauliEigenvalues | undefined {
    let worst: PauliEigenvalues | undefined;
    for (const { node } of this.#between(fromNs, untilNs)) {
      const { storage } = node.memory;
      const move = storage && moveDecay(storage);
      if (move && (!worst || move.x < worst.x)) worst = move;
    }
    return worst;
  }

  #decay(fromNs: number, untilNs: number, place: (memory: Memory) => Pick<Memory, "t1S" | "t2S">): HalfDecay {
    let left: HalfDecay | undefined;
    const stretches = this.#between(fromNs, untilNs);
    for (let at = 0; at < stretches.length; at++) {
      const { sinceNs, node } = stretches[at] as Stretch;
      const { t1S, t2S } = place(node.memory);
      const beginNs = at === 0 ? fromNs : sinceNs;
      const endNs = at + 1 < stretches.length ? (stretches[at + 1] as Stretch).sinceNs : untilNs;
      const waitNs = Math.max(0, endNs - beginNs);
      const decay = relaxing(memoryDecay(t1S, t2S, waitNs * S_PER_NS));
      left = left ? inTurn(left, decay) : decay;
    }
    return left as HalfDecay;
  }

  /** The stretches of a wait, at least one: the first began before it, or counts as if it had. */
  #between(fromNs: number, untilNs: number): readonly Stretch[] {
    if (this.#stretches.length === 1) return this.#stretches;
    const first = Math.max(
      0,
      this.#stretches.findLastIndex(({ sinceNs }) => sinceNs <= fromNs),
    );
    return this.#stretches.filter(({ sinceNs }, at) => at === first || (at > first && sinceNs < untilNs));
  }
}

function inSlot(memory: Memory): Pick<Memory, "t1S" | "t2S"> {
  return memory;
}

function inStorage(memory: Memory): Pick<Memory, "t1S" | "t2S"> {
  return memory.storage ?? memory;
}
