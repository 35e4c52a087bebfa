import { objections, type SimulationOptions, type SimulationReport, simulate } from "@bellmesh/simulation";
import type { LedgerEvent, Outcome } from "@bellmesh/wire/ledger";

type Event = NonNullable<LedgerEvent["event"]>;

/** A simulated run with its whole ledger. */
export interface ObservedRun {
  readonly report: SimulationReport;
  readonly ledger: readonly LedgerEvent[];
}

/** Simulates, keeps the ledger, and gives up after ten virtual minutes: a run that hangs is a failure. */
export function observe(options: SimulationOptions): ObservedRun {
  const ledger: LedgerEvent[] = [];
  const report = simulate({ untilNs: 600e9, ...options, onEvent: (event) => ledger.push(event) });
  return { report, ledger };
}

/** What the referees object to; empty when they are content and sure of it. */
export function objectionsOf({ report }: ObservedRun): readonly string[] {
  return objections(report.verdicts).map(
    ({ name, verdict, violations }) => `${name} is ${verdict}: ${violations.map(({ message }) => message).join("; ")}`,
  );
}

/** The events of one kind, with the rest of their envelope. */
export function eventsOf<Case extends Event["$case"]>(
  { ledger }: ObservedRun,
  kind: Case,
): readonly (LedgerEvent & { readonly event: Extract<Event, { $case: Case }> })[] {
  return ledger.filter(({ event }) => event?.$case === kind) as (LedgerEvent & {
    event: Extract<Event, { $case: Case }>;
  })[];
}

/** Halves of a node that ended so. */
export function endedAt(run: ObservedRun, node: string, outcome: Outcome): readonly string[] {
  return eventsOf(run, "halfEnded").flatMap(({ event: { halfEnded } }) =>
    halfEnded.node === node && halfEnded.outcome === outcome ? [halfEnded.pair] : [],
  );
}
