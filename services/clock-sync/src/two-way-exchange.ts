import type { HardwareReading } from "@bellmesh/mesh";
import { MovingMedian } from "./moving-median.ts";
import { differencePs } from "./stamp.ts";

/** Path delays remembered: the default length of linuxptp's moving median. */
const DELAYS_KEPT = 10;

/** The four stamps of one exchange, numbered as in IEEE 1588. */
export interface ExchangeStamps {
  /** t1: the response (Sync) left, on the grandmaster's clock. */
  readonly responseSent: HardwareReading;
  /** t2: the response arrived, on our clock. */
  readonly responseReceived: HardwareReading;
  /** t3: the request (Delay_Req) left, on our clock. */
  readonly requestSent: HardwareReading;
  /** t4: the request arrived, on the grandmaster's clock. */
  readonly requestReceived: HardwareReading;
}

/** What an exchange tells. */
export interface ExchangeResult {
  /** This clock minus the grandmaster's; positive: this clock is ahead. */
  readonly offsetPs: number;
  /** Mean one-way delay, after the median filter. */
  readonly delayPs: number;
}

/**
 * Two-way time transfer, end to end (IEEE 1588): the delay is half the round trip, taken as equal both ways, and
 * filtered by a moving median; the offset is what then remains of t2 − t1. A path that is d longer one way than the
 * other shifts the offset by d/2, which no exchange can see.
 */
export class TwoWayExchange {
  readonly #delays = new MovingMedian(DELAYS_KEPT);

  /** Delays now in the filter. */
  get delaysKept(): number {
    return this.#delays.count;
  }

  measure(stamps: ExchangeStamps): ExchangeResult {
    const { responseSent, responseReceived } = stamps;
    const delayPs = this.#delays.add(pathDelayPs(stamps));
    return { offsetPs: differencePs(responseReceived, responseSent) - delayPs, delayPs };
  }

  /** Forgets the delays: they were measured by a clock of another rate, or over another path. */
  forget(): void {
    this.#delays.clear();
  }
}

/** Half the round trip of one exchange. */
export function pathDelayPs({ responseSent, responseReceived, requestSent, requestReceived }: ExchangeStamps): number {
  return (differencePs(responseReceived, requestSent) + differencePs(requestReceived, responseSent)) / 2;
}
