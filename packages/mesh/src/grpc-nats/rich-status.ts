import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { Metadata } from "@grpc/grpc-js";
import { Code, failure, type Status } from "../status.ts";

/** The trailer that carries a google.rpc.Status; grpc-js writes it as base64, as every key that ends in `-bin`. */
const TRAILER = "grpc-status-details-bin";
const TYPE_PREFIX = "type.googleapis.com/google.rpc.";
const DOMAIN = "bellmesh";
/** Trailers share one HTTP/2 header block, for which peers commonly accept no more than 8 KiB. */
const MESSAGE_LENGTH_MAX = 1024;
const VALUE_LENGTH_MAX = 256;
const ENTRIES_MAX = 16;
const SECOND_NS = 1_000_000_000;

/** How grpc-js is told of a failure, and how it tells of one. */
export interface GrpcFailure {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/**
 * A status as grpc-js sends it. Whatever is more than a code and a message goes into google.rpc details (ErrorInfo,
 * RetryInfo, BadRequest; google/rpc/error_details.proto), so that clients in any language can tell refusals apart.
 */
export function statusToGrpc(status: Status): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  const message = clipped(status.message, MESSAGE_LENGTH_MAX);
  const details = detailsOf(status, message);
  if (details.length > 0) metadata.set(TRAILER, Buffer.from(statusBytes(status.code, message, details)));
  return { code: status.code, details: message, metadata };
}

/** The status another process ended a call with. Details that are malformed, or of another domain, are passed over. */
export function statusFromGrpc(error: GrpcFailure): Status {
  const code = codeOf(error.code);
  const plain = failure(code, error.details);
  const [bytes] = error.metadata.get(TRAILER);
  if (typeof bytes !== "object") return plain;
  try {
    return { ...plain, ...read(bytes, code) };
  } catch {
    return plain; // What a foreign peer wrote there is none of our protocol.
  }
}

interface Detail {
  readonly type: string;
  readonly bytes: Uint8Array;
}

function detailsOf({ code, reason, metadata, retryAfterNs }: Status, message: string): Detail[] {
  const details: Detail[] = [];
  if (reason !== undefined || metadata !== undefined) {
    details.push({ type: "ErrorInfo", bytes: errorInfo(reason ?? "", metadata ?? {}) });
  }
  if (retryAfterNs !== undefined) details.push({ type: "RetryInfo", bytes: retryInfo(retryAfterNs) });
  const field = code === Code.INVALID_ARGUMENT ? fieldAtFault(message) : undefined;
  if (field !== undefined) details.push({ type: "BadRequest", bytes: badRequest(field, message) });
  return details;
}

/** Services begin the message about a field with its name: "pairs: 0 is no number of pairs", "link is unknown". */
function fieldAtFault(message: string): string | undefined {
  return /^([a-z][a-z0-9]*(?:[_.][a-z0-9]+)*)(?:: | is )/.exec(message)?.[1];
}

function statusBytes(code: number, message: string, details: readonly Detail[]): Uint8Array {
  const writer = new BinaryWriter().uint32(tag(1)).int32(code).uint32(text(2)).string(message);
  for (const { type, bytes } of details) {
    writer.uint32(text(3)).fork();
    writer.uint32(text(1)).string(`${TYPE_PREFIX}${type}`).uint32(text(2)).bytes(bytes).join();
  }
  return writer.finish();
}

function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): Uint8Array {
  const writer = new BinaryWriter().uint32(text(1)).string(reason).uint32(text(2)).string(DOMAIN);
  for (const [key, value] of Object.entries(metadata).slice(0, ENTRIES_MAX)) {
    writer.uint32(text(3)).fork().uint32(text(1)).string(clipped(key, VALUE_LENGTH_MAX));
    writer.uint32(text(2)).string(clipped(value, VALUE_LENGTH_MAX)).join();
  }
  return writer.finish();
}

function retryInfo(afterNs: number): Uint8Array {
  const whole = Math.max(0, Math.round(afterNs));
  const writer = new BinaryWriter().uint32(text(1)).fork();
  writer.uint32(tag(1)).int64(Math.floor(whole / SECOND_NS));
  return writer
    .uint32(tag(2))
    .int32(whole % SECOND_NS)
    .join()
    .finish();
}

function badRequest(field: string, description: string): Uint8Array {
  const writer = new BinaryWriter().uint32(text(1)).fork();
  return writer.uint32(text(1)).string(field).uint32(text(2)).string(description).join().finish();
}

type Details = Pick<Status, "reason" | "metadata" | "retryAfterNs">;

function read(bytes: Uint8Array, code: Code): Details {
  let found: Details = {};
  let claimed: number | undefined;
  eachField(bytes, (field, reader) => {
    if (field === 1) claimed = reader.int32();
    else if (field === 3) found = { ...found, ...readAny(reader.bytes()) };
    else return false;
    return true;
  });
  // Details of another status than the one that came are of something else.
  return claimed === code ? found : {};
}

function readAny(bytes: Uint8Array): Details {
  let type = "";
  let value: Uint8Array = new Uint8Array();
  eachField(bytes, (field, reader) => {
    if (field === 1) type = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  if (type === `${TYPE_PREFIX}ErrorInfo`) return readErrorInfo(value);
  return type === `${TYPE_PREFIX}RetryInfo` ? readRetryInfo(value) : {};
}

function readErrorInfo(bytes: Uint8Array): Details {
  let reason = "";
  let domain = "";
  const metadata: [string, string][] = [];
  eachField(bytes, (field, reader) => {
    if (field === 1) reason = reader.string();
    else if (field === 2) domain = reader.string();
    else if (field === 3) metadata.push(readEntry(reader.bytes()));
    else return false;
    return true;
  });
  if (domain !== DOMAIN) return {};
  return {
    ...(reason !== "" && { reason }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  };
}

function readEntry(bytes: Uint8Array): [string, string] {
  const entry: [string, string] = ["", ""];
  eachField(bytes, (field, reader) => {
    if (field !== 1 && field !== 2) return false;
    entry[field - 1] = reader.string();
    return true;
  });
  return entry;
}

function readRetryInfo(bytes: Uint8Array): Details {
  let seconds = 0;
  let nanos = 0;
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    eachField(reader.bytes(), (part, duration) => {
      if (part === 1) seconds = Number(duration.int64());
      else if (part === 2) nanos = duration.int32();
      else return false;
      return true;
    });
    return true;
  });
  const retryAfterNs = seconds * SECOND_NS + nanos;
  return Number.isSafeInteger(retryAfterNs) && retryAfterNs >= 0 ? { retryAfterNs } : {};
}

/** Walks the fields of a message; those that `take` leaves alone are skipped. Throws when it is none. */
function eachField(bytes: Uint8Array, take: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!take(field, reader)) reader.skip(wireType, field);
  }
}

/** Wire type 0: a varint. */
function tag(field: number): number {
  return field << 3;
}

/** Wire type 2: text, bytes, or a message. */
function text(field: number): number {
  return (field << 3) | 2;
}

function clipped(value: string, length: number): string {
  return value.length <= length ? value : `${value.slice(0, length - 1)}…`;
}

function codeOf(code: number): Code {
  return Number.isInteger(code) && code >= Code.OK && code <= Code.UNAUTHENTICATED ? (code as Code) : Code.UNKNOWN;
}
