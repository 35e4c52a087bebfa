import { subjects } from "@bellmesh/wire";
import { ProcessReport } from "@bellmesh/wire/telemetry";
import type { NatsBus } from "./bus.ts";
import { LogHistogram } from "./log-histogram.ts";

/** What a process knows about itself when it reports; the rest is counted here. */
export interface ReportedState {
  readonly network: string;
  readonly place: string;
  readonly services: readonly string[];
  readonly incarnation: number;
  readonly busDrops: number;
  readonly ledgerWritten: number;
  readonly ledgerAcknowledged: number;
  readonly ready: boolean;
  readonly reason: string;
}

/** Reasons of refusals kept apart: a stranger may invent any number of them. */
const REASONS_MAX = 256;

/** The counters of one process, and its report of them on the bus. */
export class Telemetry {
  /** Inputs given to machines. */
  inputs = 0;
  /** How late timers fired, in ns of wall time. */
  readonly lateness = new LogHistogram();
  /** How much later than light messages between places came, in ns of mesh time. */
  readonly excess = new LogHistogram();
  /** How long messages between places took, in ns of mesh time. */
  readonly oneWay = new LogHistogram();
  readonly refusals = new Map<string, number>();
  #reporting: NodeJS.Timeout | undefined;
  #report: (() => void) | undefined;

  refused(reason: string): void {
    const counted = this.refusals.get(reason);
    if (counted === undefined && this.refusals.size >= REASONS_MAX) return;
    this.refusals.set(reason, (counted ?? 0) + 1);
  }

  /** Reports at once and then every so often; a second start changes nothing. */
  start(bus: NatsBus, everyMs: number, state: () => ReportedState): void {
    if (this.#reporting !== undefined) return;
    this.#report = () => {
      if (!bus.up) return;
      const current = state();
      const { network, place, services } = current;
      const [service = ""] = services;
      const bytes = ProcessReport.encode(this.report(current)).finish();
      bus.publish(subjects.telemetry(network, place, service), bytes);
    };
    this.#reporting = setInterval(this.#report, everyMs);
    this.#report();
  }

  /** Ends the reports with a last one. */
  stop(): void {
    if (this.#reporting === undefined) return;
    clearInterval(this.#reporting);
    this.#reporting = undefined;
    this.#report?.();
  }

  report(state: ReportedState): ProcessReport {
    const { user, system } = process.cpuUsage();
    return {
      place: state.place,
      services: [...state.services],
      incarnation: state.incarnation,
      pid: process.pid,
      uptimeMs: Math.round(process.uptime() * 1000),
      cpuUs: user + system,
      residentBytes: process.memoryUsage.rss(),
      inputs: this.inputs,
      timerLateness: this.lateness.toMessage(),
      messageExcess: this.excess.toMessage(),
      messageOneWay: this.oneWay.toMessage(),
      refusals: Object.fromEntries(this.refusals),
      busDrops: state.busDrops,
      ledgerWritten: state.ledgerWritten,
      ledgerAcknowledged: state.ledgerAcknowledged,
      ready: state.ready,
      reason: state.reason,
    };
  }
}
