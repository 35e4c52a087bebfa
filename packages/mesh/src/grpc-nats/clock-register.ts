import { subjects } from "@bellmesh/wire";
import type { ClockCorrection } from "@bellmesh/wire/control";
import { ClockCorrections } from "../clock-corrections.ts";
import type { ClockSegment } from "../place.ts";
import type { NatsBus } from "./bus.ts";
import { withoutStamp } from "./stamp.ts";

/** Answers to those who want a correction again are gathered for so long: processes start in crowds. */
const GATHER_MS = 20;

export interface ClockRegisterOptions {
  readonly bus: NatsBus;
  readonly network: string;
  readonly place: string;
  /** The node's clock-sync runs in this process, so its corrections need not be heard on the bus. */
  readonly isHere: boolean;
  readonly decode: (bytes: Uint8Array) => ClockCorrection | Error;
  readonly correct: (segment: ClockSegment) => void;
}

/**
 * A node's clock as one of its processes has it: an emulated hardware register, set by the corrections that the
 * node's clock-sync publishes. Whoever starts later asks for the latest correction; where clock-sync runs, it is kept
 * and published again.
 */
export class ClockRegister {
  /** Set once a correction was heard: before that the clock is the raw oscillator. */
  isKnown: boolean;
  readonly #options: ClockRegisterOptions;
  readonly #corrections = new ClockCorrections();
  #onKnown: (() => void) | undefined;
  #latest: { readonly subject: string; readonly bytes: Uint8Array } | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(options: ClockRegisterOptions) {
    this.#options = options;
    this.isKnown = options.isHere;
    const { bus, network, place, isHere } = options;
    if (isHere) bus.subscribe(subjects.controlOfAll(network, "clock-wanted"), () => this.#wanted());
    else bus.subscribe(subjects.control(network, place, "clock"), ({ subject, bytes }) => this.#heard(subject, bytes));
  }

  /** Calls back once a correction is known, or after this time without one. */
  whenKnown(limitMs: number, then: () => void): void {
    if (this.isKnown) {
      then();
      return;
    }
    const patience = setTimeout(() => this.#known(), limitMs);
    this.#onKnown = () => {
      clearTimeout(patience);
      then();
    };
  }

  /** Our clock-sync has published this. Said again it bears no stamp: it acts when it comes, and was never late. */
  keep(subject: string, bytes: Uint8Array): void {
    this.#latest = { subject, bytes: withoutStamp(bytes) };
  }

  close(): void {
    clearTimeout(this.#gathering);
    this.#onKnown = undefined;
  }

  #heard(subject: string, bytes: Uint8Array): void {
    const correction = this.#options.decode(bytes);
    if (correction instanceof Error) return;
    const segment = this.#corrections.admit(correction, subject);
    if (segment === undefined) return;
    this.#options.correct(segment);
    this.#known();
  }

  #known(): void {
    this.isKnown = true;
    const then = this.#onKnown;
    this.#onKnown = undefined;
    then?.();
  }

  #wanted(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      if (this.#latest) this.#options.bus.publish(this.#latest.subject, this.#latest.bytes);
    }, GATHER_MS);
  }
}
