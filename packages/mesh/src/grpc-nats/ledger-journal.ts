import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Logger } from "pino";

/** The field `events` of a LedgerBatch, as its tag stands before every event. */
export const EVENT_TAG = 10;

/** A file that has grown to this is followed by another, so that what was acknowledged can be deleted. */
const FILE_BYTES = 1_048_576;
const RETRY_AFTER_MS = 1000;
const FILE_NAME = /^ledger-(\d+)\.journal$/;

/** Events of one writer and incarnation whose numbers follow one another, encoded as fields of a LedgerBatch. */
export interface LedgerRecord {
  readonly incarnation: number;
  readonly first: number;
  readonly last: number;
  readonly bytes: Uint8Array;
}

/** One file of the journal, and the position behind its last record among all records there ever were. */
interface JournalFile {
  readonly path: string;
  end: number;
}

/**
 * What a process has written into the ledger and the collector has not acknowledged, on disk. Appending is a plain
 * write: the page cache outlives the process, and an emulator need not outlive the machine. Each file is a LedgerBatch.
 */
export class LedgerJournal {
  readonly #directory: string;
  readonly #log: Logger;
  readonly #files: JournalFile[] = [];
  #number = 0;
  #descriptor: number | undefined;
  #bytes = 0;
  /** When the disk may be asked again, on the monotonic clock; 0 while it takes what it is given. */
  #retryAtMs = 0;

  /** @throws Error of the system when the directory cannot be made. */
  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
    mkdirSync(directory, { recursive: true });
  }

  /** Whether to give it records now: not right after the disk has refused one. */
  get isOpen(): boolean {
    return this.#retryAtMs === 0 || performance.now() >= this.#retryAtMs;
  }

  /**
   * What former incarnations left, oldest first, at the positions from 0 on. A record that a kill has cut off was never
   * published either.
   */
  recover(): readonly LedgerRecord[] {
    const recovered: LedgerRecord[] = [];
    const numbers = readdirSync(this.#directory).map((name) => Number(FILE_NAME.exec(name)?.[1] ?? 0));
    for (const number of numbers.filter((found) => found > 0).sort((a, b) => a - b)) {
      this.#number = number;
      const path = this.#pathOf(number);
      const { records, cutBytes } = recordsOf(readFileSync(path));
      if (cutBytes > 0) this.#log.warn({ file: path, cutBytes }, "the ledger's journal ends within an event: cut off");
      for (const record of records) recovered.push(record);
      if (records.length > 0) this.#files.push({ path, end: recovered.length });
      else rmSync(path, { force: true });
    }
    return recovered;
  }

  /** Appends a record; false, with one line in the log, when the disk does not take it. */
  append(record: LedgerRecord, position: number): boolean {
    try {
      this.#descriptor ??= this.#begin(position);
      writeWhole(this.#descriptor, record.bytes);
    } catch (error) {
      this.#refused(error as Error);
      return false;
    }
    if (this.#retryAtMs > 0) this.#log.info({ directory: this.#directory }, "the ledger's journal is written again");
    this.#retryAtMs = 0;
    this.#bytes += record.bytes.length;
    (this.#files.at(-1) as JournalFile).end = position + 1;
    if (this.#bytes >= FILE_BYTES) this.#end();
    return true;
  }

  /** The records before this position are wanted no more: files that hold none but those are deleted. */
  settle(position: number): void {
    for (;;) {
      const [oldest] = this.#files;
      const isBeingWritten = this.#files.length === 1 && this.#descriptor !== undefined;
      if (oldest === undefined || oldest.end > position || isBeingWritten) return;
      this.#files.shift();
      this.#delete(oldest.path);
    }
  }

  /** Ends the journal; nothing of it stays when no record is wanted any more. */
  close(settledPosition: number): void {
    this.#end();
    this.settle(settledPosition);
  }

  #pathOf(number: number): string {
    return join(this.#directory, `ledger-${number}.journal`);
  }

  #begin(position: number): number {
    const path = this.#pathOf(this.#number + 1);
    const descriptor = openSync(path, "ax");
    this.#number += 1;
    this.#bytes = 0;
    this.#files.push({ path, end: position });
    return descriptor;
  }

  #end(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Mends the file first: whoever reads the complaint may end the process. */
  #refused(error: Error): void {
    this.#cutOffTorn();
    if (this.#retryAtMs === 0) {
      const found = `${this.#directory}: ${error.message}`;
      const message = `the ledger's journal cannot be written (${found}); until it can, a kill loses what is not sent`;
      this.#log.error({ directory: this.#directory }, message);
    }
    this.#retryAtMs = performance.now() + RETRY_AFTER_MS;
  }

  #cutOffTorn(): void {
    if (this.#descriptor === undefined) return;
    try {
      ftruncateSync(this.#descriptor, this.#bytes);
    } catch {
      // A record that was written in part is cut off by whoever reads the file; what follows goes into another.
      this.#end();
    }
  }

  #delete(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      // It is read again at the next start, and the collector knows its events.
      this.#log.warn({ file: path }, `a part of the ledger's journal cannot be deleted: ${(error as Error).message}`);
    }
  }
}

/** The whole records at the beginning of a file, and how many bytes behind them are none. */
function recordsOf(bytes: Uint8Array): { records: readonly LedgerRecord[]; cutBytes: number } {
  const records: LedgerRecord[] = [];
  const reader = new BinaryReader(bytes);
  let start = 0;
  try {
    while (reader.pos < reader.len) {
      if (reader.uint32() !== EVENT_TAG) break;
      const length = reader.uint32();
      if (reader.pos + length > reader.len) break;
      const { incarnation, sequence } = LedgerEvent.decode(reader, length);
      records.push({ incarnation, first: sequence, last: sequence, bytes: bytes.slice(start, reader.pos) });
      start = reader.pos;
    }
  } catch {
    // Bytes that are no event: what comes before them is whole.
  }
  return { records, cutBytes: bytes.length - start };
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
