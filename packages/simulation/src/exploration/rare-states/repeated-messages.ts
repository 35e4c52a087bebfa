import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import type { OnBus, Step, Watcher } from "./watcher.ts";

const LOST_ACKNOWLEDGEMENTS = 3;
/** No fault holds a message back for longer: what has not come by then is lost. */
const FLIGHT_MAX_NS = 1_000_000_000;

/** Of a message that its sender keeps. */
interface Kept {
  readonly address: string;
  readonly notAfter: number;
  /** How often its receiver has acknowledged it. */
  answers: number;
  /** When the sender last repeated it, and how many acknowledgements had been sent to it by then. */
  repeatedAtNs: number;
  answersBefore: number;
  /** How many have come, as far as it matters. */
  heard: number;
}

/** Feedforward that is sent more than once, comes more than once, or waits for its acknowledgement. */
export class RepeatedMessages implements Watcher {
  readonly #kept = new Map<string, Kept>();
  readonly #heralds = new Set<string>();
  #doubleHeralds = 0;
  #acknowledgementsLost = 0;
  #reconnections = 0;
  #nowNs = 0;

  /** That an acknowledgement is lost shows when all is over, by its never having come: a late one is not lost. */
  get reached() {
    const waiting = [...this.#kept.values()].filter((kept) => this.#isUnheard(kept)).length;
    return {
      "double-herald": this.#doubleHeralds,
      "acknowledgement-lost-three-times": this.#acknowledgementsLost + waiting,
      "reconnect-with-pending-feedforward": this.#reconnections,
    };
  }

  published({ address, atNs, from, to, kind, message }: OnBus<Feedforward>): void {
    const key = `${from} ${to} ${kind} ${message.incarnation} ${message.sequence}`;
    const kept = this.#kept.get(key);
    if (kept) {
      kept.repeatedAtNs = atNs;
      kept.answersBefore = kept.answers;
      return;
    }
    const { notAfter } = message;
    this.#kept.set(key, { address, notAfter, answers: 0, repeatedAtNs: atNs, answersBefore: 0, heard: 0 });
  }

  came({ address, message }: OnBus<Feedforward>): void {
    if (message.payload?.$case !== "herald") return;
    const herald = `${address} ${message.payload.herald.pair}`;
    if (this.#heralds.has(herald)) this.#doubleHeralds += 1;
    this.#heralds.add(herald);
  }

  answered({ from, to, message }: OnBus<Acknowledgement>): void {
    const { incarnation, kind, sequences } = message;
    for (const sequence of sequences) {
      const kept = this.#kept.get(`${to} ${from} ${kind} ${incarnation} ${sequence}`);
      if (kept) kept.answers += 1;
    }
  }

  acknowledged({ from, to, message }: OnBus<Acknowledgement>): void {
    const { incarnation, kind, sequences } = message;
    for (const sequence of sequences) {
      const key = `${to} ${from} ${kind} ${incarnation} ${sequence}`;
      const kept = this.#kept.get(key);
      if (!kept) continue;
      kept.heard += 1;
      // The sender repeats it no more, so that from here on fewer and fewer of those sent before can be lost.
      if (lost(kept) < LOST_ACKNOWLEDGEMENTS) this.#kept.delete(key);
    }
  }

  step({ address, input, atNs }: Step): void {
    this.#nowNs = atNs;
    if (input.kind !== "bus-up" && input.kind !== "started") return;
    let pending = false;
    for (const [key, kept] of this.#kept) {
      if (kept.address !== address) continue;
      if (input.kind === "started") {
        if (this.#isUnheard(kept)) this.#acknowledgementsLost += 1;
        this.#kept.delete(key);
      } else {
        pending ||= kept.heard === 0 && (kept.notAfter === 0 || kept.notAfter > atNs);
      }
    }
    if (pending) this.#reconnections += 1;
  }

  /**
   * The sender has repeated it, for it had heard none of the acknowledgements that had been sent until then, and so
   * many of these never came.
   */
  #isUnheard(kept: Kept): boolean {
    return lost(kept) >= LOST_ACKNOWLEDGEMENTS && this.#nowNs - kept.repeatedAtNs > FLIGHT_MAX_NS;
  }
}

/** How many acknowledgements are lost at least: each that came may have been one of those sent before. */
function lost({ answersBefore, heard }: Kept): number {
  return answersBefore - heard;
}
