import { cos, sin } from "@bellmesh/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  averageGateFidelity,
  type BellWeights,
  bbpssw,
  bellIndices,
  chainEigenvalues,
  dejmps,
  eigenvaluesOf,
  epl,
  fidelityOf,
  fidelityOfXState,
  memoryDecay,
  multiply,
  nestedRawPairs,
  noiselessDistillation,
  ordinal,
  pauliHalf,
  phiPlus,
  psiPlus,
  pumpedRawPairs,
  shifted,
  swapXStates,
  telegateFidelity,
  teleportationFidelity,
  waitHalf,
  weightsOf,
  weightsOfXState,
  wernerTwirled,
  type XState,
  xStateOf,
  xStateOfWeights,
} from "./index.ts";

const still = { x: 1, y: 1, z: 1 };
const perfect = { twoQubitDepolarising: 0, p01: 0, p10: 0 };
const noTelegateNoise = {
  controlDepolarising: 0,
  targetDepolarising: 0,
  controlMisread: 0,
  targetMisread: 0,
  controlWait: still,
};

function werner(fidelity: number): BellWeights {
  const rest = (1 - fidelity) / 3;
  return [fidelity, rest, rest, rest];
}

/** A printed value holds to half a unit of its last digit. */
function expectPrinted(actual: number, printed: string): void {
  const digits = (printed.split(".")[1] ?? "").length;
  let half = 0.5;
  for (let digit = 0; digit < digits; digit += 1) half /= 10;
  expect(Math.abs(actual - Number(printed))).toBeLessThanOrEqual(half * 1.0001);
}

describe("memories", () => {
  test("Φ and Ψ decay differently, as |11⟩ relaxes and |00⟩ does not; the twirl lies between", () => {
    const [first, second] = [memoryDecay(10, 1, 0.2), memoryDecay(3, 0.5, 0.35)];
    for (const index of bellIndices) {
      const state = xStateOfWeights(shifted([1, 0, 0, 0], index));
      waitHalf(state, 0, first);
      waitHalf(state, 1, second);
      expectPrinted(fidelityOfXState(state, index), index.x ? "0.6708049409" : "0.6718951845");
    }
    expectPrinted(fidelityOf(multiply(first, second)), "0.6713500627");
  });

  test("Bell pairs keep ¼[1 + γaγb + (1 − γa)(1 − γb) + 2c] of Φ and ¼[(1 − γa) + (1 − γb) + 2c] of Ψ", () => {
    const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, positive, fc.nat(3), (t1A, t1B, ageA, ageB, k) => {
        const [a, b] = [memoryDecay(t1A, 1.2 * t1A, ageA), memoryDecay(t1B, 0.4 * t1B, ageB)];
        const index = bellIndices[k] as (typeof bellIndices)[number];
        const state = xStateOfWeights(shifted([1, 0, 0, 0], index));
        waitHalf(state, 0, a);
        waitHalf(state, 1, b);
        const phi = 0.25 * (1 + (1 - a.z) * (1 - b.z) + a.z * b.z + 2 * a.x * b.x);
        const psi = 0.25 * (a.z + b.z + 2 * a.x * b.x);
        expect(fidelityOfXState(state, index)).toBeCloseTo(index.x ? psi : phi, 12);
      }),
      { seed: 1 },
    );
  });
});

describe("chains", () => {
  test("four pairs joined by noisy swaps have the printed mean fidelity", () => {
    const pairs: BellWeights[] = [
      [0.9, 0.04, 0.03, 0.03],
      [0.85, 0.05, 0.08, 0.02],
      [0.92, 0.01, 0.05, 0.02],
      [0.88, 0.06, 0.03, 0.03],
    ];
    const noise = { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.005 };
    expectPrinted(fidelityOf(chainEigenvalues(pairs.map(eigenvaluesOf), [noise, noise, noise])), "0.5369842757");
    expect(() => chainEigenvalues(pairs.map(eigenvaluesOf), [noise])).toThrow(RangeError);
  });

  test.each([
    [0.95, 2, "0.9033333"],
    [0.95, 4, "0.8191259"],
    [0.95, 8, "0.6818724"],
    [0.99, 4, "0.9607929"],
  ] as const)("Werner pairs of %f, %i of them, joined without noise give %s", (fidelity, count, printed) => {
    const pairs = new Array(count).fill(eigenvaluesOf(werner(fidelity)));
    expectPrinted(fidelityOf(chainEigenvalues(pairs, new Array(count - 1).fill(perfect))), printed);
  });

  test("twirled after every swap, Werner pairs give ¼ + ¾Πw·[G(4m² − 1)/3]^(n−1) (Briegel et al. 1998)", () => {
    const noise = { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.005 };
    const link = eigenvaluesOf(werner(0.93));
    const w = (4 * 0.93 - 1) / 3;
    const m = 1 - (noise.p01 + noise.p10) / 2;
    let chain = link;
    let closed = w;
    for (let swaps = 0; swaps < 3; swaps += 1) {
      chain = wernerTwirled(chainEigenvalues([chain, link], [noise]));
      closed *= (w * 0.97 * (4 * m * m - 1)) / 3;
      expect(fidelityOf(chain)).toBeCloseTo(0.25 + 0.75 * closed, 13);
    }
  });

  test("the mean over the outcomes of swapped X-states is the chain's, though each outcome differs", () => {
    const noise = { twoQubitDepolarising: 0, p01: 0.05, p10: 0.005 };
    const pair = xStateOfWeights(werner(0.95));
    const swaps = bellIndices.map((m) => {
      const target: XState = { ...pair };
      return { probability: swapXStates(target, pair, 1, pair, 0, m, noise), f: fidelityOfXState(target, m) };
    });
    for (const [k, printed] of ["0.8942", "0.8573", "0.8573", "0.8220"].entries()) {
      expectPrinted(swaps[k]?.f ?? 0, printed);
    }
    const mean = swaps.reduce((sum, { probability, f }) => sum + probability * f, 0);
    expectPrinted(mean, "0.8561");
    const link = eigenvaluesOf(werner(0.95));
    expect(mean).toBeCloseTo(fidelityOf(chainEigenvalues([link, link], [noise])), 14);
  });
});

