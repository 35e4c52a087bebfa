import { requireLength } from "./gate-check.ts";
import { type Entries, widened } from "./one-qubit-blocks.ts";
import { OPERAND_TOLERANCE, OperandError } from "./operand-error.ts";

/**
 * A quantum channel on one or two qubits, ρ → Σ KρK†, for any number of Kraus operators K.
 * It is kept as one matrix Σ K ⊗ K* on the entries of a block, without the entries that are 0, so that applying it
 * costs one pass over ρ however many operators there are (Nielsen & Chuang 2010, §8.2.3).
 */
export class Channel {
  /** How many qubits it acts on. */
  readonly qubits: 1 | 2;
  /** Entries of the result, row by row: entry e is the sum over `starts[e]` ≤ i < `starts[e + 1]`. */
  readonly starts: Int32Array;
  readonly sources: Int32Array;
  readonly real: Float64Array;
  readonly imaginary: Float64Array;

  /**
   * @param operators flat 2×2 or 4×4 matrices of real and imaginary parts, row by row; the first qubit of two is the
   * more significant one
   * @throws OperandError when there is none, one has another size, or ΣK†K misses the identity by more than 10⁻⁹.
   */
  constructor(operators: readonly (readonly number[])[]) {
    const dimension = dimensionOf(operators);
    requireComplete(operators, dimension);
    this.qubits = dimension === 2 ? 1 : 2;
    const entries = dimension * dimension;
    const full = superoperator(operators, dimension);
    const starts = [0];
    const sources: number[] = [];
    for (let to = 0; to < entries; to += 1) {
      for (let from = 0; from < entries; from += 1) {
        const at = to * entries + from;
        if (full.real[at] !== 0 || full.imaginary[at] !== 0) sources.push(at);
      }
      starts.push(sources.length);
    }
    this.starts = Int32Array.from(starts);
    this.sources = Int32Array.from(sources, (at) => at % entries);
    this.real = Float64Array.from(sources, (at) => full.real[at] as number);
    this.imaginary = Float64Array.from(sources, (at) => full.imaginary[at] as number);
  }
}

// One block before and after. Kept between calls, so that a channel need not allocate.
const beforeReal = new Float64Array(16);
const beforeImaginary = new Float64Array(16);
const offsets = new Int32Array(4);

/**
 * Applies a channel of one qubit, or of two: blocks on and above the diagonal are computed, the others are mirrored.
 * @param masks the qubits' bits in the channel's order, all different
 */
export function applyChannel(entries: Entries, channel: Channel, masks: readonly number[]): void {
  const { dimension } = entries;
  const width = masks.length === 1 ? 2 : 4;
  const [first = 0, second = 0] = masks;
  const low = width === 2 ? first : Math.min(first, second);
  const high = Math.max(first, second);
  offsets[1] = width === 2 ? first : second;
  offsets[2] = first;
  offsets[3] = first | second;
  const blocks = dimension / width;
  for (let row = 0; row < blocks; row += 1) {
    const upper = width === 2 ? widened(row, low) : widened(widened(row, low), high);
    for (let column = row; column < blocks; column += 1) {
      const left = width === 2 ? widened(column, low) : widened(widened(column, low), high);
      loadBlock(entries, width, upper, left);
      mapBlock(entries, channel, width, upper, left);
    }
  }
}

function loadBlock({ dimension, real, imaginary }: Entries, width: number, upper: number, left: number): void {
  for (let row = 0; row < width; row += 1) {
    const from = (upper + (offsets[row] as number)) * dimension + left;
    for (let column = 0; column < width; column += 1) {
      beforeReal[width * row + column] = real[from + (offsets[column] as number)] as number;
      beforeImaginary[width * row + column] = imaginary[from + (offsets[column] as number)] as number;
    }
  }
}

