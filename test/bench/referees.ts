import { allReferees, LedgerReaders, simulate } from "@bellmesh/simulation";
import type { Topology } from "@bellmesh/topology";
import { LedgerEvent } from "@bellmesh/wire/ledger";
import { benchLine } from "./simulation.ts";

/** How fast all referees together read a ledger, beside how fast it is decoded. */
export interface RefereesFigure {
  readonly referees: number;
  readonly events: number;
  readonly perSecond: number;
  /** Of decoding the events from their bytes and nothing else. */
  readonly floorPerSecond: number;
}

const ROUNDS = 5;

/** Judges the ledger of a line of five nodes again and again; the best of some rounds. */
export function benchReferees(pairs: number): RefereesFigure {
  const topology = benchLine(5);
  const written = ledgerOf(topology, pairs);
  const events = written.map((bytes) => LedgerEvent.decode(bytes));
  let [judgedMs, decodedMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round += 1) {
    decodedMs = Math.min(
      decodedMs,
      timed(() => {
        for (const bytes of written) LedgerEvent.decode(bytes);
      }),
    );
    const referees = allReferees(topology);
    const readers = new LedgerReaders(referees);
    judgedMs = Math.min(
      judgedMs,
      timed(() => {
        for (const event of events) readers.read(event);
        for (const referee of referees) referee.verdict(true);
      }),
    );
  }
  const perSecond = (ms: number) => (1000 * events.length) / ms;
  return {
    referees: allReferees(topology).length,
    events: events.length,
    perSecond: perSecond(judgedMs),
    floorPerSecond: perSecond(decodedMs),
  };
}

function ledgerOf(topology: Topology, pairs: number): Uint8Array[] {
  const written: Uint8Array[] = [];
  const onEvent = (event: LedgerEvent) => written.push(LedgerEvent.encode(event).finish());
  simulate({ topology, from: "n0", to: "n4", pairs, seed: 1, onEvent });
  return written;
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
