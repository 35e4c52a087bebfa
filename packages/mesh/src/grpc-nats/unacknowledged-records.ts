import type { LedgerRecord } from "./ledger-journal.ts";

/** Records that have gone from the front before the list is moved up. */
const GONE_MAX = 1024;

/**
 * A writer's records that the collector has not acknowledged, oldest first, and how far they have been journalled and
 * published. Positions count all records there ever were. After a rewind one message is published, and what follows it
 * only when it is acknowledged.
 */
export class UnacknowledgedRecords {
  #records: (LedgerRecord | undefined)[] = [];
  /** Position of the first entry of the list, of the first record still wanted, and of the next to be published. */
  #base = 0;
  #settled = 0;
  #sent = 0;
  #journalled = 0;
  /** Events wanted, and those of them that are published. */
  #events = 0;
  #eventsAhead = 0;
  #isProbing = false;
  /** By incarnation: the last event acknowledged. */
  readonly #acknowledged = new Map<number, number>();
  #progress = 0;

  get events(): number {
    return this.#events;
  }

  /** Records that are wanted no more. */
  get settled(): number {
    return this.#settled;
  }

  /** Grows with every acknowledgement that says something new. */
  get progress(): number {
    return this.#progress;
  }

  add(record: LedgerRecord): void {
    this.#records.push(record);
    this.#events += eventsOf(record);
  }

  /** Drops the oldest records beyond so many events. @returns the number of events dropped. */
  trimTo(eventsMax: number): number {
    const before = this.#events;
    while (this.#events > eventsMax) this.#settleFirst();
    return before - this.#events;
  }

  /** The position of the next record for the journal, and the record; undefined when all are there. */
  nextToJournal(): { readonly position: number; readonly record: LedgerRecord } | undefined {
    const record = this.#at(this.#journalled);
    return record && { position: this.#journalled, record };
  }

  /** The records before this position are in the journal. */
  journalledTo(position: number): void {
    this.#journalled = Math.max(this.#settled, position);
  }

  /**
   * The next events to publish, as one LedgerBatch of one incarnation; undefined when there are none, or enough are on
   * their way.
   */
  nextMessage(aheadMax: number, bytesMax: number): Uint8Array | undefined {
    if (this.#eventsAhead >= (this.#isProbing ? 1 : aheadMax)) return undefined;
    const first = this.#at(this.#sent);
    if (first === undefined) return undefined;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let record: LedgerRecord | undefined = first; record; record = this.#at(this.#sent)) {
      if (record.incarnation !== first.incarnation) break;
      if (length > 0 && length + record.bytes.length > bytesMax) break;
      parts.push(record.bytes);
      length += record.bytes.length;
      this.#sent += 1;
      this.#eventsAhead += eventsOf(record);
    }
    return parts.length === 1 ? parts[0] : joined(parts, length);
  }

  /** Publishes from the oldest record again. */
  rewind(): void {
    this.#sent = this.#settled;
    this.#eventsAhead = 0;
    this.#isProbing = true;
  }

  /** The collector has every event of this incarnation up to here. */
  acknowledge(incarnation: number, sequence: number): void {
    if (sequence <= (this.#acknowledged.get(incarnation) ?? 0)) return;
    this.#acknowledged.set(incarnation, sequence);
    this.#progress += 1;
    this.#isProbing = false;
    for (let first = this.#at(this.#settled); first; first = this.#at(this.#settled)) {
      if (first.last > (this.#acknowledged.get(first.incarnation) ?? 0)) break;
      this.#settleFirst();
    }
  }

  #at(position: number): LedgerRecord | undefined {
    return this.#records[position - this.#base];
  }

  #settleFirst(): void {
    const index = this.#settled - this.#base;
    const first = this.#records[index];
    if (first === undefined) return;
    this.#records[index] = undefined;
    this.#events -= eventsOf(first);
    if (this.#sent > this.#settled) this.#eventsAhead -= eventsOf(first);
    this.#settled += 1;
    this.#sent = Math.max(this.#sent, this.#settled);
    this.#journalled = Math.max(this.#journalled, this.#settled);
    if (this.#settled - this.#base < GONE_MAX && this.#settled - this.#base < this.#records.length) return;
    this.#records = this.#records.slice(this.#settled - this.#base);
    this.#base = this.#settled;
  }
}

function eventsOf({ first, last }: LedgerRecord): number {
  return last - first + 1;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