describe("distillation", () => {
  test.each([
    [0.7, "0.68", "0.7352941"],
    [0.8, "0.7688889", "0.8381503"],
    [0.9, "0.8755556", "0.9263959391"],
  ] as const)("BBPSSW of two Werner pairs of %f succeeds with %s and gives %s", (fidelity, success, improved) => {
    const pair = xStateOfWeights(werner(fidelity));
    const { probability, state } = bbpssw(pair, pair);
    expectPrinted(probability, success);
    expectPrinted(fidelityOfXState(state, phiPlus), improved);
    const e = (1 - fidelity) / 3;
    expect(probability).toBeCloseTo(fidelity * fidelity + 2 * fidelity * e + 5 * e * e, 14);
  });

  test.each([
    [0.7, "0.6401384", "0.8459459"],
    [0.8, "0.7445955", "0.9436392"],
    [0.9, "0.8679688", "0.9887635"],
  ] as const)("the second round of DEJMPS from Werner pairs of %f: %s, %s", (fidelity, success, improved) => {
    const raw = xStateOfWeights(werner(fidelity));
    const once = dejmps(raw, raw).state;
    const twice = dejmps(once, once);
    expectPrinted(twice.probability, success);
    expectPrinted(fidelityOfXState(twice.state, phiPlus), improved);
  });

  test("DEJMPS of Bell-diagonal pairs has the weights of Deutsch et al. 1996", () => {
    const weight = fc.nat(1000);
    const weights = fc
      .tuple(weight, weight, weight, weight)
      .map(
        (counts) => counts.map((count) => (count + 1) / (counts.reduce((a, b) => a + b) + 4)) as never as BellWeights,
      );
    fc.assert(
      fc.property(weights, weights, (p, q) => {
        // Their order is Φ+, Ψ−, Ψ+, Φ−.
        const [A, C, D, B] = p;
        const [a, c, d, b] = q;
        const n = (A + B) * (a + b) + (C + D) * (c + d);
        const { probability, state, fidelityError } = dejmps(xStateOfWeights(p), xStateOfWeights(q));
        expect(probability).toBeCloseTo(n, 13);
        const expected = [A * a + B * b, C * c + D * d, A * b + B * a, C * d + D * c].map((value) => value / n);
        for (const [k, value] of expected.entries()) {
          expect(weightsOfXState(state)[k]).toBeCloseTo(value as number, 13);
        }
        expect(fidelityError).toBe(0);
      }),
      { seed: 2 },
    );
  });

  test("EPL makes a perfect Ψ+ of two lossy pairs (1 − α)Ψ+ + α|11⟩ with probability ½(1 − α)²", () => {
    const alpha = 0.2;
    const coherence = { outerRe: 0, outerIm: 0, innerRe: (1 - alpha) / 2, innerIm: 0 };
    const lossy = xStateOf({ p00: 0, p01: (1 - alpha) / 2, p10: (1 - alpha) / 2, p11: alpha, ...coherence });
    const { probability, state } = epl(lossy, lossy);
    expectPrinted(probability, "0.32");
    expect(fidelityOfXState(state, psiPlus)).toBeCloseTo(1, 14);
  });

  test("EPL cancels a static optical phase that nobody knows", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6.3, noNaN: true }), (phase) => {
        const coherence = { outerRe: 0, outerIm: 0, innerRe: 0.4 * cos(phase), innerIm: 0.4 * sin(phase) };
        const lossy = xStateOf({ p00: 0, p01: 0.4, p10: 0.4, p11: 0.2, ...coherence });
        expect(fidelityOfXState(epl(lossy, lossy).state, psiPlus)).toBeCloseTo(1, 12);
      }),
      { seed: 3 },
    );
  });

  test("noise at one end is not that at the other, and either makes distillation worse", () => {
    const pair = xStateOfWeights(werner(0.85));
    const end = { twoQubitDepolarising: 0.02, p01: 0.03, p10: 0.01, oneQubitDepolarising: 0.01 };
    for (const protocol of [bbpssw, dejmps]) {
      const clean = fidelityOfXState(protocol(pair, pair).state, phiPlus);
      const one = protocol(pair, pair, { ...noiselessDistillation, first: end });
      const both = protocol(pair, pair, { first: end, second: end });
      expect(fidelityOfXState(one.state, phiPlus)).toBeLessThan(clean);
      expect(fidelityOfXState(both.state, phiPlus)).toBeLessThan(fidelityOfXState(one.state, phiPlus));
    }
  });

  test("pumping needs R₁ = 2/p₁ and R_j = (R_{j−1} + 1)/p_j raw pairs, nesting 2ⁿ/Πp", () => {
    expect(pumpedRawPairs([])).toBe(1);
    expect(pumpedRawPairs([0.5])).toBe(4);
    expect(pumpedRawPairs([0.5, 0.8])).toBeCloseTo(6.25, 14);
    expect(nestedRawPairs([0.5, 0.8])).toBeCloseTo(10, 14);
    for (const wrong of [0, -0.1, 1.1, Number.NaN]) {
      expect(() => pumpedRawPairs([0.5, wrong])).toThrow("successes[1]");
      expect(() => nestedRawPairs([wrong])).toThrow("successes[0]");
    }
  });
});

