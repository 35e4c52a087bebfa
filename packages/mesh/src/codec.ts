import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType } from "./method.ts";

const CHUNK_BYTES = 65_536;
const TWO_32 = 4_294_967_296;
/** Strings up to this length are kept in the table. Their length fits one byte on the wire. */
const SHORT_STRING = 64;
const TABLE_SHIFT = 20;
const TABLE_SIZE = 1 << (32 - TABLE_SHIFT);
/** Odd constants with well-spread bits, for multiplicative hashing (Knuth, TAOCP 6.4). */
const MIX_TAIL = 0x9e3779b1;
const MIX_REST = 0x85ebca77;

/**
 * Writes messages as protobuf one behind another into reused memory, and cuts them into parcels.
 * The generated `encode(message, writer)` functions write through it exactly the bytes they would write otherwise.
 */
export class MessageWriter extends BinaryWriter {
  readonly #strings: StringTable;
  readonly #spare: Chunk[] = [];
  #chunk = new Chunk(CHUNK_BYTES);
  #octets: Uint8Array = this.#chunk.octets;
  #start = 0;
  #at = 0;
  /** Where the lengths of the messages now open stand, from `#start`. */
  readonly #open: number[] = [];
  #depth = 0;

  constructor(strings: StringTable) {
    super();
    this.#strings = strings;
  }

