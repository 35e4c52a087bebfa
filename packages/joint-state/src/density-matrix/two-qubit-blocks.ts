import type { Matrix4 } from "../unitary.ts";
import { type Entries, widened } from "./one-qubit-blocks.ts";

// One 4×4 block and a half-transformed one. Kept between calls, so that a gate need not allocate.
const blockReal = new Float64Array(16);
const blockImaginary = new Float64Array(16);
const halfReal = new Float64Array(16);
const halfImaginary = new Float64Array(16);
const offsets = new Int32Array(4);
// The entries of the gate that are not 0, row by row: a gate such as a controlled rotation has few.
const starts = new Int32Array(5);
const columns = new Int32Array(16);
const gateReal = new Float64Array(16);
const gateImaginary = new Float64Array(16);

/**
 * ρ → UρU† with U acting on two qubits, the first the more significant one of U. Only 4×4 blocks on and above the
 * diagonal are computed, the others are mirrored.
 * @param firstMask the first qubit's bit, which is not `secondMask`
 */
export function turnPair(entries: Entries, firstMask: number, secondMask: number, unitary: Matrix4): void {
  const { dimension } = entries;
  takeGate(unitary);
  takeOffsets(firstMask, secondMask);
  const low = Math.min(firstMask, secondMask);
  const high = Math.max(firstMask, secondMask);
  const quarter = dimension >> 2;
  for (let row = 0; row < quarter; row += 1) {
    const upper = widened(widened(row, low), high);
    for (let column = row; column < quarter; column += 1) {
      const left = widened(widened(column, low), high);
      loadBlock(entries, upper, left);
      turnBlock();
      storeBlock(entries, upper, left);
    }
  }
}

/** (1 − p)ρ + p·Tr(ρ) ⊗ I/4 on two qubits. */
export function depolarisePair(entries: Entries, firstMask: number, secondMask: number, probability: number): void {
  const { dimension, real, imaginary } = entries;
  takeOffsets(firstMask, secondMask);
  const both = firstMask | secondMask;
  const low = Math.min(firstMask, secondMask);
  const high = Math.max(firstMask, secondMask);
  const diagonal = dimension + 1;
  const one = (offsets[1] as number) * diagonal;
  const two = (offsets[2] as number) * diagonal;
  const three = both * diagonal;
  const kept = 1 - probability;
  const share = probability / 4;
  const quarter = dimension >> 2;
  for (let row = 0; row < quarter; row += 1) {
    const upper = widened(widened(row, low), high);
    for (let column = 0; column < quarter; column += 1) {
      const left = widened(widened(column, low), high);
      const corner = upper * dimension + left;
      const traceReal =
        (real[corner] as number) +
        (real[corner + one] as number) +
        (real[corner + two] as number) +
        (real[corner + three] as number);
      const traceImaginary =
        (imaginary[corner] as number) +
        (imaginary[corner + one] as number) +
        (imaginary[corner + two] as number) +
        (imaginary[corner + three] as number);
      scaleBlock(entries, corner, kept);
      addToDiagonal(real, corner, one, two, three, share * traceReal);
      addToDiagonal(imaginary, corner, one, two, three, share * traceImaginary);
    }
  }
}

/** Flips the target where the control is 1, in rows and in columns: entries are exchanged, nothing is computed. */
export function flipControlled({ dimension, real, imaginary }: Entries, control: number, target: number): void {
  for (let row = 0; row < dimension; row += 1) {
    const toRow = (row & control) === 0 ? row : row ^ target;
    if (toRow < row) continue;
    for (let column = 0; column < dimension; column += 1) {
      const toColumn = (column & control) === 0 ? column : column ^ target;
      if (toRow === row && toColumn <= column) continue;
      const from = row * dimension + column;
      const to = toRow * dimension + toColumn;
      const keptReal = real[from] as number;
      const keptImaginary = imaginary[from] as number;
      real[from] = real[to] as number;
      imaginary[from] = imaginary[to] as number;
      real[to] = keptReal;
      imaginary[to] = keptImaginary;
    }
  }
}

/** Changes the sign of every entry whose row or column, but not both, has both qubits 1. */
export function signControlled({ dimension, real, imaginary }: Entries, both: number): void {
  for (let row = 0; row < dimension; row += 1) {
    const rowHasBoth = (row & both) === both;
    for (let column = 0; column < dimension; column += 1) {
      if (((column & both) === both) === rowHasBoth) continue;
      const entry = row * dimension + column;
      real[entry] = -(real[entry] as number);
      imaginary[entry] = -(imaginary[entry] as number);
    }
  }
}

