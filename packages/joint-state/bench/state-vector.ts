/**
 * State vectors beside their floor, in one run: `node packages/joint-state/bench/state-vector.ts [repetitions]`.
 * The floor is an in-place pass over the same bytes by the same means, SIMD on one thread: read, scale, write.
 */
import { SeededEntropy } from "@bellmesh/numerics";
import {
  addI32,
  assemble,
  get,
  i32,
  lessThan,
  load,
  multiply,
  set,
  store,
  whileTrue,
} from "../src/state-vector/kernels/assembler.ts";
import { AMPLITUDES_AT } from "../src/state-vector/kernels/task.ts";
import { StateVector, type StateVectorOptions } from "../src/state-vector/state-vector.ts";
import type { Matrix2 } from "../src/unitary.ts";

const repetitions = Number(process.argv[2] ?? 7);
const chance = new SeededEntropy(1).stream("bench");
const UNROLLED = 8;

/** A pass that multiplies every double by the one at address 0, eight registers at a time. */
function floorPass(bytes: number): () => void {
  const steps = Array.from({ length: UNROLLED }, (_, step) =>
    store(get(0), multiply(load(get(0), 16 * step), get(2)), 16 * step),
  ).flat();
  const body = [
    ...set(2, load(i32(0))),
    ...whileTrue(lessThan(get(0), get(1)), [...steps, ...set(0, addI32(get(0), i32(16 * UNROLLED)))]),
  ];
  const pass = { name: "pass", parameters: ["i32", "i32"], locals: ["v128"], result: undefined, body } as const;
  const pages = 1 + Math.ceil(bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 4_097, shared: true });
  new Float64Array(memory.buffer).fill(1);
  const module = new WebAssembly.Module(assemble([pass], 4_097));
  const run = new WebAssembly.Instance(module, { state: { memory } }).exports.pass as (
    from: number,
    to: number,
  ) => void;
  return () => run(AMPLITUDES_AT, AMPLITUDES_AT + bytes);
}

/** A unitary without a zero, as four random numbers on the 3-sphere give it. */
function randomGate(): Matrix2 {
  const [a, b, c, d] = [chance.gaussian(), chance.gaussian(), chance.gaussian(), chance.gaussian()];
  const norm = Math.sqrt(a * a + b * b + c * c + d * d);
  return [a / norm, b / norm, -c / norm, d / norm, c / norm, d / norm, a / norm, -b / norm];
}

const gates = Array.from({ length: 512 }, randomGate);
const draws = Array.from({ length: 512 }, () => chance.uniform());

/** Random one-qubit gates on random qubits, applied when `settle` says so at the latest. */
function circuit(size: number, options: StateVectorOptions, count: number): () => void {
  const state = new StateVector(size, options);
  for (let position = 0; position < size; position += 1) state.apply(position, gates[position] as Matrix2);
  let next = 0;
  return () => {
    for (let gate = 0; gate < count; gate += 1) {
      const place = next & 511;
      state.apply(Math.floor((draws[place] as number) * size), gates[place] as Matrix2);
      next += 1;
    }
    state.settle();
  };
}

function bestNs(runs: readonly (() => void)[]): readonly number[] {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [place, run] of runs.entries()) {
      const began = process.hrtime.bigint();
      run();
      best[place] = Math.min(best[place] as number, Number(process.hrtime.bigint() - began));
    }
  }
  return best;
}

for (const size of [10, 20, 24]) {
  const count = size === 10 ? 20_000 : size * 2;
  const floor = floorPass(16 << size);
  const passes = () => {
    for (let pass = 0; pass < count; pass += 1) floor();
  };
  const modes: readonly [string, StateVectorOptions][] = [
    ["unfused, one thread", {}],
    ["unfused, all cores", { severalThreads: true }],
    ["fused, one thread", { fusion: true }],
    ["fused, all cores", { fusion: true, severalThreads: true }],
  ];
  const measured = size === 10 ? modes.slice(0, 1) : modes;
  const [floorNs, ...ours] = bestNs([passes, ...measured.map(([, options]) => circuit(size, options, count))]);
  const perPass = (floorNs as number) / count;
  process.stdout.write(`${size} qubits: floor ${(perPass / 1000).toFixed(2)} µs\n`);
  for (const [place, [name]] of measured.entries()) {
    const ns = (ours[place] as number) / count;
    const share = ((100 * perPass) / ns).toFixed(0);
    process.stdout.write(`  ${name}: ${(ns / 1000).toFixed(2)} µs, ${(1e9 / ns).toFixed(0)} gates/s, `);
    process.stdout.write(`${share} % of the floor\n`);
  }
}
