import { FrequencyNoise, type FrequencyNoiseParameters, NodeClock, Oscillator } from "@bellmesh/hardware";
import type { Entropy } from "./host.ts";

/** How far oscillators of a network stray: standard deviations over its nodes, and how each wanders. */
export interface OscillatorSpread extends FrequencyNoiseParameters {
  readonly initialOffsetNs: number;
  readonly driftPpb: number;
  readonly agingPpbPerDay: number;
}

/**
 * The clocks of a network's nodes, each a pure function of (seed, node, true time) and of the corrections its
 * clock-sync published. Hosts and nature hold one of these each, and so agree on every reading.
 */
export class NodeClocks {
  readonly #clocks = new Map<string, NodeClock>();
  readonly #entropy: Entropy;
  readonly #spread: OscillatorSpread;

  constructor(entropy: Entropy, spread: OscillatorSpread) {
    this.#entropy = entropy;
    this.#spread = spread;
  }

  /** The clock of this node, drawn when it is first asked for. */
  of(node: string): NodeClock {
    let clock = this.#clocks.get(node);
    if (!clock) {
      const chance = this.#entropy.fresh(`clock.${node}.oscillator`);
      const offsetNs = Math.abs(chance.gaussian()) * this.#spread.initialOffsetNs;
      const driftPpb = chance.gaussian() * this.#spread.driftPpb;
      const agingPpbPerDay = chance.gaussian() * this.#spread.agingPpbPerDay;
      clock = new NodeClock(new Oscillator({ offsetNs, driftPpb, agingPpbPerDay }, this.#noiseOf(node)));
      this.#clocks.set(node, clock);
    }
    return clock;
  }

  #noiseOf(node: string): FrequencyNoise | undefined {
    const { whiteAt1S, flickerFloor } = this.#spread;
    if (whiteAt1S === 0 && flickerFloor === 0) return undefined;
    const name = `clock.${node}.oscillator.noise`;
    const lattice = (octave: number, place: number) => this.#entropy.fresh(`${name}.${octave}.${place}`).gaussian();
    return new FrequencyNoise({ whiteAt1S, flickerFloor }, lattice);
  }
}
