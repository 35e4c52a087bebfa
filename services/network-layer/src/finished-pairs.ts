import { RecentLog, RecentMap } from "@bellmesh/mesh";
import type { Expire } from "@bellmesh/wire/feedforward";
import type { PairName } from "./half-orders.ts";
import type { HeadRequest } from "./request.ts";

/** Finished pairs remembered for an EXPIRE or TRACK that may still come. */
const FINISHED_PAIRS_MIN = 2048;

/** A pair that was delivered at this end. */
export interface Delivered extends PairName {
  /** What the other end calls it when it gives it up. */
  readonly farName: string;
  /** At the head-end. A request outlives its circuit, so what is taken back is taken from here. */
  readonly request: HeadRequest | undefined;
}

/** How the head-end names a pair to the tail-end: by its number. */
export function numberName(requestId: string, pairSequence: number): string {
  return `${requestId} ${pairSequence}`;
}

/** How an EXPIRE from the other end names the pair: the head-end by its number, the tail-end by its link pair. */
export function farNameIn({ linkCorrelator, requestId, pairSequence }: Expire): string {
  return linkCorrelator === "" ? numberName(requestId, pairSequence) : linkCorrelator;
}

/**
 * What one end remembers of pairs that have come to an end here. A pair has two names: the link pair whose half is
 * here, and the far name, by which the other end speaks of it: its number where the head-end speaks, the link pair
 * of the tail-end where the tail-end does. Whatever was given up leaves a tombstone under the name it was known by.
 */
export class FinishedPairs {
  readonly #delivered = new RecentLog<Delivered>(FINISHED_PAIRS_MIN);
  readonly #deliveredByFarName = new RecentLog<Delivered>(FINISHED_PAIRS_MIN);
  readonly #gone = new RecentMap<true>(FINISHED_PAIRS_MIN);
  readonly #goneFarNames = new RecentMap<true>(FINISHED_PAIRS_MIN);

  delivered(done: Delivered): void {
    this.#delivered.add(done.pair, done);
    this.#deliveredByFarName.add(done.farName, done);
  }

  isDelivered(pair: string): boolean {
    return this.#delivered.get(pair) !== undefined;
  }

  /** The half here is given up, delivered or not, announced or not. @returns its delivery, if there was one. */
  giveUp(pair: string): Delivered | undefined {
    this.#gone.set(pair, true);
    const done = this.#delivered.get(pair);
    if (done) this.#forget(done);
    return done;
  }

  /** The other end has given the pair up. @returns its delivery here, if there was one. */
  giveUpFar(farName: string): Delivered | undefined {
    this.#goneFarNames.set(farName, true);
    const done = this.#deliveredByFarName.get(farName);
    if (!done) return undefined;
    this.#gone.set(done.pair, true);
    this.#forget(done);
    return done;
  }

  isGone(pair: string): boolean {
    return this.#gone.has(pair);
  }

  isGoneFar(farName: string): boolean {
    return this.#goneFarNames.has(farName);
  }

  #forget(done: Delivered): void {
    this.#delivered.delete(done.pair);
    this.#deliveredByFarName.delete(done.farName);
  }
}
