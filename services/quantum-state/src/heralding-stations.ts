import { Code, type Effect, effect, failure, type Status } from "@bellmesh/mesh";
import type { Link } from "@bellmesh/topology";
import type { SeriesStarted, SeriesStopped } from "@bellmesh/wire/quantum-state";
import type { QubitHolder } from "./qubit-holder.ts";

const nothing: readonly Effect[] = Object.freeze([]);

/** A heralding station as nature knows it, whichever stream it comes by. */
export interface Station {
  readonly link: Link;
  /** What the ids of its pairs begin with. */
  readonly pairPrefix: string;
  readonly first: QubitHolder;
  readonly second: QubitHolder;
  /** Of the latest pair that it has told of, by its own count; 0 before the first. */
  latestIncarnation: number;
  latestSequence: number;
}

/** The station of a link between nodes that are there. */
export function stationOf(link: Link, holders: ReadonlyMap<string, QubitHolder>): Station {
  const [first, second] = link.ends.map((end) => holders.get(end)) as [QubitHolder, QubitHolder];
  return { link, pairPrefix: `${link.name}/`, first, second, latestIncarnation: 0, latestSequence: 0 };
}

/** Whether a station has told of this pair for certain never before: it numbers its pairs in their order. */
export function isNew(station: Station, pair: string): boolean {
  const slash = pair.indexOf("/", station.pairPrefix.length);
  const incarnation = Number(pair.slice(station.pairPrefix.length, slash));
  const sequence = Number(pair.slice(slash + 1));
  const { latestIncarnation, latestSequence } = station;
  const isLatest = incarnation === latestIncarnation ? sequence > latestSequence : incarnation > latestIncarnation;
  if (isLatest) {
    station.latestIncarnation = incarnation;
    station.latestSequence = sequence;
  }
  return isLatest;
}

/** Whether an end stores qubits that the station's attempts dephase. */
export function attemptsMatter({ first, second }: Station): boolean {
  return first.hardware.attemptsDephase || second.hardware.attemptsDephase;
}

/** Both ends attempt from now on. @returns why not: they never attempt twice at one instant */
export function seriesStarted({ link, first, second }: Station, series: SeriesStarted): Status | undefined {
  const { spacingNs, firstAttempt, secondAttempt } = series;
  if (spacingNs < 1) {
    return failure(Code.INVALID_ARGUMENT, "spacing_ns is 0: attempts are 1 ns apart at least", "INVALID_SERIES");
  }
  first.attempts.start(link.name, firstAttempt, spacingNs);
  second.attempts.start(link.name, secondAttempt, spacingNs);
  return undefined;
}

/** The station is gone: there were attempts up to now. */
export function stationGone(station: Station, nowNs: number): readonly Effect[] {
  return seriesStopped(station, { attempts: station.first.attempts.made(station.link.name, nowNs) });
}

/** The series is over: the ledger has it, so that a replay knows what it did to the qubits stored meanwhile. */
export function seriesStopped({ link, first, second }: Station, { attempts }: SeriesStopped): readonly Effect[] {
  const one = first.attempts.stop(link.name, attempts);
  const other = second.attempts.stop(link.name, attempts);
  if (!one || !other || attempts === 0) return nothing;
  const { firstNs: firstAttempt, spacingNs } = one;
  const attemptsMade = { link: link.name, firstAttempt, secondAttempt: other.firstNs, spacingNs, attempts };
  return [effect.record({ $case: "attemptsMade", attemptsMade })];
}
