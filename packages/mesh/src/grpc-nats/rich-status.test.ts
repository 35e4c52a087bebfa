import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials, Metadata, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Code, failure, type Status } from "../status.ts";
import { statusFromGrpc, statusToGrpc } from "./rich-status.ts";

/** The messages of google.rpc that are used, as everybody else has them: the independent reader of these tests. */
const googleRpc = `
  syntax = "proto3";
  package google.rpc;
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message RetryInfo { google.protobuf.Duration retry_delay = 1; }
  message BadRequest {
    message FieldViolation { string field = 1; string description = 2; }
    repeated FieldViolation field_violations = 1;
  }
  service Reader {
    rpc Status(google.rpc.Status) returns (google.rpc.Status);
    rpc ErrorInfo(google.rpc.ErrorInfo) returns (google.rpc.ErrorInfo);
    rpc RetryInfo(google.rpc.RetryInfo) returns (google.rpc.RetryInfo);
    rpc BadRequest(google.rpc.BadRequest) returns (google.rpc.BadRequest);
  }
`;
const TRAILER = "grpc-status-details-bin";

let folder = "";
let codecs: Record<string, MethodDefinition<object, object>>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rich-status-"));
  writeFileSync(join(folder, "status.proto"), googleRpc);
  const loaded = loadSync("status.proto", { includeDirs: [folder], keepCase: true, longs: String, defaults: true });
  codecs = loaded["google.rpc.Reader"] as ServiceDefinition as typeof codecs;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PREFIX = "type.googleapis.com/google.rpc.";

interface Any {
  readonly type_url: string;
  readonly value: Buffer;
}

function read<T>(type: string, bytes: Buffer): T {
  return codecs[type]?.responseDeserialize(bytes) as T;
}

/** The google.rpc.Status of a status as the independent reader reads it; each detail stands under its type. */
function detailsOf(status: Status): object | undefined {
  const [bytes] = statusToGrpc(status).metadata.get(TRAILER);
  if (bytes === undefined) return undefined;
  const { details, ...rest } = read<{ details: Any[] }>("Status", bytes as Buffer);
  const byType = details.map(({ type_url, value }) => {
    const type = type_url.slice(PREFIX.length);
    return [type, read(type, value)];
  });
  return { ...rest, ...Object.fromEntries(byType) };
}

function told(code: number, trailer: Uint8Array | undefined): Status {
  const metadata = new Metadata();
  if (trailer) metadata.set(TRAILER, Buffer.from(trailer));
  return statusFromGrpc({ code, details: "no", metadata });
}

describe("Anybody can read", () => {
  test("the reason of a refusal, whose it is, and what belongs to it", () => {
    const status = failure(Code.FAILED_PRECONDITION, "min_fidelity is 0.99", "EGP_UNSUPP", { attainable: "0.9" });
    const ErrorInfo = { reason: "EGP_UNSUPP", domain: "bellmesh", metadata: { attainable: "0.9" } };
    expect(detailsOf(status)).toEqual({ code: 9, message: "min_fidelity is 0.99", ErrorInfo });
  });

  test("when to try again", () => {
    const status = { ...failure(Code.RESOURCE_EXHAUSTED, "full", "EGP_NORES"), retryAfterNs: 2_500_000_001 };
    const RetryInfo = { retry_delay: { seconds: "2", nanos: 500_000_001 } };
    expect(detailsOf(status)).toMatchObject({ ErrorInfo: { reason: "EGP_NORES" }, RetryInfo });
  });

  test.each([
    ["pairs: 0 is not a number of pairs", "pairs"],
    ["min_fidelity is 7; it lies in (0.5, 1]", "min_fidelity"],
  ])("which field of a request is at fault: %s", (message, field) => {
    const BadRequest = { field_violations: [{ field, description: message }] };
    expect(detailsOf(failure(Code.INVALID_ARGUMENT, message, "EGP_CREATE"))).toMatchObject({ BadRequest });
  });

  test("a plain status, which has no details", () => {
    expect(detailsOf(failure(Code.UNAVAILABLE, "gone"))).toBeUndefined();
  });
});

