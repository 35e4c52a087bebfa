import { Stamp } from "@bellmesh/wire/stamp";
import type { MessageWriter } from "../message-writer.ts";
import type { MessageType } from "../method.ts";

/** A field of the 2000s as fixed64, then eight bytes: see proto/bellmesh/stamp/v1. */
const FIELD_BYTES = 10;
const SENT_AT_TAG = Stamp.encode({ sentAt: 1, lateNs: 0 }).finish().subarray(0, 2);
const LATE_TAG = Stamp.encode({ sentAt: 0, lateNs: 1 }).finish().subarray(0, 2);
const TWO_32 = 4_294_967_296;

/** What a message says of its sending, in ns of true mesh time. */
export interface Sending {
  readonly sentAtNs: number;
  /** By how much the emulator had made the sending step late. */
  readonly lateNs: number;
}

/** Encodes a message and, behind it, when and how late it was sent. */
export function encodeStamped<T>(
  writer: MessageWriter,
  type: MessageType<T>,
  message: T,
  { sentAtNs, lateNs }: Sending,
): Buffer {
  const bytes = writer.bytesOf(type, message);
  const stamped = Buffer.allocUnsafe(bytes.length + (lateNs > 0 ? 2 : 1) * FIELD_BYTES);
  stamped.set(bytes);
  if (lateNs > 0) writeField(stamped, bytes.length, LATE_TAG, lateNs);
  writeField(stamped, stamped.length - FIELD_BYTES, SENT_AT_TAG, sentAtNs);
  return stamped;
}

/** What these bytes say of their sending; undefined when they bear no stamp, as those of foreign programs. */
export function stampOf(bytes: Uint8Array): Sending | undefined {
  const at = bytes.length - FIELD_BYTES;
  const sentAtNs = readField(bytes, at, SENT_AT_TAG);
  if (sentAtNs === undefined) return undefined;
  return { sentAtNs, lateNs: readField(bytes, at - FIELD_BYTES, LATE_TAG) ?? 0 };
}

/** The message alone. */
export function withoutStamp(bytes: Uint8Array): Uint8Array {
  const at = bytes.length - FIELD_BYTES;
  if (readField(bytes, at, SENT_AT_TAG) === undefined) return bytes;
  const isLate = readField(bytes, at - FIELD_BYTES, LATE_TAG) !== undefined;
  return bytes.subarray(0, isLate ? at - FIELD_BYTES : at);
}

function writeField(bytes: Buffer, at: number, tag: Uint8Array, value: number): void {
  bytes.set(tag, at);
  bytes.writeUInt32LE(value % TWO_32, at + 2);
  bytes.writeUInt32LE(Math.floor(value / TWO_32), at + 6);
}

/** Undefined where no such field stands, or one that no process of ours wrote: beyond 2^53 it is no instant. */
function readField(bytes: Uint8Array, at: number, tag: Uint8Array): number | undefined {
  if (at < 0 || bytes[at] !== tag[0] || bytes[at + 1] !== tag[1]) return undefined;
  const high = fourBytes(bytes, at + 6);
  return high < 0x200000 ? high * TWO_32 + fourBytes(bytes, at + 2) : undefined;
}

function fourBytes(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}
