import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer, loadSync, type ServiceDefinition } from "@grpc/proto-loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Code } from "../status.ts";
import { registerReflection } from "./reflection.ts";
import { committedDescriptors, writeDescriptors } from "./write-descriptors.ts";

/** The gRPC project's own definitions, read by another implementation of protobuf. */
const folder = new URL("../../../../node_modules/@grpc/reflection/build/proto/grpc/reflection/", import.meta.url);
const LINKS = "bellmesh.link_layer.v1.LinkLayerService";

interface Answer {
  valid_host: string;
  original_request: object;
  list_services_response?: { service: { name: string }[] };
  file_descriptor_response?: { file_descriptor_proto: Buffer[] };
  all_extension_numbers_response?: object;
  error_response?: { error_code: number; error_message: string };
}

type Asking = ClientDuplexStream<object, Answer>;

let scratch = "";
let server: Server;
let address = "";

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "reflection-"));
  server = new Server();
  registerReflection(server, [LINKS, "grpc.health.v1.Health"]);
  address = `unix:${join(scratch, "socket")}`;
  await new Promise((resolve) => server.bindAsync(address, ServerCredentials.createInsecure(), resolve));
});

afterEach(() => {
  server.forceShutdown();
  rmSync(scratch, { recursive: true, force: true });
});

function clientOf(version: string): InstanceType<ServiceClientConstructor> {
  const loaded = loadSync(new URL(`${version}/reflection.proto`, folder).pathname, { keepCase: true, oneofs: false });
  const Reflection = loadPackageDefinition(loaded) as unknown as {
    grpc: { reflection: Record<string, { ServerReflection: ServiceClientConstructor }> };
  };
  const { ServerReflection } = Reflection.grpc.reflection[version] as { ServerReflection: ServiceClientConstructor };
  return new ServerReflection(address, credentials.createInsecure());
}

/** Asks all of these on one stream, and gives the answers in order. */
async function ask(questions: readonly object[], version = "v1"): Promise<Answer[]> {
  const client = clientOf(version);
  try {
    const stream = client.ServerReflectionInfo?.() as unknown as Asking;
    const answers: Answer[] = [];
    for (const question of questions) stream.write(question);
    stream.end();
    for await (const answer of stream) answers.push(answer as Answer);
    return answers;
  } finally {
    client.close();
  }
}

async function filesFor(question: object): Promise<Buffer[]> {
  const [answer] = await ask([question]);
  return answer?.file_descriptor_response?.file_descriptor_proto ?? [];
}

/** A descriptor begins with its name: tag, length (below 128), text. */
function nameOf(descriptor: Buffer): string {
  return descriptor.subarray(2, 2 + (descriptor[1] ?? 0)).toString();
}

/** FileDescriptorSet { repeated FileDescriptorProto file = 1; } */
function descriptorSet(files: readonly Buffer[]): Buffer {
  const parts = files.flatMap((file) => [Buffer.from([10, (file.length & 127) | 128, file.length >> 7]), file]);
  return Buffer.concat(parts);
}

describe.each(["v1", "v1alpha"])("Reflection %s", (version) => {
  test("lists what the server serves, and itself in both versions", async () => {
    const [answer] = await ask([{ host: "here", list_services: "" }], version);
    expect(answer?.list_services_response?.service.map(({ name }) => name)).toEqual([
      LINKS,
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
    expect(answer).toMatchObject({ valid_host: "here", original_request: { host: "here", list_services: "" } });
  });
});

describe("A symbol leads to its file and all that it needs", () => {
  test.each([
    LINKS,
    `${LINKS}.Create`,
    "bellmesh.link_layer.v1.CreateRequest",
    "bellmesh.link_layer.v1.CreateRequest.min_fidelity",
    "bellmesh.link_layer.v1.EventsResponse.event",
    "bellmesh.link_layer.v1.ErrorCode",
    "bellmesh.link_layer.v1.ERROR_CODE_NOTIME",
  ])("%s", async (symbol) => {
    const names = (await filesFor({ file_containing_symbol: symbol })).map(nameOf);
    expect(names[0]).toBe("bellmesh/link_layer/v1/link_layer.proto");
    expect(names.slice(1).sort()).toEqual([
      "bellmesh/bell/v1/bell.proto",
      "bellmesh/fault/v1/fault.proto",
      "bellmesh/ledger/v1/ledger.proto",
      "bellmesh/quantum_state/v1/quantum_state.proto",
    ]);
  });

  test("from which a client that has no proto file can make the service", async () => {
    const files = await filesFor({ file_containing_symbol: LINKS });
    const loaded = loadFileDescriptorSetFromBuffer(descriptorSet(files), { keepCase: true });
    const service = loaded[LINKS] as ServiceDefinition;
    expect(Object.keys(service).sort()).toEqual(["Cancel", "Create", "Events", "Peer"]);
    const bytes = service.Create?.requestSerialize({ link: "alice-bob", pairs: 3 });
    expect(service.Create?.requestDeserialize(bytes as Buffer)).toMatchObject({ link: "alice-bob", pairs: 3 });
  });
});

test("a file is found by its name, those of health checks and of reflection too", async () => {
  for (const name of [
    "bellmesh/bell/v1/bell.proto",
    "grpc/health/v1/health.proto",
    "grpc/reflection/v1/reflection.proto",
    "grpc/reflection/v1alpha/reflection.proto",
  ]) {
    expect((await filesFor({ file_by_filename: name })).map(nameOf)).toEqual([name]);
  }
});

test("what is not there is told as an answer, and the stream stays open", async () => {
  const missing = [
    { file_containing_symbol: "bellmesh.link_layer.v1.Nothing" },
    { file_by_filename: "nothing.proto" },
    { file_containing_extension: { containing_type: LINKS, extension_number: 7 } },
    { all_extension_numbers_of_type: "bellmesh.Nothing" },
  ];
  const answers = await ask([...missing, { list_services: "*" }]);
  expect(answers.slice(0, 4).map((answer) => answer.error_response?.error_code)).toEqual(Array(4).fill(Code.NOT_FOUND));
  expect(answers[4]?.list_services_response?.service).toHaveLength(4);
});

test("a message without extensions has none", async () => {
  const [answer] = await ask([{ all_extension_numbers_of_type: "bellmesh.bell.v1.BellIndex" }]);
  expect(answer?.all_extension_numbers_response).toMatchObject({ base_type_name: "bellmesh.bell.v1.BellIndex" });
});

test("a question of nothing is answered by a refusal; bytes that are no question end the stream", async () => {
  const [empty] = await ask([{ host: "here" }]);
  expect(empty?.error_response?.error_code).toBe(Code.INVALID_ARGUMENT);
  const client = clientOf("v1");
  const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  const code = await new Promise((resolve) => {
    const stream = client.makeBidiStreamRequest(path, Buffer.from, Buffer.from);
    stream.on("error", (error: ServiceError) => resolve(error.code));
    stream.on("data", () => undefined);
    stream.write(Buffer.from([34, 200]));
  });
  client.close();
  expect(code).toBe(Code.INVALID_ARGUMENT);
  expect(await ask([{ list_services: "" }])).toHaveLength(1);
});

test("what is reflected is the contract as it stands; else run node write-descriptors.ts", () => {
  const fresh = join(scratch, "descriptors.binpb");
  writeDescriptors(fresh);
  expect(readFileSync(fresh).equals(committedDescriptors())).toBe(true);
});