  /** Encodes a message into a parcel, which the receiver must release. */
  seal<T>(type: MessageType<T>, message: T): Parcel {
    if (this.#chunk.held === 0) this.#start = 0;
    this.#at = this.#start;
    this.#depth = 0;
    type.encode(message, this);
    const parcel = new Parcel(this.#chunk, this.#start, this.#at);
    this.#chunk.held += 1;
    this.#start = this.#at;
    return parcel;
  }

  /** Encodes a message into bytes of its own. */
  bytesOf<T>(type: MessageType<T>, message: T): Uint8Array<ArrayBuffer> {
    this.#at = this.#start;
    this.#depth = 0;
    type.encode(message, this);
    return this.finish();
  }

  /** A copy of everything written since the last parcel. */
  override finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#octets.slice(this.#start, this.#at) as Uint8Array<ArrayBuffer>;
    this.#at = this.#start;
    this.#depth = 0;
    return bytes;
  }

  override fork(): this {
    if (this.#at >= this.#octets.length) this.#grow(1);
    this.#open[this.#depth++] = this.#at - this.#start;
    this.#at += 1;
    return this;
  }

  override join(): this {
    if (this.#depth === 0) throw new Error("join without fork");
    const start = (this.#open[--this.#depth] as number) + this.#start;
    const length = this.#at - start - 1;
    if (length < 0x80) {
      this.#octets[start] = length;
      return this;
    }
    // One byte was kept for the length; a longer length moves the message up.
    const extra = varintBytes(length) - 1;
    const from = start - this.#start;
    if (this.#at + extra > this.#octets.length) this.#grow(extra);
    const moved = from + this.#start;
    this.#octets.copyWithin(moved + 1 + extra, moved + 1, this.#at);
    const end = this.#at + extra;
    this.#at = moved;
    this.#varint(length);
    this.#at = end;
    return this;
  }

  override raw(chunk: Uint8Array): this {
    if (this.#at + chunk.length > this.#octets.length) this.#grow(chunk.length);
    this.#octets.set(chunk, this.#at);
    this.#at += chunk.length;
    return this;
  }

  override uint32(value: number): this {
    if (value >>> 0 !== value) throw new RangeError(`not a uint32: ${value}`);
    if (this.#at + 5 > this.#octets.length) this.#grow(5);
    if (value < 0x80) this.#octets[this.#at++] = value;
    else this.#varint(value);
    return this;
  }

  override int32(value: number): this {
    if ((value | 0) !== value) throw new RangeError(`not an int32: ${value}`);
    if (value >= 0) return this.uint32(value);
    return this.#varint64(value >>> 0, 0xffffffff);
  }

  override sint32(value: number): this {
    if ((value | 0) !== value) throw new RangeError(`not an int32: ${value}`);
    return this.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  override bool(value: boolean): this {
    if (this.#at >= this.#octets.length) this.#grow(1);
    this.#octets[this.#at++] = value ? 1 : 0;
    return this;
  }

  override bytes(value: Uint8Array): this {
    return this.uint32(value.byteLength).raw(value);
  }

  override string(value: string): this {
    const length = value.length;
    if (length > SHORT_STRING) return this.#longString(value);
    if (this.#at + SHORT_STRING + 1 > this.#octets.length) this.#grow(SHORT_STRING + 1);
    if (!this.#strings.write(value, this.#chunk.view, this.#at + 1)) return this.#longString(value);
    this.#octets[this.#at] = length;
    this.#at += length + 1;
    return this;
  }

  override double(value: number): this {
    if (this.#at + 8 > this.#octets.length) this.#grow(8);
    this.#chunk.view.setFloat64(this.#at, value, true);
    this.#at += 8;
    return this;
  }

  override float(value: number): this {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) throw new RangeError(`not a float: ${value}`);
    if (this.#at + 4 > this.#octets.length) this.#grow(4);
    this.#chunk.view.setFloat32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  override fixed32(value: number): this {
    if (value >>> 0 !== value) throw new RangeError(`not a uint32: ${value}`);
    return this.#word(value);
  }

  override sfixed32(value: number): this {
    if ((value | 0) !== value) throw new RangeError(`not an int32: ${value}`);
    return this.#word(value);
  }

  override fixed64(value: string | number | bigint): this {
    const whole = unsigned64(value);
    return this.#word(Number(whole & 0xffffffffn)).#word(Number(whole >> 32n));
  }

  override sfixed64(value: string | number | bigint): this {
    return this.fixed64(BigInt.asUintN(64, signed64(value)));
  }

  override uint64(value: string | number | bigint): this {
    if (typeof value !== "number") {
      const whole = unsigned64(value);
      return this.#varint64(Number(whole & 0xffffffffn), Number(whole >> 32n));
    }
    if (value >>> 0 === value) return this.uint32(value);
    if (!(Number.isSafeInteger(value) && value >= 0)) throw new RangeError(`not a safe uint64: ${value}`);
    return this.#varint64(value >>> 0, (value / TWO_32) >>> 0);
  }

  override int64(value: string | number | bigint): this {
    if (typeof value !== "number") {
      const whole = BigInt.asUintN(64, signed64(value));
      return this.#varint64(Number(whole & 0xffffffffn), Number(whole >> 32n));
    }
    if (value >>> 0 === value) return this.uint32(value);
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe int64: ${value}`);
    return this.#varint64(value >>> 0, Math.floor(value / TWO_32) >>> 0);
  }

  override sint64(value: string | number | bigint): this {
    const whole = signed64(value);
    return this.uint64(BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)));
  }

  #longString(value: string): this {
    return this.bytes(textEncoder.encode(value));
  }

  #word(value: number): this {
    if (this.#at + 4 > this.#octets.length) this.#grow(4);
    this.#chunk.view.setInt32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  #varint(value: number): void {
    const octets = this.#octets;
    let at = this.#at;
    let rest = value;
    while (rest > 0x7f) {
      octets[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    octets[at++] = rest;
    this.#at = at;
  }

  #varint64(low: number, high: number): this {
    if (this.#at + 10 > this.#octets.length) this.#grow(10);
    const octets = this.#octets;
    let at = this.#at;
    let lowRest = low;
    let highRest = high;
    while (highRest > 0) {
      octets[at++] = (lowRest & 0x7f) | 0x80;
      lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
      highRest >>>= 7;
    }
    this.#at = at;
    this.#varint(lowRest);
    return this;
  }

  /** Moves the message being written to memory that has room for `more` bytes behind it. */
  #grow(more: number): void {
    const written = this.#at - this.#start;
    const wanted = written + more;
    const chunk = wanted <= CHUNK_BYTES / 2 ? (this.#spare.pop() ?? new Chunk(CHUNK_BYTES)) : new Chunk(wanted * 2);
    chunk.octets.set(this.#octets.subarray(this.#start, this.#at));
    this.#chunk.retire(this.#spare);
    this.#chunk = chunk;
    this.#octets = chunk.octets;
    this.#start = 0;
    this.#at = written;
  }
}

/**
 * Reads messages out of parcels and byte arrays, for the generated `decode(reader)` functions.
 * Bytes that are no message give an error, as with the plain reader; text that is not UTF-8 does too.
 */
export class MessageReader extends BinaryReader {
  override len = 0;
  /** The generated code keeps the depth of nesting here; declared, so that every reader has one shape. */
  __tsProtoDecodeDepth = 0;
  override readonly uint32: () => number = readUint32;
  #octets: Uint8Array = nothing.octets;
  #view: DataView = nothing.view;
  readonly #strings: StringTable;
  readonly #whole = new Whole();

  constructor(strings: StringTable) {
    super(nothing.octets);
    this.#strings = strings;
  }

  /** Decodes a parcel, which stays held. */
  unseal<T>(type: MessageType<T>, parcel: Parcel): T {
    this.#octets = parcel.chunk.octets;
    this.#view = parcel.chunk.view;
    this.pos = parcel.start;
    this.len = parcel.end;
    this.__tsProtoDecodeDepth = 0;
    return type.decode(this);
  }

  /** Decodes a message from bytes. */
  messageOf<T>(type: MessageType<T>, bytes: Uint8Array): T {
    return type.decode(this.over(bytes));
  }

  /** Goes to the beginning of these bytes. */
  over(bytes: Uint8Array): this {
    this.#octets = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = 0;
    this.len = bytes.length;
    this.__tsProtoDecodeDepth = 0;
    return this;
  }

  /** Reads an unsigned varint of up to 64 bits, keeping the lower 32. */
  varint32(): number {
    const octets = this.#octets;
    let at = this.pos;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.len) throw new RangeError("the message ends within a number");
      const octet = octets[at++] as number;
      if (shift < 32) value |= (octet & 0x7f) << shift;
      if (octet < 0x80) {
        this.pos = at;
        return value >>> 0;
      }
    }
    throw new RangeError("a number is longer than 64 bits");
  }

  override tag(): [number, number] {
    const start = this.pos;
    const tag = this.uint32();
    const length = this.pos - start;
    if (length > 5 || (length === 5 && (this.#octets[this.pos - 1] as number) > 0x0f)) {
      throw new RangeError("a tag is longer than 32 bits");
    }
    const field = tag >>> 3;
    if (field === 0 || (tag & 7) > 5) throw new RangeError(`no tag of a field: ${tag}`);
    return [field, tag & 7];
  }

  override skip(wireType: number, fieldNumber?: number, recursionLimit = 100): Uint8Array {
    const start = this.pos;
    if (wireType === 0) this.#varint64();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.uint32());
    else if (wireType === 3) this.#skipGroup(fieldNumber, recursionLimit);
    else if (wireType === 5) this.#advance(4);
    else throw new RangeError(`no wire type: ${wireType}`);
    return this.#octets.slice(start, this.pos);
  }

  override int32(): number {
    return this.uint32() | 0;
  }

  override sint32(): number {
    const zigzag = this.uint32();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  override bool(): boolean {
    const { low, high } = this.#varint64();
    return low !== 0 || high !== 0;
  }

  // Of 64-bit numbers the generated code asks only toString(), and makes a number of that. So these hand out one
  // reused object whose toString() is already the number, and no text is made and parsed.
  override uint64(): bigint {
    const whole = this.#varint64();
    whole.value = whole.high * TWO_32 + whole.low;
    return whole as unknown as bigint;
  }

  override int64(): bigint {
    const whole = this.#varint64();
    whole.value = (whole.high | 0) * TWO_32 + whole.low;
    return whole as unknown as bigint;
  }

  override sint64(): bigint {
    const { low, high } = this.#varint64();
    const zigzag = (BigInt(high) << 32n) | BigInt(low);
    return (zigzag >> 1n) ^ -(zigzag & 1n);
  }

  override fixed64(): bigint {
    this.#advance(8);
    return this.#view.getBigUint64(this.pos - 8, true);
  }

  override sfixed64(): bigint {
    this.#advance(8);
    return this.#view.getBigInt64(this.pos - 8, true);
  }

  override fixed32(): number {
    this.#advance(4);
    return this.#view.getUint32(this.pos - 4, true);
  }

  override sfixed32(): number {
    this.#advance(4);
    return this.#view.getInt32(this.pos - 4, true);
  }

  override float(): number {
    this.#advance(4);
    return this.#view.getFloat32(this.pos - 4, true);
  }

  override double(): number {
    this.#advance(8);
    return this.#view.getFloat64(this.pos - 8, true);
  }

  /** A copy: the memory the message stands in is reused. */
  override bytes(): Uint8Array {
    const length = this.uint32();
    this.#advance(length);
    return this.#octets.slice(this.pos - length, this.pos);
  }

  override string(): string {
    const length = this.uint32();
    const start = this.pos;
    this.#advance(length);
    if (length <= SHORT_STRING) {
      const kept = this.#strings.read(this.#octets, start, length);
      if (kept !== undefined) return kept;
    }
    const text = textDecoder.decode(this.#octets.subarray(start, start + length));
    // Only ASCII has as many characters as bytes.
    if (length <= SHORT_STRING && text.length === length) this.#strings.keep(text, this.#octets, start);
    return text;
  }

  #advance(length: number): void {
    const pos = this.pos + length;
    if (pos > this.len) throw new RangeError("the message ends within a field");
    this.pos = pos;
  }

  #skipGroup(fieldNumber: number | undefined, recursionLimit: number): void {
    if (recursionLimit <= 0) throw new RangeError("groups are nested too deep");
    for (;;) {
      const [field, wireType] = this.tag();
      if (wireType === 4) {
        if (fieldNumber !== undefined && field !== fieldNumber) throw new RangeError("a group ends another's tag");
        return;
      }
      this.skip(wireType, field, recursionLimit - 1);
    }
  }

  #varint64(): Whole {
    const octets = this.#octets;
    const whole = this.#whole;
    let at = this.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.len) throw new RangeError("the message ends within a number");
      const octet = octets[at++] as number;
      const bits = octet & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (octet < 0x80) {
        this.pos = at;
        whole.low = low >>> 0;
        whole.high = high >>> 0;
        return whole;
      }
    }
    throw new RangeError("a number is longer than 64 bits");
  }
}

/** One encoded message in flight. Its memory is reused once everyone who holds it has released it. */
export class Parcel {
  readonly chunk: Chunk;
  readonly start: number;
  readonly end: number;

  constructor(chunk: Chunk, start: number, end: number) {
    this.chunk = chunk;
    this.start = start;
    this.end = end;
  }

  /** A parcel of bytes that are there already. */
  static of(bytes: Uint8Array): Parcel {
    const chunk = new Chunk(0, bytes);
    chunk.held = 1;
    return new Parcel(chunk, 0, bytes.length);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Adds a holder. */
  hold(): void {
    this.chunk.held += 1;
  }

  release(): void {
    this.chunk.release();
  }

  /** The bytes, in memory of their own. */
  copy(): Uint8Array {
    return this.chunk.octets.slice(this.start, this.end);
  }
}

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

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Memory for many messages; counts those still in flight. */
class Chunk {
  readonly octets: Uint8Array;
  readonly view: DataView;
  held = 0;
  #spare: Chunk[] | undefined;

  constructor(length: number, octets: Uint8Array = new Uint8Array(length)) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** Nothing more will be written here; once nobody holds a part of it, it goes to `spare`. */
  retire(spare: Chunk[]): void {
    if (this.octets.length !== CHUNK_BYTES) return;
    if (this.held === 0) spare.push(this);
    else this.#spare = spare;
  }

  release(): void {
    this.held -= 1;
    if (this.held === 0 && this.#spare !== undefined) {
      this.#spare.push(this);
      this.#spare = undefined;
    }
  }
}

/** A 64-bit number as the reader hands it out: its halves, and its value once asked. */
class Whole {
  low = 0;
  high = 0;
  value = 0;

  toString(): string {
    return this.value as unknown as string;
  }
}

const nothing = new Chunk(0);

function readUint32(this: BinaryReader): number {
  return (this as MessageReader).varint32();
}

function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  return 5;
}

function unsigned64(value: string | number | bigint): bigint {
  const whole = BigInt(value);
  if (whole !== BigInt.asUintN(64, whole)) throw new RangeError(`not a uint64: ${value}`);
  return whole;
}

function signed64(value: string | number | bigint): bigint {
  const whole = BigInt(value);
  if (whole !== BigInt.asIntN(64, whole)) throw new RangeError(`not an int64: ${value}`);
  return whole;
}
