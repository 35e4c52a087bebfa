import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { BellIndex } from "@bellmesh/wire/bell";
import type { HalfEnd } from "@bellmesh/wire/node-controller";
import type { RequestTerms } from "./request.ts";
import type { Surroundings } from "./virtual-circuit.ts";

/** A pair as the applications know it. */
export interface PairName {
  readonly requestId: string;
  readonly pairSequence: number;
  /** The link pair whose half is here. */
  readonly pair: string;
}

/** What a pair is worth when it is delivered. */
export interface Worth {
  /** Absent: not known. */
  readonly bellIndex: BellIndex | undefined;
  readonly claimedFidelity: number;
  /** From the last measurement it depends on to the arrival of its TRACK. */
  readonly feedforwardNs: number;
  /** The feedforward was late, and the miss policy delivers all the same. */
  readonly feedforwardMissed: boolean;
}

/** What was asked for each pair. */
type Asked = Pick<RequestTerms, "finalState" | "hold">;

/** An end's orders to its node-controller. */
export class HalfOrders {
  readonly #surroundings: Surroundings;
  readonly #peer: string;
  readonly #headEnd: boolean;

  constructor(surroundings: Surroundings, peer: string, headEnd: boolean) {
    this.#surroundings = surroundings;
    this.#peer = peer;
    this.#headEnd = headEnd;
  }

  /** @param farName by which the other end speaks of the pair; empty where that is not known yet */
  deliver(
    now: Instant,
    effects: Effect[],
    { requestId, pairSequence, pair }: PairName,
    { bellIndex, claimedFidelity, feedforwardNs, feedforwardMissed }: Worth,
    { finalState, hold }: Asked,
    farName: string,
  ): void {
    this.#surroundings.memory(effects, {
      $case: "deliver",
      deliver: {
        requestId,
        pairSequence,
        peer: this.#peer,
        pair,
        bellIndex,
        claimedFidelity,
        feedforwardNs,
        feedforwardMissed,
        headEnd: this.#headEnd,
        finalState,
        hold,
        orderedAt: now,
        farName,
      },
    });
  }

  /** The half waits for its TRACK: it may be put into storage. */
  move(effects: Effect[], pair: string): void {
    this.#surroundings.memory(effects, { $case: "moveHalf", moveHalf: { pair } });
  }

  upgrade(effects: Effect[], { requestId, pairSequence, pair }: PairName, worth: Worth): void {
    const { bellIndex, claimedFidelity } = worth;
    const upgrade = { requestId, pairSequence, pair, bellIndex, claimedFidelity };
    this.#surroundings.memory(effects, { $case: "upgrade", upgrade });
  }

  /** `requestId` empty: the half belongs to no request, or this end does not know to which. */
  discard(effects: Effect[], { requestId, pairSequence, pair }: PairName, reason: HalfEnd, missed: boolean): void {
    const discard = { pair, reason, requestId, pairSequence, feedforwardMissed: missed };
    this.#surroundings.memory(effects, { $case: "discard", discard });
  }

  /** The other end has given up a pair that was perhaps delivered here before this network layer started. */
  giveUpFar(effects: Effect[], farName: string, missed: boolean): void {
    const giveUpFar = { farName, peer: this.#peer, feedforwardMissed: missed };
    this.#surroundings.memory(effects, { $case: "giveUpFar", giveUpFar });
  }

  retract(effects: Effect[], { requestId, pairSequence, pair }: PairName, missed: boolean): void {
    const retract = { requestId, pairSequence, pair, feedforwardMissed: missed };
    this.#surroundings.memory(effects, { $case: "retract", retract });
  }
}
