import { type BellIndex, bellIndices, memoryDecay, type PauliEigenvalues } from "@bellmesh/bell";
import { SeededEntropy } from "@bellmesh/numerics";
import { expect, test } from "vitest";
import { bellMeasure } from "./bell-measurement.ts";
import { type Chance, undrawn } from "./chance.ts";
import type { DensityMatrix } from "./density-matrix/density-matrix.ts";
import { DensityRegister } from "./density-matrix/density-register.ts";
import { joined } from "./engine-choice.ts";
import { applyGate, controlledGate, rotation } from "./gates.ts";
import { hadamard, measure } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { Qubit } from "./qubit.ts";
import type { PauliWeights, Register } from "./register.ts";
import { StabilizerRegister } from "./stabilizer/stabilizer-register.ts";
import { StateVectorRegister } from "./state-vector/state-vector-register.ts";
import type { Matrix2 } from "./unitary.ts";
import { wait } from "./waiting.ts";

const SEED = 7;
const QUBITS = 4;
const STEPS = 12;
const SIGMA = 5.5;

/** What is done to one or two of the qubits; a name is worth having when a case fails. */
interface Step {
  readonly what: string;
  readonly act: (qubits: readonly Qubit[], chance: Chance) => void;
}

const sGate: Matrix2 = [1, 0, 0, 0, 0, 0, 0, 1];

function registerOf(qubit: Qubit | undefined): Register {
  if (!qubit?.register) throw new Error("the qubit is gone");
  return qubit.register;
}

/** One qubit's operation by its register. */
function onOne(what: string, place: number, act: (register: Register, at: number, chance: Chance) => void): Step {
  return {
    what: `${what} ${place}`,
    act: (qubits, chance) => act(registerOf(qubits[place]), qubits[place]?.position ?? -1, chance),
  };
}

function onTwo(
  what: string,
  places: readonly [number, number],
  act: (register: Register, first: number, second: number, chance: Chance) => void,
): Step {
  return {
    what: `${what} ${places.join(" ")}`,
    act: (qubits, chance) => {
      const [first, second] = places.map((place) => qubits[place] as Qubit) as [Qubit, Qubit];
      act(registerOf(first), first.position, second.position, chance);
    },
  };
}

interface Kinds {
  /** Rotations by any angle and relaxation, which no stabilizer state has. */
  readonly any: boolean;
  readonly noisy: boolean;
}

/** A random circuit on QUBITS qubits that stay where they are. */
function randomSteps(entropy: Chance, { any, noisy }: Kinds): Step[] {
  const pick = (count: number) => Math.floor(entropy.uniform() * count);
  const two = (): [number, number] => {
    const first = pick(QUBITS);
    return [first, (first + 1 + pick(QUBITS - 1)) % QUBITS];
  };
  return Array.from({ length: STEPS }, (): Step => {
    const place = pick(QUBITS);
    const p = 0.05 + 0.4 * entropy.uniform();
    const index = bellIndices[pick(4)] as BellIndex;
    const axis = entropy.uniform() < 0.5 ? "x" : "z";
    const [angle, waited] = [6 * entropy.uniform(), entropy.uniform()];
    const turn = rotation((["x", "y", "z"] as const)[pick(3)] as "x", angle);
    const weights: PauliWeights = [1 - p, 0.5 * p, 0.3 * p, 0.2 * p];
    const decay: PauliEigenvalues = any ? memoryDecay(1, 0.8, waited) : { x: 1 - p, y: 1 - p, z: 1 };
    switch (pick(noisy ? 9 : 5)) {
      case 0:
        return onOne("H", place, (register, at) => register.apply(at, hadamard));
      case 1:
        return onOne("turn", place, (register, at) => register.apply(at, any ? turn : sGate));
      case 2:
        return onOne("Pauli", place, (register, at) => register.pauli(at, index));
      case 3:
      case 4:
        return onTwo(`controlled-${axis}`, two(), (register, a, b) => register.controlled(a, b, axis));
      case 5:
        return onOne("wait", place, (register, at, chance) => register.wait(at, decay, chance));
      case 6:
        return onOne("depolarise", place, (register, at, chance) => register.depolarise(at, p, chance));
      case 7:
        return onTwo("depolarise both", two(), (register, a, b, chance) => register.depolarisePair(a, b, p, chance));
      default:
        return onOne("Pauli channel", place, (register, at, chance) => register.pauliChannel(at, weights, chance));
    }
  });
}

