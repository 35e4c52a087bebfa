import { type Effect, SmallMap, type StandingStream } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { CreatePairsRequest, CreatePairsResponse } from "@bellmesh/wire/quantum-state";
import type { AddressedHerald } from "./herald-of.ts";

/** A pair of which the ends have not been told. */
export interface Unannounced {
  readonly created: CreatePairsRequest;
  readonly sequence: number;
  readonly heraldedAt: Instant;
  readonly heralds: readonly AddressedHerald[];
}

/**
 * Pairs that nature has to confirm before the ends are told of them: an operation must find its pair, whichever way it
 * takes, and what a broken stream has lost is told again.
 */
export class UnannouncedPairs {
  readonly #nature: StandingStream<CreatePairsRequest, CreatePairsResponse>;
  /** The oldest first. */
  readonly #pairs = new SmallMap<string, Unannounced>();

  constructor(nature: StandingStream<CreatePairsRequest, CreatePairsResponse>) {
    this.#nature = nature;
  }

  /** The sequence of the oldest; undefined when there is none. */
  get oldestSequence(): number | undefined {
    return this.#pairs.size > 0 ? this.#pairs.values()[0]?.sequence : undefined;
  }

  add(effects: Effect[], unannounced: Unannounced): void {
    this.#pairs.set(unannounced.created.pair, unannounced);
    this.#nature.send(effects, unannounced.created);
  }

  /** Nature listens on a new stream. */
  tellAgain(effects: Effect[]): void {
    for (const { created } of this.#pairs.values()) this.#nature.send(effects, created);
  }

  /** Nature has this pair. @returns undefined when the ends have been told of it */
  confirmed(pair: string): Unannounced | undefined {
    const unannounced = this.#pairs.get(pair);
    this.#pairs.delete(pair);
    return unannounced;
  }
}
