import { type BellIndex, bellIndices, combine, ordinal } from "@bellmesh/bell";
import type { Effect } from "@bellmesh/mesh";
import { HardwareInForce, loadTopology, type NodeHardware } from "@bellmesh/topology";
import type { Instant } from "@bellmesh/wire";
import { MissPolicy } from "@bellmesh/wire/network-layer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CircuitEnd } from "./circuit-end.ts";
import { halfOf, lineCircuit, ObservedSurroundings } from "./observed-surroundings.ts";
import { SwapPoint } from "./swap-point.ts";
import { TailTallies } from "./tail-tallies.ts";

const now = 0 as Instant;
const effects: Effect[] = [];
const nothing = () => undefined;
const reports = { progressed: nothing, missed: nothing, counted: nothing };

/** A circuit of so many hops, its parts joined by hand so that a test decides what happens in which order. */
class Chain {
  readonly hops: number;
  readonly #surroundings: ObservedSurroundings[] = [];
  readonly #ends: CircuitEnd[] = [];
  readonly #points: SwapPoint[] = [];

  constructor(hops: number) {
    this.hops = hops;
    const hardware = new HardwareInForce(loadTopology(`line:${hops + 1}`));
    const terms = { requestId: "r", headEnd: "n0", tailEnd: `n${hops}`, pairs: 1, minFidelity: undefined };
    const request = {
      ...{
        ...terms,
        missPolicy: MissPolicy.UNSPECIFIED,
        graceNs: 0,
        finalState: undefined,
        timeoutAt: undefined,
        confirmedSum: undefined,
      },
      ...{
        delivered: 0,
        deliveredSum: 0,
        settlingSum: 0,
        settledSum: 0,
        inTransit: 0,
        lastPairSequence: 0,
        ending: undefined,
        hold: false,
        givenUpInARow: 0,
      },
    };
    for (let position = 0; position <= hops; position += 1) {
      const surroundings = new ObservedSurroundings();
      const circuit = lineCircuit(position, hops + 1);
      this.#surroundings.push(surroundings);
      if (position === 0 || position === hops) {
        const end = new CircuitEnd(circuit, hardware, surroundings, reports, new TailTallies());
        end.register(now, effects, request, position === 0 ? request : undefined);
        this.#ends.push(end);
      } else {
        this.#points.push(new SwapPoint(circuit, hardware.of(`n${position}`) as NodeHardware, surroundings));
      }
    }
  }

  /** The pair of this hop is announced at one of its ends. */
  announce(hop: number, at: "upstream" | "downstream", index: BellIndex): void {
    const half = halfOf(`n${hop}-n${hop + 1}/1/1`, index);
    const position = at === "upstream" ? hop : hop + 1;
    if (position === 0) this.#ends[0]?.linkOk(now, effects, half, true);
    else if (position === this.hops) this.#ends[1]?.linkOk(now, effects, half, true);
    else this.#points[position - 1]?.linkOk(now, effects, at === "upstream" ? "downstream" : "upstream", half, true);
  }

  swap(position: number, outcome: BellIndex): void {
    const [upstreamPair, downstreamPair] = [`n${position - 1}-n${position}/1/1`, `n${position}-n${position + 1}/1/1`];
    const swapped = { circuit: "n0/1/1", upstreamPair, downstreamPair, outcome, measuredAt: 0 };
    this.#points[position - 1]?.swapped(now, effects, swapped);
  }

  /** Delivers one TRACK that a node has sent, if there is one. */
  passOn(position: number): boolean {
    const sent = (this.#surroundings[position] as ObservedSurroundings).tracks();
    for (const { to, track, measuredAt, notAfter } of sent) {
      const next = Number(to.slice(1));
      if (next === 0) this.#ends[0]?.track(now, effects, track, measuredAt);
      else if (next === this.hops) this.#ends[1]?.track(now, effects, track, measuredAt);
      else this.#points[next - 1]?.track(now, effects, track, measuredAt, notAfter);
    }
    return sent.length > 0;
  }

  settle(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (let position = 0; position <= this.hops; position += 1) moved = this.passOn(position) || moved;
    }
  }

  /** The indices both ends deliver. */
  delivered(): (BellIndex | undefined)[] {
    return [0, this.hops].flatMap((position) =>
      (this.#surroundings[position] as ObservedSurroundings)
        .ordersTo("deliver")
        .map(({ deliver }) => deliver.bellIndex),
    );
  }
}

const xorOf = (indices: readonly BellIndex[]) => indices.reduce((all, index) => combine(all, index));

describe("Both ends deliver the XOR of all heralded indices and all swap outcomes", () => {
  test.each([1, 2, 3])("over %i hops: exhaustively", (hops) => {
    const digits = 2 * hops - 1;
    for (let code = 0; code < 4 ** digits; code += 1) {
      const indices = Array.from({ length: digits }, (_, digit) => bellIndices[(code >> (2 * digit)) & 3] as BellIndex);
      const chain = new Chain(hops);
      for (let hop = 0; hop < hops; hop += 1) {
        chain.announce(hop, "upstream", indices[hop] as BellIndex);
        chain.announce(hop, "downstream", indices[hop] as BellIndex);
      }
      for (let position = 1; position < hops; position += 1)
        chain.swap(position, indices[hops + position - 1] as BellIndex);
      chain.settle();
      const expected = ordinal(xorOf(indices));
      expect(chain.delivered().map((index) => index && ordinal(index))).toEqual([expected, expected]);
    }
  });

  test("over up to eight hops, in whichever order heralds, swaps and TRACKs come", () => {
    const index = fc.constantFrom(...bellIndices);
    const run = fc.integer({ min: 1, max: 8 }).chain((hops) => {
      const heralds = Array.from({ length: hops }, (_, hop) => [
        { kind: "announce" as const, hop, at: "upstream" as const },
        { kind: "announce" as const, hop, at: "downstream" as const },
      ]).flat();
      const passes = Array.from({ length: 2 * hops }, (_, at) => ({
        kind: "pass" as const,
        position: at % (hops + 1),
      }));
      return fc.record({
        hops: fc.constant(hops),
        heralded: fc.array(index, { minLength: hops, maxLength: hops }),
        outcomes: fc.array(index, { minLength: hops, maxLength: hops }),
        order: fc.shuffledSubarray([...heralds, ...passes], { minLength: 4 * hops, maxLength: 4 * hops }),
      });
    });
    fc.assert(
      fc.property(run, ({ hops, heralded, outcomes, order }) => {
        const chain = new Chain(hops);
        const announced = new Set<string>();
        for (const step of order) {
          if (step.kind === "pass") {
            chain.passOn(step.position);
            continue;
          }
          chain.announce(step.hop, step.at, heralded[step.hop] as BellIndex);
          announced.add(`${step.hop} ${step.at}`);
          const position = step.at === "upstream" ? step.hop : step.hop + 1;
          const both = announced.has(`${position} upstream`) && announced.has(`${position - 1} downstream`);
          if (both) chain.swap(position, outcomes[position] as BellIndex);
        }
        chain.settle();
        const expected = ordinal(xorOf([...heralded, ...outcomes.slice(1, hops)]));
        expect(chain.delivered().map((found) => found && ordinal(found))).toEqual([expected, expected]);
      }),
      { numRuns: 300 },
    );
  });
});
