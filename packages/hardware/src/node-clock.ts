import type { Instant } from "@bellmesh/wire";
import type { Oscillator } from "./oscillator.ts";

/**
 * One piece of a disciplined clock: from this hardware reading on it reads
 * disciplined + (hardware − fromHardware)·(1 + frequencyPpb·10⁻⁹).
 * Each instant is whole nanoseconds and picoseconds within [0, 1000).
 */
export interface ClockSegment {
  readonly fromHardwareNs: number;
  readonly fromHardwarePs: number;
  readonly disciplinedNs: number;
  readonly disciplinedPs: number;
  /** Above −10⁹, or the clock would stand still. */
  readonly frequencyPpb: number;
}

/** An instant on the hardware clock, as it stamps. */
export interface HardwareStamp {
  readonly instant: number;
  /** 0 ≤ picoseconds < 1000. */
  readonly picoseconds: number;
}

/**
 * A node's clock: its oscillator, disciplined by the segments its clock synchronisation publishes (IEEE 1588 calls
 * the result a local PTP clock). A pure function of true time for every list of segments; before the first segment
 * it is the oscillator itself. It never runs backwards within a segment; a segment may step it either way.
 *
 * Everything is computed as an error against true time, a small number that a double holds to 1 ps; whole
 * nanoseconds are added last. A clock that would show less than 0 shows 0.
 */
export class NodeClock {
  readonly #oscillator: Oscillator;
  /** In the order of their starts; the first holds for all earlier instants too. */
  readonly #pieces: Piece[] = [UNDISCIPLINED];
  #latest: Piece = UNDISCIPLINED;

  constructor(oscillator: Oscillator) {
    this.#oscillator = oscillator;
  }

  /**
   * Disciplines the clock from a hardware reading on. Segments that would start at that reading or later are replaced.
   * @throws RangeError when the frequency would stop the clock or turn it back, or a field is not finite.
   */
  correct(segment: ClockSegment): void {
    const { fromHardwareNs, fromHardwarePs, disciplinedNs, disciplinedPs, frequencyPpb } = segment;
    const rate = frequencyPpb * 1e-9;
    const step = disciplinedNs - fromHardwareNs + (disciplinedPs - fromHardwarePs) * 1e-3;
    if (!(rate > -1 && Number.isFinite(rate) && Number.isFinite(step))) {
      throw new RangeError(`a clock segment needs finite instants and a frequency above -1e9 ppb, not ${frequencyPpb}`);
    }
    const piece: Piece = {
      fromTrueNs: 0,
      fromLocalNs: 0,
      hardwareNs: fromHardwareNs,
      hardwareRestNs: fromHardwarePs * 1e-3,
      stepNs: step,
      rate,
    };
    piece.fromTrueNs = this.#reaches(UNDISCIPLINED, fromHardwareNs, piece.hardwareRestNs);
    piece.fromLocalNs = this.#localIn(piece, piece.fromTrueNs);
    while (this.#pieces.length > 1 && this.#latest.fromTrueNs >= piece.fromTrueNs) {
      this.#pieces.pop();
      this.#latest = this.#pieces[this.#pieces.length - 1] as Piece;
    }
    this.#pieces.push(piece);
    this.#latest = piece;
    if (this.#pieces.length > MOST_PIECES) {
      this.#pieces.splice(0, this.#pieces.length - MOST_PIECES / 2);
    }
  }

  /** Lets its oscillator gain so much from one true instant to another. */
  drift(fromNs: number, untilNs: number, ppb: number): void {
    this.#oscillator.drift(fromNs, untilNs, ppb);
  }

  /** What the clock shows at a true instant: the disciplined time, rounded down to whole nanoseconds. */
  local(trueNs: Instant): Instant {
    const piece = trueNs >= this.#latest.fromTrueNs ? this.#latest : this.#pieceAt(trueNs);
    return this.#localIn(piece, trueNs);
  }

