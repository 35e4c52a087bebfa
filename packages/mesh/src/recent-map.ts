/**
 * A map that forgets what was set long ago: it holds the last `keptMin` entries for certain, and at most twice as many.
 * Entries live in two generations and the older one is dropped whole, so that setting costs the same however long a
 * machine runs; deleting the oldest entry of one map would search through all the places deleted before it.
 */
export class RecentMap<Value> {
  readonly #keptMin: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(keptMin: number) {
    this.#keptMin = keptMin;
  }

  set(key: string, value: Value): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#keptMin) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  get(key: string): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  has(key: string): boolean {
    // To look into a map takes the hash of the key, also where the map is empty.
    return (this.#young.size > 0 && this.#young.has(key)) || (this.#old.size > 0 && this.#old.has(key));
  }

  /** @returns whether it was there. */
  delete(key: string): boolean {
    const wasOld = this.#old.delete(key);
    return this.#young.delete(key) || wasOld;
  }
}