type Absorbing = Register & { absorb(other: Register): void };

/** Fresh qubits in one register of an engine. */
function together(initialised: (qubit: Qubit) => Register): Qubit[] {
  const qubits = Array.from({ length: QUBITS }, () => new Qubit());
  const [first, ...others] = qubits.map(initialised) as [Absorbing, ...Absorbing[]];
  for (const other of others) first.absorb(other);
  return qubits;
}

const engines = {
  "density-matrix": (qubit: Qubit): Register => DensityRegister.initialised(qubit),
  stabilizer: (qubit: Qubit): Register => StabilizerRegister.initialised(qubit),
  "state-vector": (qubit: Qubit): Register => StateVectorRegister.initialised(qubit),
} as const;

function run(engine: keyof typeof engines, steps: readonly Step[], chance: Chance): Qubit[] {
  const qubits = together(engines[engine]);
  for (const { act } of steps) act(qubits, chance);
  return qubits;
}

function stateOf(qubits: readonly Qubit[]): DensityMatrix {
  return registerOf(qubits[0]).reduced(qubits.map(({ position }) => position));
}

/** The greatest difference of two entries. */
function distance(one: DensityMatrix, other: DensityMatrix): number {
  let greatest = 0;
  for (let entry = 0; entry < one.real.length; entry += 1) {
    const re = (one.real[entry] as number) - (other.real[entry] as number);
    const im = (one.imaginary[entry] as number) - (other.imaginary[entry] as number);
    greatest = Math.max(greatest, Math.abs(re), Math.abs(im));
  }
  return greatest;
}

test.each([
  ["stabilizer", 2500, false],
  ["state-vector", 2500, true],
] as const)(
  "%s against the density matrix: %d random circuits without noise agree within 1e-10",
  (engine, cases, any) => {
    const entropy = new SeededEntropy(SEED).stream(engine);
    for (let number = 0; number < cases; number += 1) {
      const steps = randomSteps(entropy, { any, noisy: false });
      const [ours, exact] = [run(engine, steps, undrawn), run("density-matrix", steps, undrawn)];
      const missed = distance(stateOf(ours), stateOf(exact));
      if (missed > 1e-10)
        throw new Error(`case ${number} misses by ${missed}: ${steps.map(({ what }) => what).join(", ")}`);
    }
  },
);

/**
 * Bernstein's bound for the mean of values in [0, 1] of which only the mean is known: as unlikely to be missed as 5.5σ
 * of a normal law, rare values included.
 */
function tolerance(mean: number, samples: number): number {
  const expected = Math.min(1, Math.max(0, mean));
  return SIGMA * Math.sqrt((expected * (1 - expected)) / samples) + (SIGMA * SIGMA) / (6 * samples) + 1e-9;
}

test.each([
  ["stabilizer", 1000, false, 120],
  ["state-vector", 1000, true, 40],
] as const)(
  "samples of the %s: the means of %d noisy circuits are the density matrix within 5.5σ",
  (engine, cases, any, samples) => {
    const entropy = new SeededEntropy(SEED).stream(`samples ${engine}`);
    for (let number = 0; number < cases; number += 1) {
      const steps = randomSteps(entropy, { any, noisy: true });
      const exact = run("density-matrix", steps, undrawn);
      const expected = stateOf(exact);
      const means = new Float64Array(1 << QUBITS);
      for (let sample = 0; sample < samples; sample += 1) {
        const { real } = stateOf(run(engine, steps, entropy));
        for (let row = 0; row < means.length; row += 1) {
          means[row] = (means[row] as number) + (real[row * (means.length + 1)] as number) / samples;
        }
      }
      for (const [row, mean] of means.entries()) {
        const right = expected.real[row * (means.length + 1)] as number;
        if (Math.abs(mean - right) > tolerance(right, samples)) {
          throw new Error(
            `case ${number}, row ${row}: ${mean}, not ${right}: ${steps.map(({ what }) => what).join(", ")}`,
          );
        }
      }
    }
  },
);

