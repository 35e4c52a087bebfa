import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { OnBus, Step, Watcher } from "./watcher.ts";

const LOST_ACKNOWLEDGEMENTS = 3;

/** Of a message that its sender keeps. */
interface Kept {
  readonly address: string;
  readonly notAfter: number;
  /** It came, and was acknowledged, since it was last sent. */
  came: boolean;
  acknowledgementsLost: number;
}

/** Feedforward that is sent more than once, comes more than once, or waits for its acknowledgement. */
export class RepeatedMessages implements Watcher {
  readonly reached = {
    "double-herald": 0,
    "acknowledgement-lost-three-times": 0,
    "reconnect-with-pending-feedforward": 0,
  };
  readonly #kept = new Map<string, Kept>();
  readonly #heralds = new Set<string>();

  published({ address, from, to, kind, message }: OnBus<Feedforward>): void {
    const key = `${from} ${to} ${kind} ${message.incarnation} ${message.sequence}`;
    const kept = this.#kept.get(key);
    if (!kept) {
      this.#kept.set(key, { address, notAfter: message.notAfter, came: false, acknowledgementsLost: 0 });
      return;
    }
    if (!kept.came) return;
    kept.came = false;
    kept.acknowledgementsLost += 1;
    if (kept.acknowledgementsLost === LOST_ACKNOWLEDGEMENTS) this.reached["acknowledgement-lost-three-times"] += 1;
  }

  came({ address, from, to, kind, message }: OnBus<Feedforward>): void {
    const kept = this.#kept.get(`${from} ${to} ${kind} ${message.incarnation} ${message.sequence}`);
    if (kept) kept.came = true;
    if (message.payload?.$case !== "herald") return;
    const herald = `${address} ${message.payload.herald.pair}`;
    if (this.#heralds.has(herald)) this.reached["double-herald"] += 1;
    this.#heralds.add(herald);
  }

  acknowledged({ from, to, message }: OnBus<Acknowledgement>): void {
    const { incarnation, kind, sequences } = message;
    for (const sequence of sequences) this.#kept.delete(`${to} ${from} ${kind} ${incarnation} ${sequence}`);
  }

  step({ address, input, atNs }: Step): void {
    if (input.kind !== "bus-up" && input.kind !== "started") return;
    let pending = false;
    for (const [key, kept] of this.#kept) {
      if (kept.address !== address) continue;
      if (input.kind === "started") this.#kept.delete(key);
      else pending ||= kept.notAfter === 0 || kept.notAfter > atNs;
    }
    if (pending) this.reached["reconnect-with-pending-feedforward"] += 1;
  }
}
