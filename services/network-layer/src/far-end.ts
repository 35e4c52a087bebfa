import type { Effect } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import type { Track } from "@bellmesh/wire/feedforward";
import type { PairName } from "./half-orders.ts";
import { type HeldHalf, neighbour, type Surroundings, type VirtualCircuit } from "./virtual-circuit.ts";

/** The other end of a circuit, as one of its ends speaks to it. */
export class FarEnd {
  readonly name: string;
  readonly #circuit: VirtualCircuit;
  readonly #isHead: boolean;
  readonly #next: string;
  readonly #surroundings: Surroundings;

  /** @param circuit as the near end knows it. */
  constructor(circuit: VirtualCircuit, surroundings: Surroundings) {
    const { nodes, position } = circuit;
    this.#circuit = circuit;
    this.#isHead = position === 0;
    this.name = nodes[this.#isHead ? nodes.length - 1 : 0] as string;
    this.#next = neighbour(circuit, this.#isHead ? "downstream" : "upstream");
    this.#surroundings = surroundings;
  }

  /** TRACK for a half that is held here. Only the head-end knows of which request it is, and its number there. */
  track(
    now: Instant,
    effects: Effect[],
    half: HeldHalf,
    { requestId, pairSequence }: Omit<PairName, "pair">,
    notAfter: number,
  ): void {
    const track: Track = {
      circuit: this.#circuit.id,
      downstream: this.#isHead,
      originCorrelator: half.pair,
      linkCorrelator: half.pair,
      outcome: half.bellIndex,
      requestId,
      pairSequence,
      epoch: 0,
      quality: half.goodness,
      originEmittedAt: half.emittedAt,
    };
    this.#surroundings.track(now, effects, this.#next, track, now, notAfter);
  }

  /**
   * EXPIRE: the pair is given up here. The head-end says so straight to the tail-end with the pair's number, where it
   * has one; the tail-end hop by hop, so that halves that wait on the way are freed, and straight to the head-end too.
   * @param heard because an EXPIRE came hop by hop: nothing waits on the way any more. A neighbour that is the other
   * end is told all the same: it may have started over since it delivered the pair.
   */
  expire(now: Instant, effects: Effect[], name: PairName, feedforwardMissed: boolean, heard = false): void {
    const { requestId, pairSequence, pair } = name;
    const expire = { circuit: this.#circuit.id, downstream: this.#isHead, feedforwardMissed, requestId, pairSequence };
    if (this.#isHead && requestId !== "") {
      this.#surroundings.expire(now, effects, this.name, { ...expire, linkCorrelator: "" });
      return;
    }
    if (!heard) this.#surroundings.expire(now, effects, this.#next, { ...expire, linkCorrelator: pair });
    if (this.#isHead) return; // the tail-end knows no pair of the head-end's link by name
    if (this.#next === this.name && !heard) return;
    this.#surroundings.expire(now, effects, this.name, { ...expire, linkCorrelator: pair });
  }
}
