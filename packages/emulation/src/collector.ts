import type { BusMessage, NatsBus } from "@bellmesh/mesh/grpc-nats";
import { Books, LEDGER_SCHEMA_VERSION, type Verdict } from "@bellmesh/simulation";
import type { Topology } from "@bellmesh/topology";
import { subjects } from "@bellmesh/wire";
import { CensusWanted, LedgerAcknowledgement, LedgerBatch, type LedgerEvent } from "@bellmesh/wire/ledger";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import type { Logger } from "pino";
import { CausalOrder } from "./causal-order.ts";
import { OpenPairs } from "./open-pairs.ts";
import { ProcessProgress } from "./process-progress.ts";
import { WriterProgress } from "./writer-progress.ts";

export interface CollectorOptions {
  /** As the user that may publish acknowledgements; whoever opens it closes it. */
  readonly bus: NatsBus;
  readonly topology: Topology;
  readonly seed: number;
  readonly log: Logger;
  /** Where to write the ledger. */
  readonly file?: string;
  /** How long events wait for earlier ones, in wall time. */
  readonly lagMs?: number;
  /** How long all wait for what a silent process may have written. */
  readonly patienceMs?: number;
  /** Whether all wait for this process, "<service>/<place>": applications come and go, and write no ledger. */
  readonly waitsFor?: (process: string) => boolean;
  /** Told of every event, in the order of the ledger. */
  readonly onEvent?: (event: LedgerEvent) => void;
  readonly onReport?: (report: ProcessReport) => void;
}

const LAG_MS = 2000;
const PATIENCE_MS = 60_000;
const RELEASE_EVERY_MS = 100;
const ACKNOWLEDGE_EVERY_MS = 20;
const QUIET_MS = 100;
/** More than a mesh writes in a minute; beyond it, order is worth less than memory. */
const HELD_MAX = 1_000_000;
/** When it has not run for so long itself, nobody else's silence means anything. */
const OWN_ABSENCE_MS = 2000;

/**
 * Gathers the ledger of a mesh: hears every process's events, acknowledges them, puts them in order and enters them
 * into the books, where the referees read them. Keeps the latest report of every process.
 *
 * An event is entered once everything that happened before it has come: some time behind the newest, and no later
 * than what every process that reports is known to have had acknowledged; at once when nothing is under way and every
 * process says that all is here. For a process that falls silent, killed or paused or cut off, all wait a minute. What
 * comes later still is entered, counted as late, and no verdict is true.
 */
export class Collector {
  readonly books: Books;
  /** Messages refused, by reason. */
  readonly refusals = new Map<string, number>();
  readonly #options: CollectorOptions;
  readonly #order: CausalOrder;
  readonly #open = new OpenPairs();
  readonly #writers = new Map<string, WriterProgress>();
  readonly #processes = new Map<string, ProcessProgress>();
  /** By writer: the instant of its latest census. */
  readonly #censuses = new Map<string, number>();
  /** Writers whose progress they have not been told, with where they stand. */
  readonly #untold = new Map<string, LedgerEvent>();
  readonly #subscriptions: { unsubscribe(): void }[];
  readonly #releasing: NodeJS.Timeout;
  #acknowledging: NodeJS.Timeout | undefined;
  #received = 0;
  #lastReceivedMs = 0;
  /** Mesh time less wall time times the scale; no event is of the future, so the largest seen comes closest. */
  #offsetNs = Number.NEGATIVE_INFINITY;
  #uncertaintyNs = 0;
  #halvesDelivered = 0;
  #awayLogged = new Set<string>();
  #tickedMs = performance.now();
  #closed = false;

