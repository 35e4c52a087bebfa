/**
 * n pairs of Pauli strings on n qubits, bit-packed by columns: a gate on a qubit is a pass over that qubit's columns.
 *
 * A row is i^p · ∏_j X_j^{x_j} Z_j^{z_j}. In this form a controlled gate needs no phase or one AND, and a product of
 * rows one parity: Z^z X^x = (−1)^{zx} X^x Z^z. Pair r is the stabilizer r and its destabilizer (Aaronson & Gottesman
 * 2004).
 * Of a column, word 2w holds stabilizers 32w … 32w + 31 and word 2w + 1 their destabilizers, so that pairs can be
 * added without moving others. Phases of destabilizers are not kept: nothing asks for them.
 * Bits of rows that do not exist are 0.
 */
export class PauliRows {
  /** n: qubits, and pairs of rows. */
  size = 0;
  /** Words of a column that are in use: twice the words that n bits need. */
  words = 0;
  /** Words from one column to the next. The x column of qubit j begins at 2·j·stride, its z column one stride on. */
  stride = 0;
  bits: Int32Array = new Int32Array(0);
  /** The low and the high bit of each row's p. */
  low: Int32Array = new Int32Array(0);
  high: Int32Array = new Int32Array(0);
  /** Rows that an operation is about to change; room for one column, kept so that a measurement allocates nothing. */
  mask: Int32Array = new Int32Array(0);
  /** Room for one column of parities. */
  parity: Int32Array = new Int32Array(0);

  /** All rows are the identity. */
  constructor(size: number) {
    this.reserve(size);
    this.size = size;
    this.words = wordsOf(size);
  }

  /** Makes room for this many qubits, of which the old ones stay as they are. */
  reserve(size: number): void {
    const columns = 2 * this.stride === 0 ? 0 : this.bits.length / (2 * this.stride);
    if (size <= columns) return;
    const room = Math.max(size, 2 * columns);
    const stride = wordsOf(room);
    const bits = new Int32Array(2 * room * stride);
    for (let column = 0; column < 2 * this.size; column += 1) {
      const from = column * this.stride;
      bits.set(this.bits.subarray(from, from + this.words), column * stride);
    }
    this.bits = bits;
    this.low = widened(this.low, stride);
    this.high = widened(this.high, stride);
    this.mask = new Int32Array(stride);
    this.parity = new Int32Array(stride);
    this.stride = stride;
  }

  /** Adds pairs of rows and qubits; the new rows are the identity, and all rows are so on the new qubits. */
  grow(extra: number): void {
    this.reserve(this.size + extra);
    this.size += extra;
    this.words = wordsOf(this.size);
  }

  /** Whether X (with `z` 0) or Z (with `z` 1) of a qubit is in a row. */
  bit(qubit: number, z: 0 | 1, word: number, place: number): 0 | 1 {
    return (((this.bits[(2 * qubit + z) * this.stride + word] as number) >>> place) & 1) as 0 | 1;
  }

  /** The first stabilizer in a column of bits; −1 when there is none. */
  first(column: Int32Array): number {
    for (let word = 0; word < this.words; word += 2) {
      const value = column[word] as number;
      if (value !== 0) return 16 * word + lowest(value);
    }
    return -1;
  }

  /**
   * Multiplies every row of a mask by one row, which is not in the mask.
   * @param mask a column of bits
   * @param word where the factor stands: word 2w for a stabilizer, 2w + 1 for a destabilizer
   */
  multiply(mask: Int32Array, word: number, place: number): void {
    const [from, to] = extent(mask, this.words);
    if (from === to) return;
    const { bits, stride, parity } = this;
    parity.fill(0, from, to);
    for (let x = 0; x < 2 * this.size * stride; x += 2 * stride) {
      const z = x + stride;
      const zInFactor = ((bits[z + word] as number) >>> place) & 1;
      if (((bits[x + word] as number) >>> place) & 1) {
        for (let at = from; at < to; at += 1) {
          const rows = mask[at] as number;
          parity[at] = (parity[at] as number) ^ ((bits[z + at] as number) & rows);
          bits[x + at] = (bits[x + at] as number) ^ rows;
        }
      }
      if (zInFactor) {
        for (let at = from; at < to; at += 1) bits[z + at] = (bits[z + at] as number) ^ (mask[at] as number);
      }
    }
    this.#addPhases(mask, from, to, -(((this.low[word] as number) >>> place) & 1), this.#sign(word, place));
  }

