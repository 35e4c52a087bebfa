import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType } from "./method.ts";
import { CHUNK_BYTES, Chunk, Parcel } from "./parcel.ts";
import { SHORT_STRING, type StringTable } from "./string-table.ts";

const TWO_32 = 4_294_967_296;

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

const textEncoder = new TextEncoder();

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
