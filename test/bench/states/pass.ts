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
} from "../../../packages/joint-state/src/state-vector/kernels/assembler.ts";
import type { Work } from "./figure.ts";

const PAGE_BYTES = 65_536;
const PAGES_MAX = 4_097;
/** Where the bytes begin; before them stands the factor. */
const BYTES_AT = 1024;
const VECTOR_BYTES = 16;
const UNROLLED = 8;
/** Less than this is done sooner without a call into WebAssembly. */
const SMALL_BYTES = 512;

/**
 * The floor: passes in place over so many bytes by one thread, as fast as this machine does it. Every double is read,
 * multiplied and written; two at a time from half a kilobyte on, eight vectors to a turn.
 */
export function passes(bytes: number): Work {
  const pass = bytes < SMALL_BYTES ? scalarPass(bytes) : vectorPass(bytes);
  return (times) => {
    for (let time = 0; time < times; time += 1) pass();
  };
}

function scalarPass(bytes: number): () => void {
  const numbers = new Float64Array(bytes >> 3).fill(1);
  const { length } = numbers;
  return () => {
    for (let at = 0; at < length; at += 1) numbers[at] = (numbers[at] as number) * 1.000_000_000_1;
  };
}

function vectorPass(bytes: number): () => void {
  const turnBytes = VECTOR_BYTES * UNROLLED;
  const whole = Math.ceil(bytes / turnBytes) * turnBytes;
  const steps = Array.from({ length: UNROLLED }, (_, step) =>
    store(get(0), multiply(load(get(0), VECTOR_BYTES * step), get(2)), VECTOR_BYTES * step),
  ).flat();
  const body = [
    ...set(2, load(i32(0))),
    ...whileTrue(lessThan(get(0), get(1)), [...steps, ...set(0, addI32(get(0), i32(turnBytes)))]),
  ];
  const kernel = { name: "pass", parameters: ["i32", "i32"], locals: ["v128"], result: undefined, body } as const;
  const initial = Math.ceil((BYTES_AT + whole) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial, maximum: PAGES_MAX, shared: true });
  new Float64Array(memory.buffer).fill(1);
  const module = new WebAssembly.Module(assemble([kernel], PAGES_MAX));
  const { pass } = new WebAssembly.Instance(module, { state: { memory } }).exports;
  return () => (pass as (from: number, to: number) => void)(BYTES_AT, BYTES_AT + whole);
}