describe("teleportation and telegates", () => {
  const resource: BellWeights = [0.85, 0.06, 0.05, 0.04];

  test("teleporting through p = [.85, .06, .05, .04] with a wait, or with a noisy Bell measurement", () => {
    const eigenvalues = eigenvaluesOf(resource);
    expectPrinted(teleportationFidelity(eigenvalues, perfect, memoryDecay(2, 0.3, 0.1)), "0.8179056");
    expectPrinted(teleportationFidelity(eigenvalues, perfect, still), "0.9");
    const noise = { twoQubitDepolarising: 0.03, p01: 0.05, p10: 0.01 };
    expectPrinted(teleportationFidelity(eigenvalues, noise, still), "0.8576080");
  });

  test("perfect operations teleport with (2F + 1)/3 through any Bell-diagonal pair", () => {
    const fidelity = teleportationFidelity(eigenvaluesOf(resource), perfect, still);
    expect(fidelity).toBeCloseTo((2 * resource[0] + 1) / 3, 14);
    expect(fidelity).toBeCloseTo(averageGateFidelity(resource[0], 2), 14);
  });

  test.each(["before", "after"] as const)(
    "teleportation is the teleporting of half of a pair, a swap; F_e gives F_avg, corrected %s the wait",
    (order) => {
      const noise = { twoQubitDepolarising: 0.03, p01: 0.08, p10: 0.01, oneQubitDepolarising: 0.02 };
      const wait = memoryDecay(2, 0.3, 0.1);
      const lossy = {
        p00: 0.02,
        p01: 0.08,
        p10: 0.1,
        p11: 0.8,
        outerRe: 0.1,
        outerIm: 0.05,
        innerRe: 0.01,
        innerIm: 0,
      };
      const pair = order === "before" ? xStateOf(lossy) : xStateOfWeights(resource);
      const whole = xStateOfWeights([1, 0, 0, 0]);
      let entanglement = 0;
      for (const m of bellIndices) {
        const target: XState = { ...whole };
        const probability = swapXStates(target, whole, 1, pair, 0, m, noise);
        if (order === "before") pauliHalf(target, 1, m);
        waitHalf(target, 1, wait);
        entanglement += probability * fidelityOfXState(target, order === "before" ? phiPlus : m);
      }
      const eigenvalues = { x: pair.xx, y: -pair.yy, z: pair.zz };
      expect(teleportationFidelity(eigenvalues, noise, wait)).toBeCloseTo(averageGateFidelity(entanglement, 2), 12);
    },
  );

  test("telegates: F_e = F of the pair, misread bits, and depolarised local CNOTs", () => {
    expectPrinted(averageGateFidelity(telegateFidelity(werner(0.9), noTelegateNoise), 4), "0.92");
    const misread = { ...noTelegateNoise, controlMisread: 0.03, targetMisread: 0.03 };
    expectPrinted(telegateFidelity([0.9, 0.04, 0.035, 0.025], misread), "0.849015");
    const gates = { ...noTelegateNoise, controlDepolarising: 0.02, targetDepolarising: 0.02 };
    const entanglement = telegateFidelity([0.9, 0.04, 0.035, 0.025], gates);
    expectPrinted(entanglement, "0.869285");
    expectPrinted(averageGateFidelity(entanglement, 4), "0.895428");
  });

  test("a control that dephases for a round trip undoes as many Z errors as it should", () => {
    const controlWait = memoryDecay(Number.POSITIVE_INFINITY, 0.01, 0.001);
    const fidelity = telegateFidelity(resource, { ...noTelegateNoise, controlWait });
    const flip = 0.5 * (1 - controlWait.x);
    expect(fidelity).toBeCloseTo(resource[0] * (1 - flip) + resource[2] * flip, 14);
    expect(weightsOf(controlWait)[ordinal({ x: false, z: true })]).toBeCloseTo(flip, 14);
  });
});
