import { subjects } from "@bellmesh/wire";
import { LedgerAcknowledgement, LedgerEvent } from "@bellmesh/wire/ledger";
import type { Logger } from "pino";
import { MessageWriter } from "../message-writer.ts";
import { StringTable } from "../string-table.ts";
import type { BusMessage, NatsBus } from "./bus.ts";
import { EVENT_TAG, LedgerJournal, type LedgerRecord } from "./ledger-journal.ts";
import { UnacknowledgedRecords } from "./unacknowledged-records.ts";

export interface LedgerWriterOptions {
  /** The process's own; it is made when it is not there. */
  readonly directory: string;
  readonly network: string;
  readonly service: string;
  readonly place: string;
  readonly incarnation: number;
  readonly log: Logger;
}

/** Events that wait for their acknowledgement; one more drops the oldest. */
export const EVENTS_KEPT_MAX = 65_536;
/** Events published beyond what is acknowledged: a collector that hears nothing is not shouted at. */
const EVENTS_AHEAD_MAX = 8192;
/** A step writes few events; one that writes many makes several records of them, so that none outgrows a message. */
const EVENTS_PER_RECORD_MAX = 256;
const MESSAGE_BYTES_MAX = 65_536;
/** Steps that come together are published together: what is on disk is in no hurry. */
const PUBLISH_AFTER_MS = 5;
const RESEND_AFTER_MS = 1000;

/**
 * Writes one service's events into the ledger: numbers them without gaps, journals a step's events before the step is
 * over, and publishes them until the collector has them. After a kill the next incarnation sends what was left.
 */
export class LedgerWriter {
  readonly #options: LedgerWriterOptions;
  readonly #writer: string;
  readonly #subject: string;
  readonly #journal: LedgerJournal;
  readonly #unacknowledged = new UnacknowledgedRecords();
  readonly #codec = new MessageWriter(new StringTable());
  #bus: NatsBus | undefined;
  #sequence = 0;
  /** The first event that stands in no record yet. */
  #first = 1;
  #written = 0;
  #dropped = 0;
  #isDropping = false;
  #publishing: NodeJS.Timeout | undefined;
  #resending: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;
  #closed = false;

  constructor(options: LedgerWriterOptions) {
    const { network, place, service, directory, log } = options;
    this.#options = options;
    this.#writer = `${service}/${place}`;
    this.#subject = subjects.ledger(network, place, service);
    this.#journal = new LedgerJournal(directory, log);
    const left = this.#journal.recover();
    for (const record of left) this.#keep(record);
    this.#unacknowledged.journalledTo(left.length);
    if (left.length > 0) log.info({ events: left.length }, "sending what a former incarnation wrote into the ledger");
  }

  /** Opens the journal. @throws Error of the system when the directory cannot be made or read. */
  static open(options: LedgerWriterOptions): LedgerWriter {
    return new LedgerWriter(options);
  }

  /** Events of this incarnation, and what former ones left in the journal. */
  get written(): number {
    return this.#written;
  }

  /** How many of them the collector has. */
  get acknowledged(): number {
    return this.#written - this.#unacknowledged.events - this.#dropped;
  }

