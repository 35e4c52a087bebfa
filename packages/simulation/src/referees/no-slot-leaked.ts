import { SmallMap } from "@bellmesh/mesh";
import type { HalfMoved } from "@bellmesh/wire/ledger";
import type { Readings } from "../ledger-readers.ts";
import { type Referee, type Verdict, type Violation, verdictOf } from "./referee.ts";

/** A half in a slot of its node's memory. Slots are numbered per link, and apart in storage. */
interface Occupation {
  readonly pair: string;
  readonly node: string;
  slots: (Occupation | undefined)[];
  slot: number;
  readonly atNs: number;
  /** Of the node-controller that stored or moved it. */
  incarnation: number;
  /** Nature has restarted since: it is gone, and its node-controller says so, or has crashed as well. */
  wasInNature: boolean;
  /** Its node-controller has restarted since, and may know of it no more. */
  isForgotten: boolean;
  /** Another half of the pair, if that is in a slot too. */
  next: Occupation | undefined;
}

/** Stands for the storage beside the links of a node; no link has this name. */
const STORAGE = "";

/**
 * A slot holds one half at a time, from its storing to its end, and none at quiescence; a half is in one slot at a
 * time, and is moved into storage from a communication slot only. What nature held when it crashed comes to its end as
 * well, unless its node-controller has restarted too and knows of it no more.
 */
export class NoSlotLeaked implements Referee {
  readonly name = "no-slot-leaked";
  readonly reads: Readings = {
    halfStored: ({ pair, node, link, slot }, { at, incarnation }) => {
      this.#store(pair, node, this.#slotsOf(node, link), slot, at, incarnation);
    },
    halfMoved: (moved, { at, incarnation }) => this.#move(moved, at, incarnation),
    natureRestarted: () => {
      for (const occupation of this.#held()) occupation.wasInNature = true;
    },
    controllerRestarted: ({ node }) => {
      for (const occupation of this.#held()) if (occupation.node === node) occupation.isForgotten = true;
    },
    pairsSwapped: ({ upstreamPair, downstreamPair, node }) => {
      this.#free(upstreamPair, node);
      this.#free(downstreamPair, node);
    },
    halfDelivered: ({ pair, node }) => this.#free(pair, node),
    halfEnded: ({ pair, node }) => this.#free(pair, node),
  };
  /** By node and link: what stands in each slot. */
  readonly #memories = new Map<string, Map<string, (Occupation | undefined)[]>>();
  readonly #occupations = new SmallMap<string, Occupation>();
  readonly #violations: Violation[] = [];

  verdict(atQuiescence: boolean): Verdict {
    const violations = [...this.#violations];
    let open = false;
    for (const { pair, node, slot, atNs, wasInNature, isForgotten } of this.#held()) {
      if (wasInNature && isForgotten) continue;
      open = true;
      if (!atQuiescence) break;
      violations.push({ pair, atNs, message: `still occupies slot ${slot} of ${node}` });
    }
    return verdictOf(this.name, violations, open);
  }

  *#held(): Generator<Occupation> {
    for (const first of this.#occupations.values()) {
      for (let held: Occupation | undefined = first; held; held = held.next) yield held;
    }
  }

  #slotsOf(node: string, link: string): (Occupation | undefined)[] {
    let memory = this.#memories.get(node);
    if (!memory) {
      memory = new Map();
      this.#memories.set(node, memory);
    }
    let slots = memory.get(link);
    if (!slots) {
      slots = [];
      memory.set(link, slots);
    }
    return slots;
  }

  /** A half leaves its slot for one of the node's storage. */
  #move({ pair, node, storageSlot }: HalfMoved, atNs: number, incarnation: number): void {
    const moved = heldAt(node, this.#occupations.get(pair));
    const slots = this.#slotsOf(node, STORAGE);
    if (!moved || moved.slots === slots) {
      const message = `was moved into storage of ${node}, where it was in no communication slot`;
      this.#violations.push({ pair, atNs, message });
      return;
    }
    const before = slots[storageSlot];
    if (before?.wasInNature && incarnation > before.incarnation) this.#free(before.pair, node);
    else if (before) {
      const message = `was moved into storage slot ${storageSlot} of ${node}, which ${before.pair} occupies`;
      this.#violations.push({ pair, atNs, message });
      return;
    }
    moved.slots[moved.slot] = undefined;
    moved.slots = slots;
    moved.slot = storageSlot;
    // It is known, then, to who moved it.
    Object.assign(moved, { incarnation, wasInNature: false, isForgotten: false });
    slots[storageSlot] = moved;
  }

  #store(
    pair: string,
    node: string,
    slots: (Occupation | undefined)[],
    slot: number,
    atNs: number,
    incarnation: number,
  ): void {
    const before = slots[slot];
    if (before?.wasInNature && incarnation > before.incarnation) this.#free(before.pair, node);
    else if (before) {
      const message = `was put into slot ${slot} of ${node}, which ${before.pair} occupies`;
      this.#violations.push({ pair, atNs, message });
      return;
    }
    const next = this.#occupations.get(pair);
    if (heldAt(node, next)) {
      this.#violations.push({ pair, atNs, message: `was put into slot ${slot} of ${node}, but is in a slot already` });
      return;
    }
    const occupation = { pair, node, slots, slot, atNs, incarnation, wasInNature: false, isForgotten: false, next };
    slots[slot] = occupation;
    this.#occupations.set(pair, occupation);
  }

  #free(pair: string, node: string): void {
    const first = this.#occupations.get(pair);
    const freed = heldAt(node, first);
    if (!freed) return;
    freed.slots[freed.slot] = undefined;
    if (first !== freed) {
      for (let held = first; held; held = held.next) if (held.next === freed) held.next = freed.next;
    } else if (freed.next) this.#occupations.set(pair, freed.next);
    else this.#occupations.delete(pair);
  }
}

/** That of the halves from the first on which stands in a slot of this node. */
function heldAt(node: string, first: Occupation | undefined): Occupation | undefined {
  let held = first;
  while (held && held.node !== node) held = held.next;
  return held;
}
