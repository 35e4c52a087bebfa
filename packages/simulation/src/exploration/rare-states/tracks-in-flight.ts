import type { Feedforward } from "@bellmesh/wire/feedforward";
import type { OnBus, Watcher } from "./watcher.ts";

/** A message that may be repeated; which copy comes is not known. */
interface Flight {
  /** When it was last sent before it came; a copy that comes was sent then at the latest. */
  sentNs: number;
  cameNs: number | undefined;
}

/**
 * A TRACK and an EXPIRE about one link pair pass each other between two nodes: both come, and either was sent before
 * the other had come. What is lost passes nothing.
 */
export class TracksInFlight implements Watcher {
  readonly reached = { "expire-crossing-track": 0 };
  /** `<link pair> <from> <to>`. */
  readonly #tracks = new Map<string, Flight>();
  readonly #expires = new Map<string, Flight>();

  published({ atNs, from, to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case === "track") sent(this.#tracks, `${payload.track.linkCorrelator} ${from} ${to}`, atNs);
    else if (payload?.$case === "expire") sent(this.#expires, `${payload.expire.linkCorrelator} ${from} ${to}`, atNs);
  }

  came({ atNs, from, to, message: { payload } }: OnBus<Feedforward>): void {
    if (payload?.$case === "track")
      this.#came(this.#tracks, this.#expires, payload.track.linkCorrelator, from, to, atNs);
    else if (payload?.$case === "expire") {
      this.#came(this.#expires, this.#tracks, payload.expire.linkCorrelator, from, to, atNs);
    }
  }

  #came(
    these: ReadonlyMap<string, Flight>,
    others: ReadonlyMap<string, Flight>,
    pair: string,
    from: string,
    to: string,
    atNs: number,
  ): void {
    const flight = these.get(`${pair} ${from} ${to}`);
    if (!flight || flight.cameNs !== undefined) return;
    flight.cameNs = atNs;
    const other = others.get(`${pair} ${to} ${from}`);
    if (other?.cameNs === undefined) return;
    if (flight.sentNs < other.cameNs && other.sentNs < atNs) this.reached["expire-crossing-track"] += 1;
  }
}

function sent(flights: Map<string, Flight>, key: string, atNs: number): void {
  const flight = flights.get(key);
  if (!flight) flights.set(key, { sentNs: atNs, cameNs: undefined });
  else if (flight.cameNs === undefined) flight.sentNs = atNs;
}