  /** Adds an event to the step that is under way. */
  record(event: NonNullable<LedgerEvent["event"]>, atNs: number, uncertaintyNs: number): void {
    this.#sequence += 1;
    const { incarnation } = this.#options;
    const whole: LedgerEvent = {
      writer: this.#writer,
      incarnation,
      sequence: this.#sequence,
      at: atNs,
      uncertaintyNs,
      event,
    };
    LedgerEvent.encode(whole, this.#codec.uint32(EVENT_TAG).fork()).join();
    if (this.#sequence - this.#first >= EVENTS_PER_RECORD_MAX - 1) this.#seal();
  }

  /** The step is over: its events go to the journal, and then out. */
  commit(): void {
    this.#seal();
    if (!this.#unacknowledged.nextToJournal()) return;
    this.#writeJournal();
    this.#publishing ??= setTimeout(() => this.#publish(), PUBLISH_AFTER_MS);
    this.#watch();
  }

  /** Where to publish, and where acknowledgements come from. */
  connect(bus: NatsBus): void {
    const { network, place, service } = this.#options;
    this.#bus = bus;
    const subject = subjects.ledgerAcknowledgement(network, place, service);
    bus.subscribe(subject, (message) => this.#heard(message));
    this.busUp();
  }

  /** The bus is there, at first or again: nobody knows what of the last messages came through. */
  busUp(): void {
    if (this.#closed) return;
    this.#unacknowledged.rewind();
    this.#publish();
    this.#watch();
  }

  /** Waits until the collector has everything; false when it has not by then. */
  async drain(limitMs: number): Promise<boolean> {
    this.#publish();
    if (this.#unacknowledged.events === 0) return true;
    return new Promise<boolean>((resolve) => {
      const settle = (all: boolean) => {
        clearTimeout(limit);
        this.#drained = undefined;
        resolve(all);
      };
      const limit = setTimeout(() => settle(false), limitMs);
      this.#drained = () => settle(true);
    });
  }

  /** Stops publishing; what is not acknowledged stays in the journal for the next incarnation. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#publishing);
    clearTimeout(this.#resending);
    this.#writeJournal();
    this.#journal.close(this.#unacknowledged.settled);
  }

  #seal(): void {
    if (this.#first > this.#sequence) return;
    const bytes = this.#codec.finish();
    this.#keep({ incarnation: this.#options.incarnation, first: this.#first, last: this.#sequence, bytes });
    this.#first = this.#sequence + 1;
  }

  #keep(record: LedgerRecord): void {
    this.#written += record.last - record.first + 1;
    this.#unacknowledged.add(record);
    const dropped = this.#unacknowledged.trimTo(EVENTS_KEPT_MAX);
    if (dropped === 0) return;
    this.#dropped += dropped;
    if (!this.#isDropping) {
      const message = `the collector has none of the last ${EVENTS_KEPT_MAX} events: the oldest are dropped`;
      this.#options.log.error({ writer: this.#writer }, `${message}, and no verdict on this run can be true`);
    }
    this.#isDropping = true;
  }

  #writeJournal(): void {
    if (!this.#journal.isOpen) return;
    for (let next = this.#unacknowledged.nextToJournal(); next; next = this.#unacknowledged.nextToJournal()) {
      if (!this.#journal.append(next.record, next.position)) return;
      this.#unacknowledged.journalledTo(next.position + 1);
    }
    this.#journal.settle(this.#unacknowledged.settled);
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    const bus = this.#bus;
    if (bus === undefined || !bus.up || this.#closed) return;
    for (;;) {
      const message = this.#unacknowledged.nextMessage(EVENTS_AHEAD_MAX, MESSAGE_BYTES_MAX);
      if (message === undefined || !bus.publish(this.#subject, message)) return;
    }
  }

  /** Sends again when a second has brought no acknowledgement: one message first, and more as they are heard. */
  #watch(): void {
    if (this.#resending !== undefined || this.#closed || this.#unacknowledged.events === 0) return;
    const { progress } = this.#unacknowledged;
    this.#resending = setTimeout(() => {
      this.#resending = undefined;
      this.#writeJournal();
      if (this.#unacknowledged.progress === progress) this.#unacknowledged.rewind();
      this.#publish();
      this.#watch();
    }, RESEND_AFTER_MS);
  }

  #heard({ bytes, subject }: BusMessage): void {
    let acknowledgement: LedgerAcknowledgement;
    try {
      acknowledgement = LedgerAcknowledgement.decode(bytes);
    } catch (error) {
      this.#options.log.warn({ subject }, `not an acknowledgement of the ledger: ${(error as Error).message}`);
      return;
    }
    const { writer, incarnation, sequence } = acknowledgement;
    if (writer !== this.#writer) return;
    this.#unacknowledged.acknowledge(incarnation, sequence);
    this.#isDropping = false;
    this.#journal.settle(this.#unacknowledged.settled);
    if (this.#unacknowledged.events === 0) this.#drained?.();
    this.#publish();
  }
}
