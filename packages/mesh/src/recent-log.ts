/**
 * As `RecentMap`, for what is written down every time and hardly ever asked for: entries are found by their keys from
 * when somebody asks on. One that is written again counts anew.
 */
export class RecentLog<Value> {
  readonly #keptMin: number;
  #young = new Generation<Value>();
  #old = new Generation<Value>();

  constructor(keptMin: number) {
    this.#keptMin = keptMin;
  }

  add(key: string, value: Value): void {
    this.#young.add(key, value);
    if (this.#young.size < this.#keptMin) return;
    this.#old = this.#young;
    this.#young = new Generation();
  }

  /** What was added last by this key. */
  get(key: string): Value | undefined {
    return this.#young.byKey().get(key) ?? this.#old.byKey().get(key);
  }

  /** Everything that was added by this key. */
  delete(key: string): void {
    this.#young.byKey().delete(key);
    this.#old.byKey().delete(key);
  }
}

class Generation<Value> {
  readonly #keys: string[] = [];
  readonly #values: Value[] = [];
  readonly #byKey = new Map<string, Value>();
  /** So many of them can be found in `#byKey`, or have been deleted there. */
  #entered = 0;

  get size(): number {
    return this.#keys.length;
  }

  add(key: string, value: Value): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  byKey(): Map<string, Value> {
    for (; this.#entered < this.#keys.length; this.#entered += 1) {
      this.#byKey.set(this.#keys[this.#entered] as string, this.#values[this.#entered] as Value);
    }
    return this.#byKey;
  }
}
