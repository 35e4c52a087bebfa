import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { MessageType } from "./method.ts";
import { Chunk, type Parcel } from "./parcel.ts";
import { SHORT_STRING, type StringTable } from "./string-table.ts";

const TWO_32 = 4_294_967_296;
const nothing = new Chunk(0);
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

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

/** A 64-bit number as the reader hands it out: its halves, and its value once asked. */
class Whole {
  low = 0;
  high = 0;
  value = 0;

  toString(): string {
    return this.value as unknown as string;
  }
}

function readUint32(this: BinaryReader): number {
  return (this as MessageReader).varint32();
}
