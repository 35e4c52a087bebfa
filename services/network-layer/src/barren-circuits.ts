import { type Effect, effect } from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { after, type Instant } from "@bellmesh/wire";

/** A circuit is given up when no pair has come over it for so many orphan leases. */
const LEASES = 4;
/** Where none has come over the one installed in its place either, twice as long is waited, so often. */
const DOUBLINGS_MAX = 10;
/** And up to this share longer, drawn for each. */
const SHARE_DRAWN = 0.25;

/** What is watched of a circuit that requests want. */
export interface Watched {
  /** When it was wanted first, or installed, or a pair came over it; undefined while nobody wants it. */
  servedAt: Instant | undefined;
  /** How often it has been given up since a pair came. */
  barren: number;
}

/** What is known of the time that a circuit takes. */
export interface CircuitTimes<Circuit> {
  /** Its orphan lease. */
  leaseNs(circuit: Circuit): number;
  /** From when on all its links are up: now or later; Infinity where one never comes again. */
  upNs(circuit: Circuit, now: Instant): number;
}

/**
 * Circuits over which no pair comes any more. Two that cross may each wait for a link on which the other is served
 * first and holds the memory: that is for ever where there is no cutoff, and nobody on the way can know it (Coffman,
 * Elphick and Shoshani 1971). The one that is given up first lets the other go on, and is installed anew behind it.
 * Two that were installed at one instant would be given up at one instant too, and meet again: so chance decides
 * which is the first, as where stations that collided back off (Metcalfe and Boggs 1976).
 */
export class BarrenCircuits<Circuit extends Watched> {
  readonly timer = "barren";
  readonly #times: CircuitTimes<Circuit>;
  readonly #chance: Pick<EntropyStream, "uniform">;
  /** With what was drawn for each. */
  readonly #watched = new Map<Circuit, number>();

  constructor(times: CircuitTimes<Circuit>, chance: Pick<EntropyStream, "uniform">) {
    this.#times = times;
    this.#chance = chance;
  }

  /** From now on requests want it, and it is installed. */
  watch(now: Instant, effects: Effect[], circuit: Circuit): void {
    circuit.servedAt = now;
    if (this.#watched.has(circuit)) return;
    this.#watched.set(circuit, this.#chance.uniform());
    if (this.#watched.size === 1) effects.push(effect.setTimer(this.timer, after(now, this.#patienceNs(circuit))));
  }

  /** A pair has come over it. */
  served(now: Instant, circuit: Circuit): void {
    if (circuit.servedAt !== undefined) circuit.servedAt = now;
    circuit.barren = 0;
  }

  /** No request wants it any more, or it is not installed. */
  leave(effects: Effect[], circuit: Circuit): void {
    circuit.servedAt = undefined;
    if (this.#watched.delete(circuit) && this.#watched.size === 0) effects.push(effect.cancelTimer(this.timer));
  }

  /** What waits for a link that comes again is not barren. @returns those to give up now. */
  due(now: Instant, effects: Effect[]): readonly Circuit[] {
    const barren: Circuit[] = [];
    let nextNs = Number.POSITIVE_INFINITY;
    for (const circuit of this.#watched.keys()) {
      const upNs = this.#times.upNs(circuit, now);
      if (upNs > now && upNs < Number.POSITIVE_INFINITY) circuit.servedAt = upNs as Instant;
      const leftNs = (circuit.servedAt ?? now) + this.#patienceNs(circuit) - now;
      if (leftNs > 0) nextNs = Math.min(nextNs, leftNs);
      else barren.push(circuit);
    }
    for (const circuit of barren) {
      this.#watched.delete(circuit);
      circuit.servedAt = undefined;
      circuit.barren += 1;
    }
    if (this.#watched.size > 0) effects.push(effect.setTimer(this.timer, after(now, nextNs)));
    return barren;
  }

  #patienceNs(circuit: Circuit): number {
    let patienceNs = LEASES * this.#times.leaseNs(circuit);
    for (let times = Math.min(circuit.barren, DOUBLINGS_MAX); times > 0; times -= 1) patienceNs *= 2;
    return Math.round(patienceNs * (1 + SHARE_DRAWN * (this.#watched.get(circuit) ?? 0)));
  }
}