  /**
   * The true instant from which on the clock always shows `local` or more. Where a step back makes it pass `local`
   * twice, this is the second time, so that a timer set after the step is due after it.
   */
  trueAt(local: Instant): Instant {
    if (local > this.#latest.fromLocalNs) {
      return this.#reaches(this.#latest, local, 0) as Instant;
    }
    return local > 0 ? this.#trueAtEarlier(local) : (0 as Instant);
  }

  /** What the hardware would stamp at a true instant. */
  hardware(trueNs: Instant): HardwareStamp {
    const offset = this.#oscillator.offsetNs(trueNs);
    const whole = Math.floor(offset);
    if (trueNs + whole < 0) {
      return { instant: 0, picoseconds: 0 };
    }
    return { instant: trueNs + whole, picoseconds: Math.floor((offset - whole) * 1000) };
  }

  /** Disciplined less true time, in ns with its fractions: how wrong the node's clock is. */
  offsetNs(trueNs: Instant): number {
    return this.#offsetIn(this.#pieceAt(trueNs), trueNs);
  }

  #pieceAt(trueNs: number): Piece {
    let place = this.#pieces.length - 1;
    while (place > 0 && trueNs < (this.#pieces[place] as Piece).fromTrueNs) {
      place -= 1;
    }
    return this.#pieces[place] as Piece;
  }

  #offsetIn(piece: Piece, trueNs: number): number {
    const error = this.#oscillator.offsetNs(trueNs);
    const elapsed = trueNs - piece.hardwareNs + (error - piece.hardwareRestNs);
    return error + piece.stepNs + piece.rate * elapsed;
  }

  #localIn(piece: Piece, trueNs: number): Instant {
    return Math.max(0, trueNs + Math.floor(this.#offsetIn(piece, trueNs))) as Instant;
  }

  /** The first whole true nanosecond, from 0 on, at which a piece shows `localNs + restNs` or more. */
  #reaches(piece: Piece, localNs: number, restNs: number): number {
    const offset = this.#offsetIn(piece, localNs) - restNs;
    const slope = (1 + this.#oscillator.frequencyError(localNs)) * (1 + piece.rate);
    let trueNs = localNs + Math.ceil(-offset / slope);
    // Aging bends the line and rounding blurs it: look at the neighbours.
    while (trueNs - localNs + (this.#offsetIn(piece, trueNs) - restNs) < 0) {
      trueNs += 1;
    }
    while (trueNs - 1 - localNs + (this.#offsetIn(piece, trueNs - 1) - restNs) >= 0) {
      trueNs -= 1;
    }
    return Math.max(0, trueNs);
  }

  #trueAtEarlier(local: Instant): Instant {
    for (let place = this.#pieces.length - 1; place > 0; place -= 1) {
      const piece = this.#pieces[place] as Piece;
      if (local > piece.fromLocalNs) {
        return this.#reaches(piece, local, 0) as Instant;
      }
      const previous = this.#pieces[place - 1] as Piece;
      if (piece.fromTrueNs === 0 || this.#localIn(previous, piece.fromTrueNs - 1) < local) {
        return piece.fromTrueNs as Instant;
      }
    }
    return this.#reaches(this.#pieces[0] as Piece, local, 0) as Instant;
  }
}

/** Enough to place every instant that is still talked about; older ones fall to the oldest segment kept. */
const MOST_PIECES = 256;

/** A segment made ready: where it starts on the true and on its own time, and its line as an error. */
interface Piece {
  fromTrueNs: number;
  fromLocalNs: number;
  readonly hardwareNs: number;
  readonly hardwareRestNs: number;
  /** Disciplined less hardware reading at the start. */
  readonly stepNs: number;
  readonly rate: number;
}

const UNDISCIPLINED: Piece = {
  fromTrueNs: 0,
  fromLocalNs: 0,
  hardwareNs: 0,
  hardwareRestNs: 0,
  stepNs: 0,
  rate: 0,
};
