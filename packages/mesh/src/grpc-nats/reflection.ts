import { readFileSync } from "node:fs";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Server, ServerDuplexStream, ServiceDefinition } from "@grpc/grpc-js";
import { Code } from "../status.ts";
import { DescriptorIndex } from "./descriptor-index.ts";

/** The versions that clients speak; they differ in the name alone. */
const VERSIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"];
const DESCRIPTORS = new URL("./descriptors.binpb", import.meta.url);

/**
 * Server reflection (grpc/doc/server-reflection.md): what this server serves, and its proto files. Written here
 * because grpc-node's own package parses the proto files at start, which costs a process 30 MB and a fifth of a second,
 * and describes files that are not the ones in proto/. Here nothing is read before somebody asks.
 * @param services full names of what the server serves, as clients are to see it listed.
 */
export function registerReflection(server: Server, services: readonly string[]): void {
  const served = [...services, ...VERSIONS.map((version) => `${version}.ServerReflection`)].sort();
  for (const version of VERSIONS) {
    const path = `/${version}.ServerReflection/ServerReflectionInfo`;
    const definition: ServiceDefinition = {
      ServerReflectionInfo: {
        path,
        requestStream: true,
        responseStream: true,
        requestSerialize: Buffer.from,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: Buffer.from,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    };
    server.addService(definition, {
      ServerReflectionInfo: (stream: ServerDuplexStream<Buffer, Uint8Array>) => serve(stream, served),
    });
  }
}

function serve(stream: ServerDuplexStream<Buffer, Uint8Array>, served: readonly string[]): void {
  stream.on("data", (request: Buffer) => {
    try {
      stream.write(answerTo(request, served));
    } catch (error) {
      // On a stream of a grpc-js server an error is the status it ends with.
      stream.emit("error", { code: Code.INVALID_ARGUMENT, details: `no ServerReflectionRequest: ${error}` });
    }
  });
  stream.on("end", () => stream.end());
}

let known: DescriptorIndex | undefined;

/** Of every service and message of the mesh, and of health checks and reflection themselves. */
function descriptors(): DescriptorIndex {
  known ??= new DescriptorIndex(readFileSync(DESCRIPTORS));
  return known;
}

interface Question {
  host: string;
  fileByFilename?: string;
  fileContainingSymbol?: string;
  fileContainingExtension?: { type: string; number: number };
  allExtensionNumbersOfType?: string;
  listServices?: string;
}

/** ServerReflectionResponse { valid_host = 1; original_request = 2; one of 4 to 7. } */
function answerTo(request: Uint8Array, served: readonly string[]): Uint8Array {
  const question = read(request);
  const writer = new BinaryWriter().uint32(text(1)).string(question.host).uint32(text(2)).bytes(request);
  writeAnswer(writer, question, served);
  return writer.finish();
}

function writeAnswer(writer: BinaryWriter, question: Question, served: readonly string[]): void {
  if (question.listServices !== undefined) {
    writer.uint32(text(6)).fork();
    for (const service of served) writer.uint32(text(1)).fork().uint32(text(1)).string(service).join();
    writer.join();
  } else if (question.allExtensionNumbersOfType !== undefined) {
    writeExtensions(writer, question.allExtensionNumbersOfType);
  } else {
    writeFiles(writer, question);
  }
}

function writeExtensions(writer: BinaryWriter, type: string): void {
  const numbers = descriptors().extensionsOf(type);
  if (numbers) {
    writer.uint32(text(5)).fork().uint32(text(1)).string(type);
    for (const number of numbers) writer.uint32(2 << 3).int32(number);
    writer.join();
  } else {
    writeError(writer, Code.NOT_FOUND, `there is no message ${type}`);
  }
}

function writeFiles(writer: BinaryWriter, question: Question): void {
  const { fileByFilename: name, fileContainingSymbol: symbol, fileContainingExtension: extension } = question;
  if (name !== undefined) {
    writeFound(writer, descriptors().file(name), `there is no file ${name}`);
  } else if (symbol !== undefined) {
    writeFound(writer, descriptors().fileOf(symbol), `there is no symbol ${symbol}`);
  } else if (extension !== undefined) {
    const { type, number } = extension;
    const files = descriptors().fileOfExtension(type, number);
    writeFound(writer, files, `there is no extension ${number} of ${type}`);
  } else {
    writeError(writer, Code.INVALID_ARGUMENT, "the request asks for nothing this server knows of");
  }
}

function writeFound(writer: BinaryWriter, files: readonly Uint8Array[] | undefined, missing: string): void {
  if (files) {
    writer.uint32(text(4)).fork();
    for (const file of files) writer.uint32(text(1)).bytes(file);
    writer.join();
  } else {
    writeError(writer, Code.NOT_FOUND, missing);
  }
}

function writeError(writer: BinaryWriter, code: Code, message: string): void {
  writer
    .uint32(text(7))
    .fork()
    .uint32(1 << 3)
    .int32(code)
    .uint32(text(2))
    .string(message)
    .join();
}

/** ServerReflectionRequest { host = 1; one of 3 to 7. } */
function read(request: Uint8Array): Question {
  const question: Question = { host: "" };
  const reader = new BinaryReader(request);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType !== 2) reader.skip(wireType, field);
    else if (field === 1) question.host = reader.string();
    else if (field === 3) question.fileByFilename = reader.string();
    else if (field === 4) question.fileContainingSymbol = reader.string();
    else if (field === 5) question.fileContainingExtension = readExtension(reader.bytes());
    else if (field === 6) question.allExtensionNumbersOfType = reader.string();
    else if (field === 7) question.listServices = reader.string();
    else reader.skip(wireType, field);
  }
  return question;
}

/** ExtensionRequest { containing_type = 1; extension_number = 2; } */
function readExtension(bytes: Uint8Array): { type: string; number: number } {
  const extension = { type: "", number: 0 };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === 2) extension.type = reader.string();
    else if (field === 2 && wireType === 0) extension.number = reader.int32();
    else reader.skip(wireType, field);
  }
  return extension;
}

/** The tag of a field of wire type 2: text, bytes, or a message. */
function text(field: number): number {
  return (field << 3) | 2;
}
