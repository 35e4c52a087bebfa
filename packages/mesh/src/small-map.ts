/** With more entries than this, finding one from the front takes longer than by its hash. */
const FEW = 32;

/**
 * A map for a handful of entries that come and go. They stand in a row, searched from the front: a Map that holds few
 * is built anew nearly every time that one goes. One that has held many is a Map from then on. Entries are in the order
 * in which their keys were set first.
 */
export class SmallMap<Key, Value> {
  readonly #keys: Key[] = [];
  readonly #values: Value[] = [];
  #many: Map<Key, Value> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#keys.length;
  }

  has(key: Key): boolean {
    return this.#many?.has(key) ?? this.#keys.includes(key);
  }

  get(key: Key): Value | undefined {
    if (this.#many) return this.#many.get(key);
    const place = this.#keys.indexOf(key);
    return place < 0 ? undefined : this.#values[place];
  }

  set(key: Key, value: Value): void {
    if (this.#many) {
      this.#many.set(key, value);
      return;
    }
    const place = this.#keys.indexOf(key);
    if (place >= 0) this.#values[place] = value;
    else {
      this.#keys.push(key);
      this.#values.push(value);
      if (this.#keys.length > FEW) this.#grow();
    }
  }

  /** @returns whether it was there. */
  delete(key: Key): boolean {
    if (this.#many) return this.#many.delete(key);
    const place = this.#keys.indexOf(key);
    if (place < 0) return false;
    takeOut(this.#keys, place);
    takeOut(this.#values, place);
    return true;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#values.length = 0;
    this.#many?.clear();
  }

  /** The keys as they are now. */
  keys(): Key[] {
    return [...(this.#many?.keys() ?? this.#keys)];
  }

  /** The values as they are now. */
  values(): Value[] {
    return [...(this.#many?.values() ?? this.#values)];
  }

  #grow(): void {
    this.#many = new Map(this.#keys.map((key, place) => [key, this.#values[place] as Value]));
    this.#keys.length = 0;
    this.#values.length = 0;
  }
}

/** In place: `splice` would make a list of what it takes out. */
function takeOut<T>(row: T[], place: number): void {
  for (let at = place + 1; at < row.length; at += 1) row[at - 1] = row[at] as T;
  row.pop();
}
