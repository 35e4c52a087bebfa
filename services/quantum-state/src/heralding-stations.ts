import { Code, type Effect, effect, failure, type Status } from "@bellmesh/mesh";
import type { Link } from "@bellmesh/topology";
import type { SeriesStarted, SeriesStopped } from "@bellmesh/wire/quantum-state";
import type { QubitHolder } from "./qubit-holder.ts";

const nothing: readonly Effect[] = Object.freeze([]);

/** Where a pair stands in the order in which its station numbers them. */
export interface PairNumber {
  readonly incarnation: number;
  readonly sequence: number;
}

/** A heralding station as nature knows it, whichever stream it comes by. */
export interface Station {
  readonly link: Link;
  /** What the ids of its pairs begin with. */
  readonly pairPrefix: string;
  readonly first: QubitHolder;
  readonly second: QubitHolder;
  /** The pair made last: it, and all that are numbered before it, will not come any more. */
  latest: PairNumber;
}

/** The station of a link, known to the nodes at its ends. */
export function stationOf(link: Link, holders: ReadonlyMap<string, QubitHolder>): Station {
  const [first, second] = link.ends.map((end) => holders.get(end)) as [QubitHolder, QubitHolder];
  const station = { link, pairPrefix: `${link.name}/`, first, second, latest: { incarnation: 0, sequence: 0 } };
  first.stations.set(link.name, station);
  second.stations.set(link.name, station);
  return station;
}

/** @returns undefined when this is no id of a pair of the station */
export function pairNumber({ pairPrefix }: Station, pair: string): PairNumber | undefined {
  if (!pair.startsWith(pairPrefix)) return undefined;
  const slash = pair.indexOf("/", pairPrefix.length);
  const incarnation = Number(pair.slice(pairPrefix.length, slash));
  const sequence = Number(pair.slice(slash + 1));
  return Number.isInteger(incarnation) && Number.isInteger(sequence) ? { incarnation, sequence } : undefined;
}

/** Whether a pair may still come: its station numbers them in their order. */
export function mayCome({ latest }: Station, { incarnation, sequence }: PairNumber): boolean {
  return incarnation === latest.incarnation ? sequence > latest.sequence : incarnation > latest.incarnation;
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
