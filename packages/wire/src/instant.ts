/**
 * Integer nanoseconds since meshStart, on whichever clock the context names.
 * Safe up to 2^53 ns, about 104 days; `uint64` on the wire.
 */
export type Instant = number & { readonly __brand: "Instant" };

/** Nanoseconds per second. */
export const SECOND_NS = 1_000_000_000;

/**
 * Reads an instant from a number of nanoseconds.
 * @throws RangeError when it is not a non-negative safe integer.
 */
export function instant(nanoseconds: number): Instant {
  if (!Number.isSafeInteger(nanoseconds) || nanoseconds < 0) {
    throw new RangeError(`an instant is a whole number of nanoseconds in [0, 2^53), not ${nanoseconds}`);
  }
  return nanoseconds as Instant;
}

/** The instant `durationNs` after `start`; the duration is rounded to whole nanoseconds. */
export function after(start: Instant, durationNs: number): Instant {
  return (start + Math.round(durationNs)) as Instant;
}
