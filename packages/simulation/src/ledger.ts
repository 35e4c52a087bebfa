import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { MessageWriter, StringTable } from "@bellmesh/mesh/virtual";
import { LedgerEvent, LedgerHeader } from "@bellmesh/wire/ledger";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type LedgerGap, WriterNumbering } from "./writer-numbering.ts";

export type { LedgerGap } from "./writer-numbering.ts";

/** The version of `proto/bellmesh/ledger/v1` that we write. */
export const LEDGER_SCHEMA_VERSION = 1;

/** Events encoded, hashed and written together: each of these costs less for many events than for one at a time. */
export const EVENTS_PER_BLOCK = 128;

export interface LedgerOptions {
  readonly header: LedgerHeader;
  /** Where to write it: the header, then the events, each behind its length as a varint. */
  readonly file?: string;
  /** Told of every block of canonical bytes that has been hashed and written; it may keep them. */
  readonly onBlock?: (block: Uint8Array<ArrayBuffer>) => void;
}

/**
 * The ledger of a run: takes every event in order, and keeps the hash of their canonical bytes and nothing else.
 * The canonical bytes of an event are its protobuf encoding; each goes into the hash behind its length as a varint.
 */
export class Ledger {
  readonly #hash = createHash("sha256");
  readonly #writer = new MessageWriter(new StringTable());
  readonly #numbering = new WriterNumbering();
  readonly #onBlock: ((block: Uint8Array<ArrayBuffer>) => void) | undefined;
  #file: number | undefined;
  #events = 0;
  /** Not encoded yet: nobody changes an event that was entered. */
  #pending: LedgerEvent[] = [];

  constructor(options: LedgerOptions) {
    this.#onBlock = options.onBlock;
    if (options.file !== undefined) {
      this.#file = openSync(options.file, "w");
      LedgerHeader.encode(options.header, this.#writer.fork()).join();
      writeSync(this.#file, this.#writer.finish());
    }
  }

  /** Events taken. */
  get events(): number {
    return this.#events;
  }

  /** Takes an event; one that came before is left out, and then the answer is false. */
  append(event: LedgerEvent): boolean {
    if (!this.#numbering.note(event)) return false;
    this.#events += 1;
    this.#pending.push(event);
    if (this.#pending.length === EVENTS_PER_BLOCK) this.flush();
    return true;
  }

  /** The hash of all events so far, in hexadecimal; more may follow. */
  sha256(): string {
    this.flush();
    return this.#hash.copy().digest("hex");
  }

  /** Events that writers numbered and that never came. */
  gaps(): readonly LedgerGap[] {
    return this.#numbering.gaps();
  }

  /** Writes out what is left and closes the file. */
  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** Encodes, hashes and writes what waits for that. */
  flush(): void {
    if (this.#pending.length === 0) return;
    for (const event of this.#pending) LedgerEvent.encode(event, this.#writer.fork()).join();
    const block = this.#writer.finish();
    this.#pending = [];
    this.#hash.update(block);
    if (this.#file !== undefined) writeSync(this.#file, block);
    this.#onBlock?.(block);
  }
}

/** A ledger file, read back. */
export interface LedgerContents {
  readonly header: LedgerHeader;
  readonly events: readonly LedgerEvent[];
}

/**
 * Reads the bytes of a ledger file.
 * @throws RangeError when they end within an event, Error when they are of another schema version.
 */
export function readLedger(bytes: Uint8Array): LedgerContents {
  const reader = new BinaryReader(bytes);
  const header = LedgerHeader.decode(reader, lengthOfNext(reader));
  if (header.schemaVersion !== LEDGER_SCHEMA_VERSION) {
    throw new Error(
      `the ledger is of schema version ${header.schemaVersion}; we read version ${LEDGER_SCHEMA_VERSION}`,
    );
  }
  return { header, events: [...eventsFrom(reader)] };
}

/**
 * The events that a reader is at, each behind its length as a varint.
 * @throws RangeError when the bytes end within an event
 */
export function* eventsFrom(reader: BinaryReader): Generator<LedgerEvent> {
  while (reader.pos < reader.len) yield LedgerEvent.decode(reader, lengthOfNext(reader));
}

function lengthOfNext(reader: BinaryReader): number {
  const length = reader.uint32();
  if (reader.pos + length > reader.len) throw new RangeError("the ledger ends within an event");
  return length;
}
