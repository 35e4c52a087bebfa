import type { ProcessReport } from "@bellmesh/wire/telemetry";

/** A process that says nothing for so long is away. */
const SILENT_AFTER_MS = 2500;

/** Up to which instant everything has come that one process wrote into the ledger, as far as its reports tell. */
export class ProcessProgress {
  report: ProcessReport;
  /** Everything this process wrote before this mesh instant is here. */
  settledNs = 0;
  /** When it was last heard, in wall time. */
  #heardMs: number;
  #writtenThen: number;
  #thenNs: number;

  constructor(report: ProcessReport, nowNs: number, wallMs: number) {
    this.report = report;
    this.#heardMs = wallMs;
    this.#writtenThen = report.ledgerWritten;
    this.#thenNs = nowNs;
    if (report.ledgerAcknowledged >= report.ledgerWritten) this.settledNs = nowNs;
  }

  /** Events that it has written and of which it did not know, at last, that we have them. */
  get outstanding(): number {
    return Math.max(0, this.report.ledgerWritten - this.report.ledgerAcknowledged);
  }

  /** Takes the next report. What was written by the last one and is acknowledged by this one has come. */
  hear(report: ProcessReport, nowNs: number, wallMs: number): void {
    const { ledgerWritten, ledgerAcknowledged, pid, incarnation } = report;
    const isSame = pid === this.report.pid && incarnation === this.report.incarnation;
    if (ledgerAcknowledged >= ledgerWritten) this.settledNs = nowNs;
    else if (isSame && ledgerAcknowledged >= this.#writtenThen) this.settledNs = Math.max(this.settledNs, this.#thenNs);
    this.#writtenThen = ledgerWritten;
    this.#thenNs = nowNs;
    this.report = report;
    this.#heardMs = wallMs;
  }

  /** Whether all it has written is here, by a report that came after this moment. */
  isDoneSince(wallMs: number): boolean {
    return this.outstanding === 0 && this.#heardMs > wallMs;
  }

  /** It could not be heard until now, for no reason of its own. */
  excuse(wallMs: number): void {
    this.#heardMs = Math.max(this.#heardMs, wallMs - SILENT_AFTER_MS);
  }

  /** For how long it has said nothing, in ms of wall time; 0 while that is nothing unusual. */
  silentMs(wallMs: number): number {
    const silentMs = wallMs - this.#heardMs;
    return silentMs > SILENT_AFTER_MS ? silentMs : 0;
  }
}
