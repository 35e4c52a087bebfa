/** What one process has made durable. It outlives crashes; what the process holds in memory does not. */
export class DurableStore {
  readonly #entries = new Map<string, Uint8Array>();

  put(key: string, bytes: Uint8Array): void {
    this.#entries.set(key, bytes.slice());
  }

  /** Everything is lost. */
  clear(): void {
    this.#entries.clear();
  }

  /** A copy of everything, as a process finds it when it starts. */
  recover(): ReadonlyMap<string, Uint8Array> {
    const recovered = new Map<string, Uint8Array>();
    for (const [key, bytes] of this.#entries) recovered.set(key, bytes.slice());
    return recovered;
  }
}