/** Draws what a list says, in turn. */
function drawing(draws: readonly number[]): Chance {
  let next = 0;
  return { uniform: () => draws[next++ % draws.length] as number };
}

/** Three heralded pairs, whatever the engine; the far halves of a swap are read at the end. */
function heralded(entropy: Chance): Qubit[] {
  return Array.from({ length: 3 }, () => {
    const [a, b] = [entropy.uniform(), entropy.uniform()];
    const populations = { p00: 0.1 * a, p01: 0.5 - 0.1 * a, p10: 0.5 - 0.05 * b, p11: 0.05 * b };
    const coherence = Math.sqrt(populations.p01 * populations.p10) * (0.5 + 0.5 * entropy.uniform());
    const [re, im] = [coherence * 0.8, coherence * 0.6];
    const pair = [new Qubit(), new Qubit()] as const;
    new PairRegister(pair[0], pair[1], {
      xx: 2 * re,
      xy: 2 * im,
      yx: -2 * im,
      yy: 2 * re,
      zz: populations.p00 - populations.p01 - populations.p10 + populations.p11,
      zFirst: populations.p00 + populations.p01 - populations.p10 - populations.p11,
      zSecond: populations.p00 - populations.p01 + populations.p10 - populations.p11,
    });
    return pair;
  }).flat();
}

test("chosen engines against one density matrix: 3,500 histories of heralds, swaps and gates, 1e-10", () => {
  const entropy = new SeededEntropy(SEED).stream("histories");
  for (let number = 0; number < 3500; number += 1) {
    const seed = Math.floor(entropy.uniform() * 2_147_483_648);
    const draws = Array.from({ length: 16 }, () => entropy.uniform());
    const [chosen, exact] = [false, true].map((whole) => {
      const own = new SeededEntropy(seed).stream("history");
      const qubits = heralded(own);
      if (whole) joined(...qubits);
      history(qubits, own, drawing(draws));
      return qubits.filter(({ register }) => register !== undefined);
    }) as [Qubit[], Qubit[]];
    expect(chosen.length).toBe(exact.length);
    if (chosen.length === 0) continue;
    for (const qubits of [chosen, exact]) joined(...qubits);
    expect(distance(stateOf(chosen), stateOf(exact)), `history ${number}`).toBeLessThan(1e-10);
  }
});

/** Eight things that happen to whoever is there still. */
function history(qubits: readonly Qubit[], entropy: Chance, outcomes: Chance): void {
  const noise = { twoQubitDepolarising: 0.1, p01: 0.05, p10: 0.02 };
  for (let step = 0; step < 8; step += 1) {
    const draws = Array.from({ length: 4 }, () => entropy.uniform()) as [number, number, number, number];
    const here = qubits.filter(({ register }) => register !== undefined);
    const one = here[Math.floor(draws[0] * here.length)];
    const other = here[Math.floor(draws[1] * here.length)];
    if (!one || !other) return;
    const kind = Math.floor(draws[2] * 8);
    if (kind === 0) wait(one, memoryDecay(1, 1.2, draws[3]));
    else if (kind === 1) registerOf(one).depolarise(one.position, draws[3], undrawn);
    else if (kind === 2) applyGate(one, rotation("z", 6 * draws[3]), 0.05);
    else if (kind === 3) applyGate(one, rotation("y", 6 * draws[3]), 0.05);
    else if (kind === 4 && one !== other) controlledGate(one, other, draws[3] < 0.5 ? "x" : "z", 0.1);
    else if (kind < 7 && one !== other) bellMeasure(one, other, noise, outcomes);
    else if (kind === 7) measure(one, (["x", "y", "z"] as const)[Math.floor(3 * draws[3])] as "x", noise, outcomes);
  }
}