/** Where the four basis states of a pair stand, seen from |00⟩, in the order 00, 01, 10, 11. */
function takeOffsets(firstMask: number, secondMask: number): void {
  offsets[1] = secondMask;
  offsets[2] = firstMask;
  offsets[3] = firstMask | secondMask;
}

/** Takes the gate's entries that are not 0. */
function takeGate(unitary: Matrix4): void {
  let nonzero = 0;
  for (let entry = 0; entry < 16; entry += 1) {
    const re = unitary[2 * entry] as number;
    const im = unitary[2 * entry + 1] as number;
    if (re !== 0 || im !== 0) {
      columns[nonzero] = entry & 3;
      gateReal[nonzero] = re;
      gateImaginary[nonzero] = im;
      nonzero += 1;
    }
    starts[(entry >> 2) + 1] = nonzero;
  }
}

function loadBlock({ dimension, real, imaginary }: Entries, upper: number, left: number): void {
  for (let row = 0; row < 4; row += 1) {
    const from = (upper + (offsets[row] as number)) * dimension + left;
    for (let column = 0; column < 4; column += 1) {
      const entry = from + (offsets[column] as number);
      blockReal[4 * row + column] = real[entry] as number;
      blockImaginary[4 * row + column] = imaginary[entry] as number;
    }
  }
}

/** The block's rows by U, then its columns by U's conjugate. */
function turnBlock(): void {
  for (let row = 0; row < 4; row += 1) {
    const end = starts[row + 1] as number;
    for (let column = 0; column < 4; column += 1) {
      let sumReal = 0;
      let sumImaginary = 0;
      for (let each = starts[row] as number; each < end; each += 1) {
        const from = 4 * (columns[each] as number) + column;
        const re = gateReal[each] as number;
        const im = gateImaginary[each] as number;
        const fromReal = blockReal[from] as number;
        const fromImaginary = blockImaginary[from] as number;
        sumReal += re * fromReal - im * fromImaginary;
        sumImaginary += re * fromImaginary + im * fromReal;
      }
      halfReal[4 * row + column] = sumReal;
      halfImaginary[4 * row + column] = sumImaginary;
    }
  }
  for (let column = 0; column < 4; column += 1) {
    const end = starts[column + 1] as number;
    for (let row = 0; row < 16; row += 4) {
      let sumReal = 0;
      let sumImaginary = 0;
      for (let each = starts[column] as number; each < end; each += 1) {
        const from = row + (columns[each] as number);
        const re = gateReal[each] as number;
        const im = gateImaginary[each] as number;
        const fromReal = halfReal[from] as number;
        const fromImaginary = halfImaginary[from] as number;
        sumReal += re * fromReal + im * fromImaginary;
        sumImaginary += re * fromImaginary - im * fromReal;
      }
      blockReal[row + column] = sumReal;
      blockImaginary[row + column] = sumImaginary;
    }
  }
}

/** Writes the block, and its adjoint at the mirrored place. */
function storeBlock({ dimension, real, imaginary }: Entries, upper: number, left: number): void {
  for (let row = 0; row < 4; row += 1) {
    const atRow = upper + (offsets[row] as number);
    for (let column = 0; column < 4; column += 1) {
      const atColumn = left + (offsets[column] as number);
      const re = blockReal[4 * row + column] as number;
      const im = blockImaginary[4 * row + column] as number;
      real[atRow * dimension + atColumn] = re;
      imaginary[atRow * dimension + atColumn] = im;
      if (left === upper) continue;
      real[atColumn * dimension + atRow] = re;
      imaginary[atColumn * dimension + atRow] = -im;
    }
  }
}

function scaleBlock({ dimension, real, imaginary }: Entries, corner: number, factor: number): void {
  for (let row = 0; row < 4; row += 1) {
    const from = corner + (offsets[row] as number) * dimension;
    for (let column = 0; column < 4; column += 1) {
      const entry = from + (offsets[column] as number);
      real[entry] = (real[entry] as number) * factor;
      imaginary[entry] = (imaginary[entry] as number) * factor;
    }
  }
}

function addToDiagonal(
  values: Float64Array,
  corner: number,
  one: number,
  two: number,
  three: number,
  share: number,
): void {
  values[corner] = (values[corner] as number) + share;
  values[corner + one] = (values[corner + one] as number) + share;
  values[corner + two] = (values[corner + two] as number) + share;
  values[corner + three] = (values[corner + three] as number) + share;
}
