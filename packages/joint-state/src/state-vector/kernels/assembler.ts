/**
 * A small assembler of WebAssembly with 128-bit SIMD: just the instructions that the kernels use, in the binary
 * encoding of the WebAssembly Core Specification 2.0, chapter 5. An expression is the bytes that leave its value on
 * the stack, so that `add(get(a), get(b))` reads as it computes. Relaxed SIMD has no place here: its results differ
 * between machines.
 */
export type Code = readonly number[];

/** The types of values that the kernels use. */
export type ValueType = "i32" | "f64" | "v128";

/** One function: its parameters are locals 0, 1, …; `locals` come after them. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly result: ValueType | undefined;
  readonly body: Code;
}

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };
const NO_VALUE = 0x40;
const END = 0x0b;
/** Loads and stores say that addresses are multiples of 2^4. */
const ALIGNMENT = 4;

/** The value of a local. */
export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

/** Gives a local a value. */
export function set(local: number, value: Code): Code {
  return [...value, 0x21, ...unsigned(local)];
}

/** A 32-bit constant. */
export function i32(value: number): Code {
  return [0x41, ...signed(value)];
}

/** a + b of 32-bit integers. */
export function addI32(a: Code, b: Code): Code {
  return [...a, ...b, 0x6a];
}

/** a − b of 32-bit integers. */
export function subtractI32(a: Code, b: Code): Code {
  return [...a, ...b, 0x6b];
}

/** The bits that both have. */
export function andI32(a: Code, b: Code): Code {
  return [...a, ...b, 0x71];
}

/** a < b of unsigned 32-bit integers. */
export function lessThan(a: Code, b: Code): Code {
  return [...a, ...b, 0x49];
}

/** The body, again and again while the condition holds; not once when it does not hold at first. */
export function whileTrue(condition: Code, body: Code): Code {
  const loop = [0x03, NO_VALUE, ...body, ...condition, 0x0d, 0x00, END];
  return [...condition, 0x04, NO_VALUE, ...loop, END];
}

/** The 16 bytes at an address. */
export function load(address: Code, offset = 0): Code {
  return [...address, ...simd(0x00), ALIGNMENT, ...unsigned(offset)];
}

/** Writes 16 bytes at an address. */
export function store(address: Code, value: Code, offset = 0): Code {
  return [...address, ...value, ...simd(0x0b), ALIGNMENT, ...unsigned(offset)];
}

/** Both lanes zero. */
export function zeros(): Code {
  return [...simd(0x0c), ...new Array<number>(16).fill(0)];
}

/** (a, b) → (b, a). */
export function swapLanes(value: Code): Code {
  return [...value, ...value, ...simd(0x0d), 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
}

/** a + b, lane by lane, of two pairs of doubles. */
export function add(a: Code, b: Code): Code {
  return [...a, ...b, ...simd(0xf0)];
}

/** a − b, lane by lane, of two pairs of doubles. */
export function subtract(a: Code, b: Code): Code {
  return [...a, ...b, ...simd(0xf1)];
}

/** a · b, lane by lane, of two pairs of doubles. */
export function multiply(a: Code, b: Code): Code {
  return [...a, ...b, ...simd(0xf2)];
}

/** The sum of both lanes, a double. */
export function sumOfLanes(local: number): Code {
  return [...get(local), ...simd(0x21), 0, ...get(local), ...simd(0x21), 1, 0xa0];
}

/** Fills bytes with zeros. */
export function clear(address: Code, bytes: Code): Code {
  return [...address, ...i32(0), ...bytes, 0xfc, ...unsigned(11), 0];
}

/**
 * A whole module: it imports `memory` from "state", shared and of at most this many pages, and exports the functions.
 */
export function assemble(functions: readonly WasmFunction[], pagesMax: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [valueTypes[type]])),
    ...vector(result ? [[valueTypes[result]]] : []),
  ]);
  const sharedMemory = [0x02, 0x03, ...unsigned(1), ...unsigned(pagesMax)];
  const imported = [...text("state"), ...text("memory"), ...sharedMemory];
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, valueTypes[type]])), ...body, END];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([imported])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return vector(Array.from(new TextEncoder().encode(value), (byte) => [byte]));
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

/** LEB128 of a whole number that is not negative. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a signed 32-bit number. */
function signed(value: number): Code {
  const rest = value >> 7;
  const last = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return last ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