  /** Makes a row the identity. */
  clear(word: number, place: number): void {
    const kept = ~(1 << place);
    for (let at = word; at < 2 * this.size * this.stride; at += this.stride) {
      this.bits[at] = (this.bits[at] as number) & kept;
    }
    this.low[word] = (this.low[word] as number) & kept;
    this.high[word] = (this.high[word] as number) & kept;
  }

  /** Makes the destabilizer of a pair equal to its stabilizer, but for the phase. */
  stabilizerToDestabilizer(row: number): void {
    const word = wordOf(row);
    const place = row & 31;
    const bit = 1 << place;
    for (let at = word; at < 2 * this.size * this.stride; at += this.stride) {
      const rest = (this.bits[at + 1] as number) & ~bit;
      this.bits[at + 1] = rest | ((this.bits[at] as number) & bit);
    }
  }

  /** Multiplies the destabilizer of a pair by those of the stabilizers in a mask, which has not its own. */
  gatherDestabilizers(row: number, stabilizers: Int32Array): void {
    const target = wordOf(row) + 1;
    const place = row & 31;
    for (let column = 0; column < 2 * this.size * this.stride; column += this.stride) {
      let sum = 0;
      for (let word = 0; word < this.words; word += 2) {
        sum ^= (this.bits[column + word + 1] as number) & (stabilizers[word] as number);
      }
      this.bits[column + target] = (this.bits[column + target] as number) ^ (parityOf(sum) << place);
    }
  }

  /**
   * The p of the product of some stabilizers, in the order of the rows.
   * Of Z^z X^x pairs out of order, one bit each: a stabilizer's x meets the parity of the z of those before it, which a
   * prefix sum over bits finds for 32 rows at a time.
   * @param destabilizers a column of bits: the stabilizers are those whose destabilizers are in it
   */
  phaseOfProduct(destabilizers: Int32Array): number {
    const { bits, stride, words } = this;
    let phase = 0;
    let swaps = 0;
    for (let word = 0; word < words; word += 2) {
      const rows = destabilizers[word + 1] as number;
      phase += ones((this.low[word] as number) & rows) + 2 * ones((this.high[word] as number) & rows);
    }
    const [from, to] = extent(destabilizers, words);
    const firstWord = from & ~1;
    for (let x = 0; x < 2 * this.size * stride; x += 2 * stride) {
      let before = 0;
      for (let word = firstWord; word < to; word += 2) {
        const rows = destabilizers[word + 1] as number;
        const z = (bits[x + stride + word] as number) & rows;
        const sum = prefixParities(z);
        swaps ^= (bits[x + word] as number) & rows & (sum ^ z ^ before);
        before ^= sum >> 31;
      }
    }
    return (phase + 2 * parityOf(swaps)) & 3;
  }

  /** Takes a qubit and a pair of rows out; the last qubit and the last pair take their places. */
  remove(qubit: number, row: number): void {
    const last = this.size - 1;
    const { bits, stride } = this;
    bits.copyWithin(2 * qubit * stride, 2 * last * stride, 2 * (last + 1) * stride);
    bits.fill(0, 2 * last * stride, 2 * (last + 1) * stride);
    for (let column = 0; column < 2 * last * stride; column += stride) {
      moveBit(bits, column + wordOf(last), last & 31, column + wordOf(row), row & 31);
      moveBit(bits, column + wordOf(last) + 1, last & 31, column + wordOf(row) + 1, row & 31);
    }
    moveBit(this.low, wordOf(last), last & 31, wordOf(row), row & 31);
    moveBit(this.high, wordOf(last), last & 31, wordOf(row), row & 31);
    moveBit(this.low, wordOf(last) + 1, last & 31, wordOf(row) + 1, row & 31);
    moveBit(this.high, wordOf(last) + 1, last & 31, wordOf(row) + 1, row & 31);
    this.size = last;
    this.words = wordsOf(last);
  }

  /** The rows and qubits of both, one after the other; each row is the identity on the other's qubits. */
  append(other: PauliRows): void {
    const offset = this.size;
    const added = other.size;
    const wordsAdded = other.words;
    this.grow(added);
    for (let column = 0; column < 2 * added; column += 1) {
      orShifted(this.bits, (2 * offset + column) * this.stride, other.bits, column * other.stride, wordsAdded, offset);
    }
    orShifted(this.low, 0, other.low, 0, wordsAdded, offset);
    orShifted(this.high, 0, other.high, 0, wordsAdded, offset);
  }

