import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ErrorBound, type ErrorBoundOptions, SIGMAS } from "./error-bound.ts";
import { servoGains } from "./pi-servo.ts";

const quiet: ErrorBoundOptions = {
  gains: servoGains(1),
  stampNs: 0.02,
  jitterNs: 0.02,
  agingPpbPerS: 0,
  asymmetryNs: 0,
  whiteNs: 0,
  flickerPpb: 0,
  ratesKept: 30,
};

/** A clock that has been steered by these offsets, one a second, and now holds over. */
function held(options: Partial<ErrorBoundOptions>, offsetsNs: readonly number[]): ErrorBound {
  const bound = new ErrorBound({ ...quiet, ...options });
  bound.locked(0, 1);
  for (const offsetNs of offsetsNs) bound.steered(offsetNs, 1, 10);
  bound.held(1);
  return bound;
}

const offsets = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 5, maxLength: 60 });
const elapsed = fc.double({ min: 0, max: 1e6, noNaN: true });
const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));

describe("The bound of a holdover", () => {
  test("grows in proportion to time where nothing ages or wanders: σ0 + |Δf| t", () => {
    fc.assert(
      fc.property(offsets, elapsed, (offsetsNs, s) => {
        const bound = held({}, offsetsNs);
        const [atFirst, perSecond] = [bound.whileHeld(0), bound.whileHeld(1) - bound.whileHeld(0)];
        expect(perSecond).toBeGreaterThan(0);
        // The rate is a difference of two bounds, and has the digits of one.
        expect(Math.abs(bound.whileHeld(s) - atFirst - perSecond * s)).toBeLessThan(1e-12 * Math.max(1, s));
      }),
    );
  });

  test("has ½ aging t² on top of that", () => {
    fc.assert(
      fc.property(offsets, elapsed, fc.double({ min: 0, max: 1e-2, noNaN: true }), (offsetsNs, s, agingPpbPerS) => {
        const aged = held({ agingPpbPerS }, offsetsNs).whileHeld(s) - held({}, offsetsNs).whileHeld(s);
        close(aged, 0.5 * agingPpbPerS * s * s);
      }),
    );
  });

  test("has four sigma of what the oscillators wander: white frequency noise by √t, flicker by t", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        (whiteNs, flickerPpb, s) => {
          const bound = held({ whiteNs, flickerPpb }, [0, 0, 0, 0, 0]);
          const wandered = (t: number) => SIGMAS * Math.sqrt(whiteNs * whiteNs * t + flickerPpb * flickerPpb * t * t);
          const rest = (t: number) => bound.whileHeld(t) - bound.whileHeld(0) - wandered(t);
          // What is left is |Δf| t.
          expect(Math.abs(rest(2 * s) - 2 * rest(s))).toBeLessThan(1e-9 * (rest(s) + wandered(2 * s)));
        },
      ),
    );
  });

  test("begins at the bound of the locked clock", () => {
    const bound = new ErrorBound(quiet);
    bound.locked(0, 1);
    for (let second = 0; second < 40; second += 1) bound.steered(0, 1, 10);
    const locked = bound.whileLocked(1);
    bound.held(1);
    expect(bound.whileHeld(0)).toBe(locked);
  });
});
