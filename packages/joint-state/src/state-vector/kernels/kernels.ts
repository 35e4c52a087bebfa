import {
  add,
  addI32,
  andI32,
  assemble,
  type Code,
  clear,
  get,
  i32,
  lessThan,
  load,
  multiply,
  set,
  store,
  subtract,
  subtractI32,
  sumOfLanes,
  swapLanes,
  type ValueType,
  type WasmFunction,
  whileTrue,
  zeros,
} from "./assembler.ts";

/**
 * The source of `kernels.wasm`: what is done to amplitudes, 16 bytes each, real part before imaginary part, one to a
 * SIMD register.
 *
 * Every kernel walks over *groups*: the numbers from `from` to `to`, counted in bytes, so that a group is 16. A group
 * becomes the address of its first amplitude when a 0 is inserted at the bit that `lowSpread` begins with, then at
 * the bit that `highSpread` begins with: g + (g AND spread) moves all bits of the spread up by one, and a spread of 0
 * inserts nothing. The amplitudes of the group stand at that address plus `offset0`, `offset1`, …: so a gate touches
 * the amplitudes of its qubits' bits, under a control only those where the control is 1, and no others.
 * `factors` is the address of complex factors, each as two registers: (re, re), (−im, im).
 */
const FROM = 0;
const TO = 1;
const LOW_SPREAD = 2;
const HIGH_SPREAD = 3;
const OFFSET = 4;
const FACTORS = 8;
const parameters: readonly ValueType[] = new Array<ValueType>(9).fill("i32");
/** A complex number, and a complex factor, take so many bytes. */
const AMPLITUDE_BYTES = 16;
const FACTOR_BYTES = 32;
/** The largest memory: one page of its own, and 2^24 amplitudes. */
const PAGES_MAX = 4097;

/**
 * Four groups that follow one another lie at fixed distances from the first, which depend on where the lowest 0 is
 * inserted: at bit 2 or above, nowhere near, they are neighbours. One address then serves all four, which matters:
 * a turn is bound by how many instructions a core takes in, not by its arithmetic. "single" is for the rest.
 */
const layouts = {
  single: [0],
  runs: [0, 16, 32, 48],
  bit0: [0, 32, 64, 96],
  bit1: [0, 16, 64, 80],
} as const;
type Layout = keyof typeof layouts;
const layoutNames = Object.keys(layouts) as readonly Layout[];

/** Gives numbers to locals after the parameters, and remembers their types. */
class Locals {
  readonly types: ValueType[] = [];

  add(type: ValueType): number {
    this.types.push(type);
    return parameters.length + this.types.length - 1;
  }

  /** A new local of every group's address plus offset number `index`, and the code that sets it. */
  pointer(base: number, index: number): { local: number; code: Code } {
    const local = this.add("i32");
    return { local, code: set(local, addI32(get(base), get(OFFSET + index))) };
  }

  /** Factor number `index` in two locals, and the code that loads it. */
  factor(index: number): { factor: Factor; code: Code } {
    const factor = { real: this.add("v128"), imaginary: this.add("v128") };
    const at = index * FACTOR_BYTES;
    const code = [
      ...set(factor.real, load(get(FACTORS), at)),
      ...set(factor.imaginary, load(get(FACTORS), at + AMPLITUDE_BYTES)),
    ];
    return { factor, code };
  }

  /** An amplitude and the same with its lanes swapped, and the code that loads both from a pointer. */
  amplitude(): { amplitude: Amplitude; from: (pointer: number, displacement: number) => Code } {
    const amplitude = { value: this.add("v128"), swapped: this.add("v128") };
    const from = (pointer: number, displacement: number) => [
      ...set(amplitude.value, load(get(pointer), displacement)),
      ...set(amplitude.swapped, swapLanes(get(amplitude.value))),
    ];
    return { amplitude, from };
  }
}

/** Locals of one complex factor: (re, re) and (−im, im). */
interface Factor {
  readonly real: number;
  readonly imaginary: number;
}

/** Locals of one amplitude: (re, im) and (im, re). */
interface Amplitude {
  readonly value: number;
  readonly swapped: number;
}

/** Factor · amplitude: (re·a + (−im)·b, re·b + im·a) for the amplitude a + ib. */
function times(factor: Factor, amplitude: Amplitude): Code {
  return add(multiply(get(amplitude.value), get(factor.real)), multiply(get(amplitude.swapped), get(factor.imaginary)));
}