describe("A status read back", () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 30 });
  const statuses = fc.record(
    {
      code: fc.integer({ min: 1, max: 16 }) as fc.Arbitrary<Code>,
      message: texts,
      reason: fc.stringMatching(/^[A-Z0-9_]{1,63}$/),
      metadata: fc.dictionary(texts, texts, { minKeys: 1, maxKeys: 5 }),
      retryAfterNs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    },
    { requiredKeys: ["code", "message"] },
  );

  test("is the one that was sent", () => {
    fc.assert(
      fc.property(statuses, (status) => {
        const sent = statusToGrpc(status);
        expect(statusFromGrpc(sent)).toEqual(status);
      }),
    );
  });

  test("crosses a real connection, however long what was written into it", async () => {
    const status = {
      ...failure(Code.PERMISSION_DENIED, "ä".repeat(100_000), "NOT_THIS_NODE", { who: "x".repeat(100_000) }),
      retryAfterNs: 7,
    };
    const error = await refusalOverTheWire(status);
    expect(statusFromGrpc(error)).toMatchObject({ code: 7, reason: "NOT_THIS_NODE", retryAfterNs: 7 });
    expect(error.details).toHaveLength(1024);
  });

  test("keeps its code and message whatever bytes a foreign peer sends as details", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(told(Code.ABORTED, bytes)).toMatchObject({ code: Code.ABORTED, message: "no" });
      }),
    );
  });

  test("keeps its code and message when ours was damaged under way", () => {
    const [sent] = statusToGrpc(failure(Code.ABORTED, "no", "WHY", { a: "b" })).metadata.get(TRAILER) as [Buffer];
    fc.assert(
      fc.property(fc.nat({ max: sent.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, octet) => {
        const damaged = Buffer.from(sent);
        damaged[at] = octet;
        expect(told(Code.ABORTED, damaged)).toMatchObject({ code: Code.ABORTED, message: "no" });
        expect(told(Code.ABORTED, sent.subarray(0, at))).toMatchObject({ code: Code.ABORTED, message: "no" });
      }),
    );
  });

  test("does not take another domain's reason for one of ours", () => {
    const value = codecs.ErrorInfo?.requestSerialize({ reason: "QUOTA", domain: "example.com" });
    const details = [
      { type_url: `${PREFIX}ErrorInfo`, value },
      { type_url: "example.com/Unheard", value },
    ];
    const bytes = codecs.Status?.requestSerialize({ code: 8, message: "no", details });
    expect(told(Code.RESOURCE_EXHAUSTED, bytes)).toEqual(failure(Code.RESOURCE_EXHAUSTED, "no"));
  });

  test("does not take the details of another status for its own", () => {
    const [bytes] = statusToGrpc(failure(Code.ABORTED, "no", "WHY")).metadata.get(TRAILER) as [Buffer];
    expect(told(Code.UNAVAILABLE, bytes)).toEqual(failure(Code.UNAVAILABLE, "no"));
  });

  test("is UNKNOWN when its code is none", () => {
    expect(told(99, undefined)).toEqual(failure(Code.UNKNOWN, "no"));
  });
});

async function refusalOverTheWire(status: Status): Promise<ServiceError> {
  const server = new Server();
  const refuse = (_call: unknown, answer: (error: object) => void) => answer(statusToGrpc(status));
  server.addService(codecs as ServiceDefinition, { Status: refuse });
  const address = `unix:${join(folder, "socket")}`;
  await new Promise((resolve) => server.bindAsync(address, ServerCredentials.createInsecure(), resolve));
  const client = new Client(address, credentials.createInsecure());
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest("/google.rpc.Reader/Status", Buffer.from, Buffer.from, Buffer.alloc(0), (error) =>
        resolve(error as ServiceError),
      );
    });
  } finally {
    client.close();
    server.forceShutdown();
  }
}
