/** Strings up to this length are kept in the table. Their length fits one byte on the wire. */
export const SHORT_STRING = 64;
const TABLE_SHIFT = 20;
const TABLE_SIZE = 1 << (32 - TABLE_SHIFT);
/** Odd constants with well-spread bits, for multiplicative hashing (Knuth, TAOCP 6.4). */
const MIX_TAIL = 0x9e3779b1;
const MIX_REST = 0x85ebca77;

/**
 * The short ASCII strings written and read last, found by some of their bytes, so that a name which crosses the wire
 * many times is neither made nor taken apart anew each time. Only a cache: what is read is the same without it.
 */
export class StringTable {
  readonly #texts: string[] = new Array(TABLE_SIZE).fill("");
  readonly #octets = new Uint8Array(TABLE_SIZE * SHORT_STRING);
  readonly #words = new DataView(this.#octets.buffer);

  /**
   * Writes the bytes of a short string and keeps it. There must be room for `SHORT_STRING` bytes: whole words are
   * written, and what stands behind the string then means nothing.
   * @returns false when it is not ASCII
   */
  write(text: string, into: DataView, at: number): boolean {
    const length = text.length;
    let tail = 0;
    let rest = length;
    for (let index = length - 1; index >= length - 4 && index >= 0; index--)
      tail = (tail << 8) | text.charCodeAt(index);
    if (length > 5) rest |= (text.charCodeAt(1) << 8) | (text.charCodeAt(4) << 16);
    const place = Math.imul(tail ^ Math.imul(rest, MIX_REST), MIX_TAIL) >>> TABLE_SHIFT;
    const from = place * SHORT_STRING;
    if (this.#texts[place] === text) {
      const words = this.#words;
      for (let index = 0; index < length; index += 4) into.setInt32(at + index, words.getInt32(from + index));
      return true;
    }
    const octets = this.#octets;
    this.#texts[place] = "";
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      into.setUint8(at + index, code);
      octets[from + index] = code;
    }
    this.#texts[place] = text;
    return true;
  }

  /** The string of these bytes, when it is kept. */
  read(octets: Uint8Array, start: number, length: number): string | undefined {
    const place = this.#place(octets, start, length);
    const text = this.#texts[place] as string;
    if (text.length !== length) return undefined;
    const kept = this.#octets;
    const from = place * SHORT_STRING;
    for (let index = 0; index < length; index++) {
      if (kept[from + index] !== octets[start + index]) return undefined;
    }
    return text;
  }

  /** Keeps a string of ASCII characters and its bytes, in the place of another. */
  keep(text: string, octets: Uint8Array, start: number): void {
    const place = this.#place(octets, start, text.length);
    this.#texts[place] = text;
    this.#octets.set(octets.subarray(start, start + text.length), place * SHORT_STRING);
  }

  /** Must agree with the hash in `write`. Names differ at their ends and behind their first letters (n0-n1). */
  #place(octets: Uint8Array, start: number, length: number): number {
    const end = start + length;
    let tail = 0;
    let rest = length;
    for (let index = end - 1; index >= end - 4 && index >= start; index--) {
      tail = (tail << 8) | (octets[index] as number);
    }
    if (length > 5) rest |= ((octets[start + 1] as number) << 8) | ((octets[start + 4] as number) << 16);
    return Math.imul(tail ^ Math.imul(rest, MIX_REST), MIX_TAIL) >>> TABLE_SHIFT;
  }
}
