import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";

const INCARNATION = "incarnation";
const ENTRY_PREFIX = "entry.";
const RETRY_AFTER_MS = 1000;

export interface StoreListener {
  /** The bytes under this key are durable. */
  stored(key: string): void;
  /** Whether the disk takes what is given to it; told at every change. */
  writable(ok: boolean, reason: string): void;
}

/**
 * What one process has made durable: a file per key in a directory of its own, each replaced whole (write aside,
 * sync, rename), so that a crash leaves the former bytes or the new ones. A disk that refuses is asked again.
 */
export class DurableStore {
  /** How often this process has started, this start included. */
  readonly incarnation: number;
  readonly #directory: string;
  readonly #recovered: ReadonlyMap<string, Uint8Array>;
  readonly #waiting = new Map<string, Uint8Array>();
  #listener: StoreListener | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  /**
   * Opens the store and counts this start, durably.
   * @throws Error of the system when the directory cannot be made or written.
   */
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.incarnation = formerIncarnation(join(directory, INCARNATION)) + 1;
    replaceSync(join(directory, INCARNATION), Buffer.from(`${this.incarnation}\n`));
    this.#recovered = entriesOf(directory);
  }

  /** Everything that was durable when the process started. */
  recover(): ReadonlyMap<string, Uint8Array> {
    return this.#recovered;
  }

  listen(listener: StoreListener): void {
    this.#listener = listener;
  }

  /** Makes bytes durable; the latest given under a key win. */
  put(key: string, bytes: Uint8Array): void {
    this.#waiting.set(key, bytes.slice());
    this.#working ??= this.#work();
  }

  /**
   * Makes everything durable that was given before it returns, for a process that ends now: aside of the writing that
   * is under way, which may still come last with older bytes of its key, as when a process is killed at any instant.
   * @throws Error of the system when the disk refuses.
   */
  flush(): void {
    for (const [key, bytes] of this.#waiting) replaceSync(join(this.#directory, fileOf(key)), bytes);
  }

  /** Waits for what is under way, but no longer for a disk that refuses. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    let refused = false;
    while (this.#waiting.size > 0) {
      const [key, bytes] = this.#waiting.entries().next().value as [string, Uint8Array];
      try {
        await replace(join(this.#directory, fileOf(key)), bytes);
        if (refused) this.#listener?.writable(true, "");
        refused = false;
        if (this.#waiting.get(key) === bytes) this.#waiting.delete(key);
        this.#listener?.stored(key);
      } catch (error) {
        if (!refused) this.#listener?.writable(false, `${this.#directory}: ${(error as Error).message}`);
        refused = true;
        if (this.#closed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
      }
    }
    this.#working = undefined;
  }
}

/** Keys may hold anything; file names may not. */
function fileOf(key: string): string {
  return `${ENTRY_PREFIX}${encodeURIComponent(key)}`;
}

function entriesOf(directory: string): ReadonlyMap<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  for (const name of readdirSync(directory).sort()) {
    if (!name.startsWith(ENTRY_PREFIX) || name.endsWith(".new")) continue;
    const key = decodeURIComponent(name.slice(ENTRY_PREFIX.length));
    entries.set(key, new Uint8Array(readFileSync(join(directory, name))));
  }
  return entries;
}

function formerIncarnation(file: string): number {
  try {
    const count = Number(readFileSync(file, "utf8").trim());
    if (Number.isSafeInteger(count) && count >= 0) return count;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  throw new Error(`${file} does not hold a count of starts; remove the directory to begin anew`);
}

function replaceSync(file: string, bytes: Uint8Array): void {
  const aside = openSync(`${file}.now.new`, "w");
  try {
    writeSync(aside, bytes);
    fsyncSync(aside);
  } finally {
    closeSync(aside);
  }
  renameSync(`${file}.now.new`, file);
}

async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const aside = await open(`${file}.new`, "w");
  try {
    await aside.writeFile(bytes);
    await aside.sync();
  } finally {
    await aside.close();
  }
  await rename(`${file}.new`, file);
}
