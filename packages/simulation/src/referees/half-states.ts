import type { PairDirectory } from "./pair-directory.ts";
import { PairTable } from "./pair-table.ts";

/** A heralded pair and what became of its two halves, as one referee sees it. */
export interface PairState<State> {
  readonly pair: string;
  readonly firstNode: string;
  readonly secondNode: string;
  first: State;
  second: State;
  /** Nature has restarted since its herald: a half of it that is live was lost then, unless it ends otherwise. */
  wasInNature: boolean;
  /** When it was last heard of. */
  atNs: number;
}

/** Which half of a pair an event is about. `forgotten`: of a pair that ended long ago. */
export type Which = "first" | "second" | "no-end-of-it" | "never-heralded" | "forgotten";

/** The state of every half of every pair, from its herald on. */
export class HalfStates<State> {
  readonly #table: PairTable<PairState<State>>;
  readonly #live: State;

  /** @param live the state of a half that has just been heralded; every other state is an end. */
  constructor(pairs: PairDirectory, live: State) {
    this.#table = new PairTable(pairs);
    this.#live = live;
  }

  herald(pair: string, firstNode: string, secondNode: string, atNs: number): void {
    const [first, second] = [this.#live, this.#live];
    this.#table.add({ pair, firstNode, secondNode, first, second, wasInNature: false, atNs });
  }

  /** Nature has lost whatever was held. */
  natureRestarted(): void {
    for (const state of this.unfinished()) state.wasInNature = true;
  }

  get(pair: string): PairState<State> | undefined {
    return this.#table.get(pair);
  }

  which(state: PairState<State> | undefined, pair: string, node: string): Which {
    if (!state) return this.#table.wasForgotten(pair) ? "forgotten" : "never-heralded";
    if (state.firstNode === node) return "first";
    return state.secondNode === node ? "second" : "no-end-of-it";
  }

  /** Moves a half on; once neither half is live the pair is finished. */
  set(state: PairState<State>, which: "first" | "second", to: State, atNs: number): void {
    const wasLive = state[which] === this.#live;
    state[which] = to;
    state.atNs = atNs;
    const other = which === "first" ? state.second : state.first;
    if (wasLive && other !== this.#live) this.#table.finish(state);
  }

  /** Pairs of which a half has not ended. */
  *unfinished(): Generator<PairState<State>> {
    for (const state of this.#table.entries()) {
      if (state.first === this.#live || state.second === this.#live) yield state;
    }
  }
}
