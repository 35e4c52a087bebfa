import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cos, exp, expm1, log, log1p, sin } from "./index.ts";

const functions = { exp, expm1, log, log1p, sin, cos };
type Name = keyof typeof functions;

/** Inputs and the bits of the answers. Computed here; each was within one unit of a 160-bit evaluation (mpmath). */
const knownAnswers: Record<Name, readonly (readonly [number, string])[]> = {
  exp: [
    [1, "4005bf0a8b145769"],
    [-1, "3fd78b56362cef38"],
    [0.5, "3ffa61298e1e069c"],
    [-0.1, "3fecf46d99d52b3a"],
    [1e-10, "3ff000000006df38"],
    [20.25, "41c290d76d1966a9"],
    [-700, "00d14f2b0fb9307f"],
    [709.78, "7fefe9ce5c4c52b4"],
    [-740.5, "0000000000000033"],
  ],
  expm1: [
    [1, "3ffb7e151628aed3"],
    [-1, "bfe43a54e4e98864"],
    [0.5, "3fe4c2531c3c0d38"],
    [-0.1, "bfb85c933156a62c"],
    [1e-10, "3ddb7cdfd9dda4e3"],
    [0.34, "3fd9eaa94c8422f6"],
    [20.25, "41c290d76c9966a9"],
    [-30, "bfeffffffffffcb5"],
    [0.0123, "3f895890b5ab2897"],
  ],
  log: [
    [2, "3fe62e42fefa39ef"],
    [10, "40026bb1bbb55516"],
    [0.1, "c0026bb1bbb55515"],
    [0.9999, "bf1a3738d2cf1cc2"],
    [1.0001, "3f1a368d0657fcd4"],
    [1e-300, "c085963447f87fb5"],
    [3e-310, "c086459f44103e87"],
    [1e300, "4085963447f87fb5"],
    [0.7, "bfd6d3c324e13f50"],
  ],
  log1p: [
    [1, "3fe62e42fefa39ef"],
    [-0.5, "bfe62e42fefa39ef"],
    [0.1, "3fb8663f793c46c7"],
    [-0.1, "bfbaf8e8210a415e"],
    [1e-10, "3ddb7cdfd9d1d693"],
    [-0.9999, "c0226bb1bbb55554"],
    [10000000000, "4037069e2aa3184e"],
    [0.45, "3fd7c7b282d0d46c"],
    [-0.00003, "beff752f39f97b03"],
  ],
  sin: [
    [1, "3feaed548f090cee"],
    [-1, "bfeaed548f090cee"],
    [0.5, "3fdeaee8744b05f0"],
    [3, "3fc210386db6d55b"],
    [Math.PI, "3ca1a62633145c07"],
    [6.25, "bfa0fcddc3f512bc"],
    [100000, "3fa24daa9c527e96"],
    [1e22, "bfeb453ab76bf397"],
    [-0.001, "bf50624da5218a62"],
  ],
  cos: [
    [1, "3fe14a280fb5068c"],
    [-1, "3fe14a280fb5068c"],
    [0.5, "3fec1528065b7d50"],
    [3, "bfefae04be85e5d2"],
    [Math.PI / 2, "3c91a62633145c07"],
    [6.25, "3feffb7d58a8f975"],
    [100000, "bfeffac3841b3da7"],
    [1e22, "3fe0be2cef01c8f4"],
    [-0.001, "3feffffef390876c"],
  ],
};

/** Where each function is compared with the engine's own. */
const ranges: Record<Name, readonly (readonly [number, number])[]> = {
  exp: [
    [-745, 709.7],
    [-1, 1],
    [-1e-12, 1e-12],
  ],
  expm1: [
    [-60, 709.7],
    [-1, 1],
    [-1e-12, 1e-12],
  ],
  log: [
    [5e-324, 1e-300],
    [0.5, 2],
    [1e-9, 1e9],
    [1e300, Number.MAX_VALUE],
  ],
  log1p: [
    [-0.9999999999999999, 0],
    [-1e-12, 1e-12],
    [0, 10],
    [1e10, Number.MAX_VALUE],
  ],
  sin: [
    [-7, 7],
    [-2e6, 2e6],
    [1e15, Number.MAX_VALUE],
  ],
  cos: [
    [-7, 7],
    [-2e6, 2e6],
    [1e15, Number.MAX_VALUE],
  ],
};

const edges = [
  0,
  -0,
  1,
  -1,
  5e-324,
  -5e-324,
  709.782712893384,
  709.7827128933841,
  -745.1332191019411,
  -745.1332191019412,
  -746,
  1e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

describe.each(Object.keys(functions) as Name[])("%s", (name) => {
  test("gives the known bits", () => {
    const got = knownAnswers[name].map(([x]) => [x, bitsOf(functions[name](x))]);
    expect(got).toEqual(knownAnswers[name]);
  });

  test("is within two units in the last place of the engine's own", () => {
    for (const [low, high] of ranges[name]) {
      fc.assert(
        fc.property(fc.double({ min: low, max: high, noNaN: true }), (x) => {
          expect(unitsApart(functions[name](x), Math[name](x))).toBeLessThanOrEqual(2);
        }),
        { numRuns: 1500, seed: 1 },
      );
      for (let i = 0; i <= 1000; i += 1) {
        const x = low + (high - low) * (i / 1000);
        expect(unitsApart(functions[name](x), Math[name](x))).toBeLessThanOrEqual(2);
      }
    }
  });

  test("treats the edges of its domain as IEEE 754 asks", () => {
    for (const x of edges.filter((edge) => Number.isFinite(functions[name](edge)) === false || edge === 0)) {
      expect([x, functions[name](x)]).toEqual([x, Math[name](x)]);
    }
    for (const x of edges) {
      expect(unitsApart(functions[name](x), Math[name](x))).toBeLessThanOrEqual(2);
    }
  });
});

test("the sine near a multiple of pi is exact to the last digits, also for the double nearest to one", () => {
  expect(unitsApart(sin(Math.PI), 1.2246467991473532e-16)).toBe(0);
  expect(unitsApart(cos(Math.PI / 2), 6.123233995736766e-17)).toBe(0);
  // 6381956970095103 * 2^797 is the double that comes nearest to a multiple of pi/2 (Muller et al. 2018).
  expect(unitsApart(cos(5.319372648326541e255), -4.687165924254628e-19)).toBeLessThanOrEqual(1);
});

const view = new DataView(new ArrayBuffer(8));

function bitsOf(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function unitsApart(a: number, b: number): number {
  if (Object.is(a, b)) {
    return 0;
  }
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.POSITIVE_INFINITY;
  }
  const distance = placeOf(a) - placeOf(b);
  return Number(distance < 0n ? -distance : distance);
}

/** The place of a double in the order of all doubles. */
function placeOf(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}