/** The body at every group's address, as many groups at a time as the layout has. */
function forEachGroup(layout: Layout, base: number, body: Code): Code {
  return whileTrue(lessThan(get(FROM), get(TO)), [
    ...set(base, addI32(get(FROM), andI32(get(FROM), get(LOW_SPREAD)))),
    ...set(base, addI32(get(base), andI32(get(base), get(HIGH_SPREAD)))),
    ...body,
    ...set(FROM, addI32(get(FROM), i32(AMPLITUDE_BYTES * layouts[layout].length))),
  ]);
}

/** Two amplitudes a0, a1, at offsets 0 and 1, become f0·a0 + f1·a1 and f2·a0 + f3·a1. */
function turn(layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const [first, second] = [locals.pointer(base, 0), locals.pointer(base, 1)];
  const [a0, a1] = [locals.amplitude(), locals.amplitude()];
  const [f0, f1, f2, f3] = [locals.factor(0), locals.factor(1), locals.factor(2), locals.factor(3)];
  const sum = (left: Factor, right: Factor) => add(times(left, a0.amplitude), times(right, a1.amplitude));
  const body = [
    ...[f0, f1, f2, f3].flatMap(({ code }) => code),
    ...forEachGroup(layout, base, [
      ...first.code,
      ...second.code,
      ...layouts[layout].flatMap((displacement) => [
        ...a0.from(first.local, displacement),
        ...a1.from(second.local, displacement),
        ...store(get(first.local), sum(f0.factor, f1.factor), displacement),
        ...store(get(second.local), sum(f2.factor, f3.factor), displacement),
      ]),
    ]),
  ];
  return { name: `turn.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/**
 * Two amplitudes a0, a1, at offsets 0 and 1, become a0 + f1·w and f1·a0 − w (by the first entry), or f1·a0 + w and
 * a0 − f1·w (by the second), where w = f0·a1 and f1 is real: half of what a turn by a complex matrix has to multiply.
 */
function turnByRatio(entry: "First" | "Second", layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const [first, second] = [locals.pointer(base, 0), locals.pointer(base, 1)];
  const [a0, a1, turned] = [locals.add("v128"), locals.amplitude(), locals.add("v128")];
  const [f0, f1] = [locals.factor(0), locals.factor(1)];
  const shrunk = (value: number) => multiply(get(value), get(f1.factor.real));
  const [upper, lower] =
    entry === "First"
      ? [add(get(a0), shrunk(turned)), subtract(shrunk(a0), get(turned))]
      : [add(shrunk(a0), get(turned)), subtract(get(a0), shrunk(turned))];
  const body = [
    ...f0.code,
    ...f1.code,
    ...forEachGroup(layout, base, [
      ...first.code,
      ...second.code,
      ...layouts[layout].flatMap((displacement) => [
        ...a1.from(second.local, displacement),
        ...set(turned, times(f0.factor, a1.amplitude)),
        ...set(a0, load(get(first.local), displacement)),
        ...store(get(first.local), upper, displacement),
        ...store(get(second.local), lower, displacement),
      ]),
    ]),
  ];
  return { name: `turnBy${entry}.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/** Four amplitudes, at offsets 0 to 3, become the product of the 4×4 matrix of factors, row by row, with them. */
function turnFour(): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const places = [0, 1, 2, 3].map((index) => ({ pointer: locals.pointer(base, index), loaded: locals.amplitude() }));
  const term = (row: number, column: number): Code => {
    const { value, swapped } = (places[column] as (typeof places)[0]).loaded.amplitude;
    const at = (4 * row + column) * FACTOR_BYTES;
    return add(
      multiply(get(value), load(get(FACTORS), at)),
      multiply(get(swapped), load(get(FACTORS), at + AMPLITUDE_BYTES)),
    );
  };
  const body = forEachGroup("single", base, [
    ...places.flatMap(({ pointer, loaded }) => [...pointer.code, ...loaded.from(pointer.local, 0)]),
    ...places.flatMap(({ pointer }, row) =>
      store(get(pointer.local), add(add(term(row, 0), term(row, 1)), add(term(row, 2), term(row, 3)))),
    ),
  ]);
  return { name: "turnFour.single", parameters, locals: locals.types, result: undefined, body };
}

/** Two amplitudes a0, a1, at offsets 0 and 1, become f0·a1 and f1·a0. */
function exchange(layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const [first, second] = [locals.pointer(base, 0), locals.pointer(base, 1)];
  const [a0, a1] = [locals.amplitude(), locals.amplitude()];
  const [f0, f1] = [locals.factor(0), locals.factor(1)];
  const body = [
    ...f0.code,
    ...f1.code,
    ...forEachGroup(layout, base, [
      ...first.code,
      ...second.code,
      ...layouts[layout].flatMap((displacement) => [
        ...a0.from(first.local, displacement),
        ...a1.from(second.local, displacement),
        ...store(get(first.local), times(f0.factor, a1.amplitude), displacement),
        ...store(get(second.local), times(f1.factor, a0.amplitude), displacement),
      ]),
    ]),
  ];
  return { name: `exchange.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/** One amplitude a0, at offset 0, becomes f0·a0. */
function scale(layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const at = locals.pointer(base, 0);
  const a0 = locals.amplitude();
  const f0 = locals.factor(0);
  const body = [
    ...f0.code,
    ...forEachGroup(layout, base, [
      ...at.code,
      ...layouts[layout].flatMap((displacement) => [
        ...a0.from(at.local, displacement),
        ...store(get(at.local), times(f0.factor, a0.amplitude), displacement),
      ]),
    ]),
  ];
  return { name: `scale.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/**
 * The amplitude at the group's own number plus `offset1` becomes f0 · the one at its address plus `offset0`.
 * Groups go upwards, so a move to lower addresses may overlap.
 */
function move(layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const [source, destination] = [locals.pointer(base, 0), locals.pointer(FROM, 1)];
  const a0 = locals.amplitude();
  const f0 = locals.factor(0);
  const body = [
    ...f0.code,
    ...forEachGroup(layout, base, [
      ...source.code,
      ...destination.code,
      ...layouts[layout].flatMap((displacement, group) => [
        ...a0.from(source.local, displacement),
        ...store(get(destination.local), times(f0.factor, a0.amplitude), group * AMPLITUDE_BYTES),
      ]),
    ]),
  ];
  return { name: `move.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/**
 * Amplitudes at offset 0, all without gaps, are multiplied by factor 0, and each by its own of the factors that begin
 * at the address `offset1`.
 */
function phase(layout: "single" | "runs"): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const at = locals.pointer(base, 0);
  const table = locals.add("i32");
  const [a0, product] = [locals.amplitude(), locals.amplitude()];
  const f0 = locals.factor(0);
  const own = { real: locals.add("v128"), imaginary: locals.add("v128") };
  const body = [
    ...f0.code,
    ...forEachGroup(layout, base, [
      ...at.code,
      ...set(table, addI32(addI32(get(FROM), get(FROM)), get(OFFSET + 1))),
      ...layouts[layout].flatMap((displacement, group) => [
        ...a0.from(at.local, displacement),
        ...set(product.amplitude.value, times(f0.factor, a0.amplitude)),
        ...set(product.amplitude.swapped, swapLanes(get(product.amplitude.value))),
        ...set(own.real, load(get(table), group * FACTOR_BYTES)),
        ...set(own.imaginary, load(get(table), group * FACTOR_BYTES + AMPLITUDE_BYTES)),
        ...store(get(at.local), times(own, product.amplitude), displacement),
      ]),
    ]),
  ];
  return { name: `phase.${layout}`, parameters, locals: locals.types, result: undefined, body };
}

/** The sum of |a0|² of amplitudes at offset 0: every fourth on its own, then all together. */
function weigh(layout: Layout): WasmFunction {
  const locals = new Locals();
  const base = locals.add("i32");
  const at = locals.pointer(base, 0);
  const a0 = locals.add("v128");
  const sums = layouts[layout].map(() => locals.add("v128"));
  const [total, ...others] = sums as [number, ...number[]];
  const body = [
    ...sums.flatMap((sum) => set(sum, zeros())),
    ...forEachGroup(layout, base, [
      ...at.code,
      ...layouts[layout].flatMap((displacement, group) => [
        ...set(a0, load(get(at.local), displacement)),
        ...set(sums[group] as number, add(get(sums[group] as number), multiply(get(a0), get(a0)))),
      ]),
    ]),
    ...others.flatMap((other) => set(total, add(get(total), get(other)))),
    ...sumOfLanes(total),
  ];
  return { name: `weigh.${layout}`, parameters, locals: locals.types, result: "f64", body };
}

/** The bytes from `from` to `to`, which are addresses here, become zero. */
function wipe(): WasmFunction {
  const body = clear(get(FROM), subtractI32(get(TO), get(FROM)));
  return { name: "wipe.single", parameters, locals: [], result: undefined, body };
}

/** The module, byte for byte as it stands in `kernels.wasm`. */
export function assembledKernels(): Uint8Array<ArrayBuffer> {
  const turnByFirst = (layout: Layout) => turnByRatio("First", layout);
  const turnBySecond = (layout: Layout) => turnByRatio("Second", layout);
  const everyLayout = [turn, turnByFirst, turnBySecond, exchange, scale, move, weigh].flatMap((kernel) =>
    layoutNames.map(kernel),
  );
  return assemble([...everyLayout, phase("single"), phase("runs"), turnFour(), wipe()], PAGES_MAX);
}
