/** The storage slots of a node, shared by its links: free, or filled by a half that was or is being moved there. */
export class StorageSlots {
  readonly #free: number[];

  constructor(slots: number) {
    this.#free = Array.from({ length: slots }, (_, slot) => slot);
  }

  /** A slot that is free, which is filled from now on; undefined when none is. */
  fill(): number | undefined {
    return this.#free.shift();
  }

  /** The half in the slot is gone. */
  empty(slot: number): void {
    this.#free.push(slot);
  }
}
