import { ActiveFaults, type FaultChange } from "@bellmesh/mesh";
import type { Hardware } from "./hardware-timeline.ts";

/** The faults that befall one node's memory and readout. */
export class HardwareFaults {
  readonly #active = new ActiveFaults();

  change(change: FaultChange): void {
    this.#active.change(change);
  }

  /** What faults leave of hardware that would be this. */
  spoilt({ memory, readout, ...rest }: Hardware): Hardware {
    const t2S = Math.min(memory.t2S, ...this.#active.of("t2-collapse").map(({ args }) => args.t2Ns * 1e-9));
    const bias = this.#active.of("readout-bias").at(-1)?.args;
    return { ...rest, memory: { ...memory, t2S }, readout: { ...readout, ...bias } };
  }
}
