import {
  type BellMeasurementNoise,
  bellIndices,
  depolariseHalf,
  memoryDecay,
  swapXStates,
  waitHalf,
  type XState,
  xStateOfWeights,
} from "@bellmesh/bell";
import { bellMeasure, DensityMatrix, PairRegister, Qubit } from "@bellmesh/joint-state";
import { SeededEntropy } from "@bellmesh/numerics";
import { nanosecondsOf, type StateFigure } from "./figure.ts";
import { passes } from "./pass.ts";

const noise: BellMeasurementNoise = { twoQubitDepolarising: 0.01, p01: 0.02, p10: 0.01 };
const decay = memoryDecay(10, 1, 1e-4);
const [BYTES_OF_PAIR, BYTES_OF_FOUR] = [7 * 8, 256 * 16];

/** The two engines that hold exact states. */
export function exactEngines(roundMs: number): readonly StateFigure[] {
  const pairWorks = [passes(BYTES_OF_PAIR), waits(), depolarisings()];
  const [pairFloor, wait, depolarising] = nanosecondsOf(pairWorks, roundMs) as [number, number, number];
  const swapWorks = [passes(3 * BYTES_OF_PAIR), swaps(), registerSwaps()];
  const [swapFloor, swap, registerSwap] = nanosecondsOf(swapWorks, roundMs) as [number, number, number];
  const [matrixFloor, gate] = nanosecondsOf([passes(BYTES_OF_FOUR), densityGates()], roundMs) as [number, number];
  const ofPair = { unit: "ns", goal: 200, floor: pairFloor, floorOf: "pass over the state" } as const;
  const ofSwap = { unit: "ns", floor: swapFloor, floorOf: "pass over three states" } as const;
  const ofMatrix = { unit: "µs", goal: 20, floor: matrixFloor / 1000, floorOf: "pass over the matrix" } as const;
  return [
    { name: "X-state swap", value: swap, goal: 500, ...ofSwap },
    { name: "the same with registers and outcome", value: registerSwap, ...ofSwap },
    { name: "Bell-diagonal: one half waits", value: wait, ...ofPair },
    { name: "Bell-diagonal: depolarising", value: depolarising, ...ofPair },
    { name: "density matrix of 4: gate and noise", value: gate / 1000, ...ofMatrix },
  ];
}

function swaps() {
  const left = xStateOfWeights([0.9, 0.04, 0.03, 0.03]);
  const right: XState = { ...left, zFirst: 0.01, xy: 0.02 };
  const target: XState = { ...left };
  return (times: number) => {
    for (let time = 0; time < times; time += 1) {
      swapXStates(target, left, 1, right, 0, bellIndices[time & 3] as (typeof bellIndices)[number], noise);
    }
  };
}

function registerSwaps() {
  const chance = new SeededEntropy(1).stream("bench.swaps");
  const weights = [0.9, 0.04, 0.03, 0.03] as const;
  return (times: number) => {
    for (let time = 0; time < times; time += 1) {
      const [b, c] = [new Qubit(), new Qubit()];
      new PairRegister(new Qubit(), b, weights);
      new PairRegister(c, new Qubit(), weights);
      bellMeasure(b, c, noise, chance);
    }
  };
}

function waits() {
  const state = xStateOfWeights([0.9, 0.04, 0.03, 0.03]);
  return (times: number) => {
    for (let time = 0; time < times; time += 1) waitHalf(state, (time & 1) as 0 | 1, decay);
  };
}

function depolarisings() {
  const state = xStateOfWeights([0.9, 0.04, 0.03, 0.03]);
  return (times: number) => {
    for (let time = 0; time < times; time += 1) depolariseHalf(state, (time & 1) as 0 | 1, 1e-9);
  };
}

/** A general two-qubit unitary on changing operands, then depolarising of the two. */
function densityGates() {
  const matrix = new DensityMatrix(4);
  matrix.real[0] = 1;
  const h = Math.SQRT1_2;
  // CNOT after H on the first: every entry of some row and column counts.
  const gate = [
    ...[h, 0, 0, 0, h, 0, 0, 0],
    ...[0, 0, h, 0, 0, 0, h, 0],
    ...[0, 0, h, 0, 0, 0, -h, 0],
    ...[h, 0, 0, 0, -h, 0, 0, 0],
  ] as unknown as Parameters<DensityMatrix["applyPair"]>[2];
  return (times: number) => {
    for (let time = 0; time < times; time += 1) {
      const first = time & 3;
      const second = (first + 1 + (time % 3)) & 3;
      matrix.applyPair(first, second, gate);
      matrix.depolarisePair(first, second, 0.001);
    }
  };
}
