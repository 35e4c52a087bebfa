import { Stamp } from "@bellmesh/wire/stamp";
import type { MessageWriter } from "../codec.ts";
import type { MessageType } from "../method.ts";

/** Field 2000 as fixed64, then eight bytes: see proto/bellmesh/stamp/v1. */
const STAMP_BYTES = 10;
const [TAG_FIRST, TAG_SECOND] = Stamp.encode({ sentAt: 1 }).finish() as unknown as [number, number];
const TWO_32 = 4_294_967_296;

/** Encodes a message and, behind it, the instant at which it was sent (ns of true mesh time). */
export function encodeStamped<T>(writer: MessageWriter, type: MessageType<T>, message: T, sentAtNs: number): Buffer {
  const bytes = writer.bytesOf(type, message);
  const stamped = Buffer.allocUnsafe(bytes.length + STAMP_BYTES);
  stamped.set(bytes);
  const at = bytes.length;
  stamped[at] = TAG_FIRST;
  stamped[at + 1] = TAG_SECOND;
  stamped.writeUInt32LE(sentAtNs % TWO_32, at + 2);
  stamped.writeUInt32LE(Math.floor(sentAtNs / TWO_32), at + 6);
  return stamped;
}

/** When these bytes say they were sent; undefined when they bear no stamp, as those of foreign programs. */
export function stampOf(bytes: Uint8Array): number | undefined {
  const at = bytes.length - STAMP_BYTES;
  if (at < 0 || bytes[at] !== TAG_FIRST || bytes[at + 1] !== TAG_SECOND) return undefined;
  const high = fourBytes(bytes, at + 6);
  // Beyond 2^53 it is no instant: the sender is no process of ours.
  return high < 0x200000 ? high * TWO_32 + fourBytes(bytes, at + 2) : undefined;
}

/** The message alone. */
export function withoutStamp(bytes: Uint8Array): Uint8Array {
  return stampOf(bytes) === undefined ? bytes : bytes.subarray(0, bytes.length - STAMP_BYTES);
}

function fourBytes(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}