  /** A copy of some pairs of rows, as many as qubits, restricted to these qubits. */
  part(rows: readonly number[], qubits: readonly number[]): PauliRows {
    const part = new PauliRows(qubits.length);
    for (const [to, from] of rows.entries()) {
      for (let half = 0; half < 2; half += 1) {
        const source = wordOf(from) + half;
        const target = wordOf(to) + half;
        for (const [qubit, old] of qubits.entries()) {
          copyBit(this.bits, 2 * old * this.stride + source, from, part.bits, 2 * qubit * part.stride + target, to);
          const z = (2 * old + 1) * this.stride + source;
          copyBit(this.bits, z, from, part.bits, (2 * qubit + 1) * part.stride + target, to);
        }
        copyBit(this.low, source, from, part.low, target, to);
        copyBit(this.high, source, from, part.high, target, to);
      }
    }
    return part;
  }

  /** A copy. */
  copy(): PauliRows {
    const copy = new PauliRows(0);
    copy.append(this);
    return copy;
  }

  /** All ones where the row's phase has a factor −1 beside its power of i. */
  #sign(word: number, place: number): number {
    return -(((this.high[word] as number) >>> place) & 1);
  }

  /** Adds a factor's phase and twice the parities to the phases of the rows of a mask. */
  #addPhases(mask: Int32Array, from: number, to: number, lowOfFactor: number, highOfFactor: number): void {
    const { low, high, parity } = this;
    for (let at = from; at < to; at += 1) {
      const rows = mask[at] as number;
      const carry = (low[at] as number) & rows & lowOfFactor;
      high[at] = (high[at] as number) ^ carry ^ (rows & highOfFactor) ^ (parity[at] as number);
      low[at] = (low[at] as number) ^ (rows & lowOfFactor);
    }
  }
}

/** Where the stabilizer of a pair stands in a column; its destabilizer is in the next word. */
export function wordOf(row: number): number {
  return 2 * (row >>> 5);
}

/** The parity of a word's ones: 0 or 1. */
export function parityOf(word: number): 0 | 1 {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return ((0x6996 >>> (folded & 15)) & 1) as 0 | 1;
}

function wordsOf(size: number): number {
  return 2 * ((size + 31) >>> 5);
}

function widened(words: Int32Array, length: number): Int32Array {
  const wide = new Int32Array(length);
  wide.set(words);
  return wide;
}

/** The place of the lowest one of a word that is not 0. */
function lowest(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Bit k of the result is the parity of bits 0 … k. */
function prefixParities(word: number): number {
  let sum = word ^ (word << 1);
  sum ^= sum << 2;
  sum ^= sum << 4;
  sum ^= sum << 8;
  return sum ^ (sum << 16);
}

/** How many ones a word has (Warren, Hacker's Delight, §5-1). */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** From the first word of a column that is not 0 to after the last. */
function extent(column: Int32Array, words: number): [number, number] {
  let from = 0;
  let to = words;
  while (from < to && column[from] === 0) from += 1;
  while (to > from && column[to - 1] === 0) to -= 1;
  return [from, to];
}

/** Moves a bit and leaves 0 behind. */
function moveBit(words: Int32Array, from: number, fromPlace: number, to: number, toPlace: number): void {
  const bit = ((words[from] as number) >>> fromPlace) & 1;
  words[from] = (words[from] as number) & ~(1 << fromPlace);
  words[to] = ((words[to] as number) & ~(1 << toPlace)) | (from === to && fromPlace === toPlace ? 0 : bit << toPlace);
}

/** Copies the bit of one row to another row of the target, where it is 0; places are counted modulo 32. */
function copyBit(
  source: Int32Array,
  from: number,
  fromRow: number,
  target: Int32Array,
  to: number,
  toRow: number,
): void {
  const bit = ((source[from] as number) >>> fromRow) & 1;
  target[to] = (target[to] as number) | (bit << toRow);
}

/** Lays a column into another from this row on, where it is 0. Stabilizers and destabilizers alternate by words. */
function orShifted(
  target: Int32Array,
  to: number,
  source: Int32Array,
  from: number,
  words: number,
  rows: number,
): void {
  const base = to + wordOf(rows);
  const shift = rows & 31;
  for (let word = 0; word < words; word += 1) {
    const value = source[from + word] as number;
    if (value === 0) continue;
    target[base + word] = (target[base + word] as number) | (value << shift);
    const carried = shift === 0 ? 0 : value >>> (32 - shift);
    if (carried !== 0) target[base + word + 2] = (target[base + word + 2] as number) | carried;
  }
}
