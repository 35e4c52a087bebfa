import type { Instant } from "@bellmesh/wire";
import type { HardwareReading } from "./host.ts";

/** A node's clock, as the world needs it. All instants are whole nanoseconds. */
export interface NodeClockLike {
  /** What the disciplined clock reads at a true instant. */
  local(trueNs: Instant): Instant;
  /** The smallest true instant at which the disciplined clock reads `local` or more. */
  trueAt(local: Instant): Instant;
  /** What the free-running oscillator reads at a true instant. */
  hardware(trueNs: Instant): HardwareReading;
  /** From a hardware reading on, the disciplined clock follows this segment. */
  correct(segment: ClockSegment): void;
  /** From one true instant to another its oscillator gains so much. */
  drift(fromNs: number, untilNs: number, ppb: number): void;
}

/** A segment of a disciplined clock, as ClockCorrection has it. */
export interface ClockSegment {
  readonly fromHardwareNs: number;
  readonly fromHardwarePs: number;
  readonly disciplinedNs: number;
  readonly disciplinedPs: number;
  readonly frequencyPpb: number;
}

/** A node, a link's station, or nature: where processes stand, with the clock they share. */
export class Place {
  readonly name: string;
  /** How many faults keep this place from the bus now. */
  busOutages = 0;
  readonly #time: { readonly now: number };
  readonly #clock: NodeClockLike | undefined;
  #readAtNs = -1;
  #read = 0 as Instant;

  constructor(name: string, time: { readonly now: number }, clock: NodeClockLike | undefined) {
    this.name = name;
    this.#time = time;
    this.#clock = clock;
  }

  /** The disciplined clock now; true time where there is no clock. */
  localNow(): Instant {
    const now = this.#time.now as Instant;
    if (this.#clock === undefined) return now;
    if (this.#readAtNs !== now) {
      this.#read = this.#clock.local(now);
      this.#readAtNs = now;
    }
    return this.#read;
  }

  /** What the disciplined clock reads, by its present segment, at a true instant. */
  localAt(trueNs: number): Instant {
    return this.#clock === undefined ? (trueNs as Instant) : this.#clock.local(trueNs as Instant);
  }

  /** The true instant, from now on, at which the disciplined clock will have got to `local`. */
  dueNs(local: Instant): number {
    const now = this.#time.now;
    if (this.#clock === undefined) return local > now ? local : now;
    if (this.localNow() >= local) return now;
    let dueNs: number = this.#clock.trueAt(local);
    if (dueNs > now) return dueNs;
    // The clock passed `local` before now and was then set back: it will get there again.
    dueNs = now;
    for (let read = this.localNow(); read < local; read = this.localAt(dueNs)) dueNs += local - read;
    return dueNs;
  }

  hardwareNow(): HardwareReading {
    return this.hardwareAt(this.#time.now);
  }

  /** What the free-running oscillator reads at a true instant. */
  hardwareAt(trueNs: number): HardwareReading {
    if (this.#clock === undefined) return { instant: trueNs, picoseconds: 0 };
    return this.#clock.hardware(trueNs as Instant);
  }

  correct(segment: ClockSegment): void {
    this.#clock?.correct(segment);
    this.#readAtNs = -1;
  }

  /** From one true instant to another the oscillator gains so much. */
  drift(fromNs: number, untilNs: number, ppb: number): void {
    this.#clock?.drift(fromNs, untilNs, ppb);
    this.#readAtNs = -1;
  }
}