function mapBlock(
  { dimension, real, imaginary }: Entries,
  channel: Channel,
  width: number,
  upper: number,
  left: number,
): void {
  const { starts, sources, real: channelReal, imaginary: channelImaginary } = channel;
  let at = 0;
  for (let row = 0; row < width; row += 1) {
    const toRow = upper + (offsets[row] as number);
    for (let column = 0; column < width; column += 1) {
      const toColumn = left + (offsets[column] as number);
      const end = starts[width * row + column + 1] as number;
      let sumReal = 0;
      let sumImaginary = 0;
      for (; at < end; at += 1) {
        const source = sources[at] as number;
        const fromReal = beforeReal[source] as number;
        const fromImaginary = beforeImaginary[source] as number;
        const re = channelReal[at] as number;
        const im = channelImaginary[at] as number;
        sumReal += re * fromReal - im * fromImaginary;
        sumImaginary += re * fromImaginary + im * fromReal;
      }
      real[toRow * dimension + toColumn] = sumReal;
      imaginary[toRow * dimension + toColumn] = sumImaginary;
      if (left === upper) continue;
      real[toColumn * dimension + toRow] = sumReal;
      imaginary[toColumn * dimension + toRow] = -sumImaginary;
    }
  }
}

function dimensionOf(operators: readonly (readonly number[])[]): 2 | 4 {
  const [first] = operators;
  if (!first) throw new OperandError("wrong-size", "the number of operators", 0, "a channel has at least one operator");
  const dimension = first.length === 8 ? 2 : 4;
  for (const [place, operator] of operators.entries()) requireLength(`operators[${place}]`, operator, dimension);
  return dimension;
}

/** Refuses operators whose ΣK†K is not the identity: probability would be made or lost. */
function requireComplete(operators: readonly (readonly number[])[], dimension: number): void {
  for (let row = 0; row < dimension; row += 1) {
    for (let column = row; column < dimension; column += 1) {
      let real = row === column ? -1 : 0;
      let imaginary = 0;
      for (const operator of operators) {
        for (let each = 0; each < dimension; each += 1) {
          const left = 2 * (each * dimension + row);
          const right = 2 * (each * dimension + column);
          const leftReal = operator[left] as number;
          const leftImaginary = operator[left + 1] as number;
          const rightReal = operator[right] as number;
          const rightImaginary = operator[right + 1] as number;
          real += leftReal * rightReal + leftImaginary * rightImaginary;
          imaginary += leftReal * rightImaginary - leftImaginary * rightReal;
        }
      }
      const missed = Math.abs(real) + Math.abs(imaginary);
      if (missed <= OPERAND_TOLERANCE) continue;
      const reason = Number.isNaN(missed) ? "not-a-number" : "not-complete";
      const entry = `the entry (${row}, ${column}) of ΣK†K − 1`;
      throw new OperandError(reason, entry, missed, "the operators of a channel are complete, ΣK†K is the identity");
    }
  }
}

/** Σ K ⊗ K*: row (r', c') and column (r, c) hold Σ K[r', r]·K[c', c]*. */
function superoperator(
  operators: readonly (readonly number[])[],
  dimension: number,
): { readonly real: Float64Array; readonly imaginary: Float64Array } {
  const entries = dimension * dimension;
  const real = new Float64Array(entries * entries);
  const imaginary = new Float64Array(entries * entries);
  for (let at = 0; at < real.length; at += 1) {
    const to = Math.floor(at / entries);
    const from = at % entries;
    const left = 2 * (Math.floor(to / dimension) * dimension + Math.floor(from / dimension));
    const right = 2 * ((to % dimension) * dimension + (from % dimension));
    for (const operator of operators) {
      const leftReal = operator[left] as number;
      const leftImaginary = operator[left + 1] as number;
      const rightReal = operator[right] as number;
      const rightImaginary = operator[right + 1] as number;
      real[at] = (real[at] as number) + leftReal * rightReal + leftImaginary * rightImaginary;
      imaginary[at] = (imaginary[at] as number) + leftImaginary * rightReal - leftReal * rightImaginary;
    }
  }
  return { real, imaginary };
}
