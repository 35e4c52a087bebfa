import type { Context, HardwareReading } from "@bellmesh/mesh";
import type { EntropyStream } from "@bellmesh/numerics";
import { shifted } from "./stamp.ts";

/**
 * What takes a node's time stamps: each errs by its jitter, and those of arrivals by the difference between the two
 * directions of the path that calibration has not found.
 */
export class StampingUnit {
  readonly jitterPs: number;
  readonly #chance: EntropyStream;
  /** How much longer the way from the grandmaster is than the way to it. */
  readonly #asymmetryPs: number;
  /** By how much stamps err beside their usual jitter, and nobody knows. */
  #disturbancePs = 0;
  readonly #disturbance: EntropyStream;

  constructor({ entropy, place }: Context<unknown>, jitterPs: number, asymmetrySigmaPs: number) {
    this.jitterPs = jitterPs;
    this.#chance = entropy.stream(`clock.${place}.stamp`);
    this.#disturbance = entropy.stream(`clock.${place}.stamp.faults`);
    this.#asymmetryPs = Math.round(entropy.stream(`clock.${place}.asymmetry`).gaussian() * asymmetrySigmaPs);
  }

  /** From now on stamps err by so much more. */
  disturb(jitterPs: number): void {
    this.#disturbancePs = jitterPs;
  }

  /** The stamp of something sent, or asked of the grandmaster, at this reading of the disciplined clock. */
  sent(exact: HardwareReading): HardwareReading {
    let errorPs = this.jitterPs === 0 ? 0 : this.#chance.gaussian() * this.jitterPs;
    if (this.#disturbancePs > 0) errorPs += this.#disturbance.gaussian() * this.#disturbancePs;
    if (errorPs === 0) return exact;
    const stamp = shifted(exact, Math.round(errorPs));
    // A stamp is unsigned: noise cannot take it before meshStart.
    return stamp.instant < 0 ? { instant: 0, picoseconds: 0 } : stamp;
  }

  /** The stamp of the grandmaster's answer that has arrived. */
  received(exact: HardwareReading): HardwareReading {
    return this.sent(shifted(exact, this.#asymmetryPs));
  }
}