  constructor(options: CollectorOptions) {
    const { topology, seed, file, bus } = options;
    const { name: network } = topology;
    this.#options = options;
    const header = { schemaVersion: LEDGER_SCHEMA_VERSION, network, seed, world: "mesh" };
    this.books = new Books({ header, topology, ...(file !== undefined && { file }) });
    this.#order = new CausalOrder((event, late) => this.#enter(event, late));
    this.#subscriptions = [
      bus.subscribe(subjects.ledgerOfAll(network), (message) => this.#hearBatch(message)),
      bus.subscribe(subjects.telemetryOfAll(network), (message) => this.#hearReport(message)),
    ];
    this.#releasing = setInterval(() => this.#tick(), RELEASE_EVERY_MS);
  }

  /** Events received, repetitions left out. */
  get received(): number {
    return this.#received;
  }

  /** Events received and not yet entered, for earlier ones may come. */
  get held(): number {
    return this.#order.held;
  }

  /** Events that came too late for their place in the ledger. */
  get late(): number {
    return this.#order.late;
  }

  /** Pairs of which a half has no end yet, by everything received. */
  get openPairs(): number {
    return this.#open.count;
  }

  /** Pairs delivered at both ends, more or less: halves delivered and not taken back, by twos. */
  get delivered(): number {
    return Math.floor(this.#halvesDelivered / 2);
  }

  /** Since the last new event came, in ms of wall time. */
  get quietMs(): number {
    return performance.now() - this.#lastReceivedMs;
  }

  /** The latest report of every process that has ever reported, by place and first service. */
  get reports(): readonly ProcessReport[] {
    return [...this.#processes.values()].map(({ report }) => report);
  }

  /** Events that processes which are silent now had written and did not know to be here. */
  get outstanding(): number {
    const wallMs = performance.now();
    const silent = [...this.#processes.values()].filter((process) => process.silentMs(wallMs) > 0);
    return silent.reduce((sum, process) => sum + process.outstanding, 0);
  }

  /** What the referees say of what has been entered so far. */
  verdicts(atQuiescence: boolean): readonly Verdict[] {
    return this.books.verdicts(atQuiescence);
  }

  /**
   * Enters everything that has come, and ends.
   * @param atQuiescence whether nothing is under way any more, so that what is unfinished stays so
   */
  close(atQuiescence: boolean): readonly Verdict[] {
    if (!this.#closed) {
      this.#closed = true;
      clearInterval(this.#releasing);
      for (const subscription of this.#subscriptions) subscription.unsubscribe();
      this.#acknowledge();
      this.#order.release(Number.POSITIVE_INFINITY);
      const { outstanding } = this;
      if (outstanding > 0) {
        this.#options.log.warn({ outstanding }, "the ledger ends before everything that was written has come");
        this.books.isTorn = true;
      }
      this.books.close();
    }
    return this.books.verdicts(atQuiescence);
  }

  /** Asks every process to tell at this instant of true mesh time how it stands. */
  wantCensus(atNs: number): void {
    const { bus, topology } = this.#options;
    bus.publish(subjects.censusWanted(topology.name), CensusWanted.encode({ at: atNs }).finish());
  }

  /** Whether every service of every process that is heard of has told how it stood then, or later. */
  hasCensus(atNs: number): boolean {
    const wallMs = performance.now();
    const heard = [...this.#processes.values()].filter((process) => process.silentMs(wallMs) === 0);
    return heard.every(({ report: { services, place } }) =>
      services.every((service) => (this.#censuses.get(`${service}/${place}`) ?? -1) >= atNs),
    );
  }

  /** Takes an event that whoever runs the mesh has written. */
  note(event: LedgerEvent): void {
    this.#receive(event);
  }

  #hearBatch({ subject, bytes }: BusMessage): void {
    let batch: LedgerBatch;
    try {
      batch = LedgerBatch.decode(bytes);
    } catch (error) {
      this.#refuse("UNDECODABLE", subject, `not a LedgerBatch: ${(error as Error).message}`);
      return;
    }
    const writer = writerOf(subject);
    const [first] = batch.events;
    if (first === undefined) return;
    for (const event of batch.events) {
      if (event.writer === writer && event.incarnation === first.incarnation && event.sequence > 0) continue;
      const found = `event ${event.sequence} of ${event.writer} (incarnation ${event.incarnation})`;
      this.#refuse("FOREIGN_WRITER", subject, `${found} came in the name of ${writer}`);
      return;
    }
    this.#take(batch.events, first);
  }

  #take(events: readonly LedgerEvent[], first: LedgerEvent): void {
    const key = `${first.writer} ${first.incarnation}`;
    let progress = this.#writers.get(key);
    if (progress === undefined) {
      progress = new WriterProgress();
      this.#writers.set(key, progress);
    }
    const lost = progress.began(first.sequence);
    if (lost) {
      const { writer, incarnation } = first;
      const message = "a writer has lost events, and no verdict on this run can be true";
      this.#options.log.error({ writer, incarnation, ...lost }, message);
    }
    for (const event of events) if (progress.note(event.sequence)) this.#receive(event);
    this.#untold.set(key, first);
    this.#acknowledging ??= setTimeout(() => this.#acknowledge(), ACKNOWLEDGE_EVERY_MS);
  }

  #receive(event: LedgerEvent): void {
    this.#received += 1;
    this.#lastReceivedMs = performance.now();
    this.#offsetNs = Math.max(this.#offsetNs, event.at - this.#wallNs());
    this.#uncertaintyNs = Math.max(this.#uncertaintyNs, event.uncertaintyNs);
    this.#open.observe(event);
    if (event.event?.$case === "halfDelivered") this.#halvesDelivered += 1;
    else if (event.event?.$case === "halfRetracted") this.#halvesDelivered -= 1;
    else if (event.event?.$case === "census") this.#censuses.set(event.writer, event.at);
    this.#order.add(event);
  }

  #acknowledge(): void {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = undefined;
    const { bus, topology } = this.#options;
    if (!bus.up) return;
    for (const [key, { writer, incarnation }] of this.#untold) {
      const sequence = this.#writers.get(key)?.complete ?? 0;
      if (sequence === 0) continue;
      const [service = "", place = ""] = writer.split("/");
      const bytes = LedgerAcknowledgement.encode({ writer, incarnation, sequence }).finish();
      bus.publish(subjects.ledgerAcknowledgement(topology.name, place, service), bytes);
    }
    this.#untold.clear();
  }

  #hearReport({ subject, bytes }: BusMessage): void {
    let report: ProcessReport;
    try {
      report = ProcessReport.decode(bytes);
    } catch (error) {
      this.#refuse("UNDECODABLE", subject, `not a ProcessReport: ${(error as Error).message}`);
      return;
    }
    const [service = "", place = ""] = writerOf(subject).split("/");
    if (report.place !== place || !report.services.includes(service)) {
      this.#refuse("FOREIGN_WRITER", subject, `a report of ${report.services.join(", ")} at ${report.place}`);
      return;
    }
    const key = `${service}/${place}`;
    if (this.#options.waitsFor?.(key) === false) return;
    const process = this.#processes.get(key);
    const wallMs = performance.now();
    if (process) process.hear(report, this.#nowNs(), wallMs);
    else this.#processes.set(key, new ProcessProgress(report, this.#nowNs(), wallMs));
    this.#awayLogged.delete(key);
    this.#options.onReport?.(report);
  }

  #refuse(reason: string, subject: string, message: string): void {
    const count = (this.refusals.get(reason) ?? 0) + 1;
    this.refusals.set(reason, count);
    // The first, the tenth, the hundredth: a stranger cannot fill the log.
    if (/^10*$/.test(String(count))) this.#options.log.warn({ reason, subject, count }, message);
  }

  #tick(): void {
    const wallMs = performance.now();
    const wasAway = wallMs - this.#tickedMs > OWN_ABSENCE_MS || !this.#options.bus.up;
    this.#tickedMs = wallMs;
    if (wasAway) for (const process of this.#processes.values()) process.excuse(wallMs);
    this.#order.release(this.#order.held > HELD_MAX ? Number.POSITIVE_INFINITY : this.#watermarkNs(wallMs));
  }

  /** Nothing that happened before this instant is still to come. */
  #watermarkNs(wallMs: number): number {
    const { lagMs = LAG_MS, patienceMs = PATIENCE_MS, topology } = this.#options;
    const { timeScale } = topology;
    if (this.#isIdle(wallMs)) return this.#nowNs() - QUIET_MS * 1e6 * timeScale;
    let settledNs = this.#nowNs();
    for (const [key, process] of this.#processes) {
      if (process.silentMs(wallMs) <= patienceMs) settledNs = Math.min(settledNs, process.settledNs);
      else this.#givenUp(key, process);
    }
    return settledNs - lagMs * 1e6 * timeScale - 2 * this.#uncertaintyNs;
  }

  /** Nothing is under way, and every process says that all it has written is here: there is nothing to wait for. */
  #isIdle(wallMs: number): boolean {
    if (this.#processes.size === 0 || this.openPairs > 0 || wallMs - this.#lastReceivedMs < 2 * QUIET_MS) return false;
    return [...this.#processes.values()].every((process) => process.isDoneSince(this.#lastReceivedMs));
  }

  #givenUp(key: string, { outstanding }: ProcessProgress): void {
    if (this.#awayLogged.has(key)) return;
    this.#awayLogged.add(key);
    const message = "nothing has come from a process for a while; the ledger goes on without what it may have written";
    this.#options.log.warn({ process: key, outstanding }, message);
  }

  #enter(event: LedgerEvent, late: boolean): void {
    if (late) this.books.enterLate(event);
    else this.books.enter(event);
    this.#options.onEvent?.(event);
  }

  #wallNs(): number {
    return performance.now() * 1e6 * this.#options.topology.timeScale;
  }

  /** Mesh time, as the events tell it. */
  #nowNs(): number {
    return this.#wallNs() + this.#offsetNs;
  }
}

/** Whose events come on this subject: bellmesh.v1.<network>.<plane>.<place>.<service>.<what>. */
function writerOf(subject: string): string {
  const [, , , , place = "", service = ""] = subject.split(".");
  return `${service}/${place}`;
}
