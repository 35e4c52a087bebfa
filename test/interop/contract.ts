import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Client,
  type ClientDuplexStream,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { Root } from "protobufjs";

/**
 * The contract as somebody has it who has the proto files and nothing else of this repository: gRPC clients by
 * @grpc/proto-loader, messages of the bus by protobufjs.
 */
const protos = fileURLToPath(new URL("../../proto", import.meta.url));
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const files = globSync("bellmesh/**/*.proto", { cwd: protos });
/** Those of the gRPC project, as grpc-node carries them. */
const foreign = [
  `${modules}/grpc-health-check/proto/health/v1/health.proto`,
  `${modules}/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto`,
];

const options = { includeDirs: [protos], keepCase: true, longs: Number, enums: String, oneofs: true };
const services = loadPackageDefinition(loadSync([...files, ...foreign], options));

const root = new Root();
root.resolvePath = (_origin, target) => `${protos}/${target}`;
root.loadSync(files, { keepCase: true });

export type Fields = Record<string, unknown>;

/** The client of a service, by the service's full name. */
export function clientOf(service: string, target: string): Client & Record<string, (...args: never[]) => unknown> {
  const found = service.split(".").reduce((within, name) => within[name] as GrpcObject, services);
  const ServiceClient = found as unknown as ServiceClientConstructor;
  return new ServiceClient(target, credentials.createInsecure()) as ReturnType<typeof clientOf>;
}

/** Calls a unary method. @throws ServiceError when it is refused. */
export function call(client: Client, method: string, request: object, node?: string): Promise<Fields> {
  const metadata = new Metadata({ waitForReady: true });
  if (node !== undefined) metadata.set("bellmesh-node", node);
  const deadline = Date.now() + 120_000;
  const methods = client as unknown as Record<string, (...args: unknown[]) => void>;
  return new Promise((resolve, reject) => {
    const answered = (error: ServiceError | null, response: Fields) => (error ? reject(error) : resolve(response));
    methods[method]?.call(client, request, metadata, { deadline }, answered);
  });
}

/** A message of the bus. */
export function messageOf(type: string, bytes: Uint8Array): Fields {
  const found = root.lookupType(type);
  return found.toObject(found.decode(bytes), { longs: Number, enums: String });
}

/** What a server says that it serves. */
export async function reflect(target: string): Promise<string[]> {
  const client = clientOf("grpc.reflection.v1.ServerReflection", target);
  const open = client.ServerReflectionInfo as unknown as () => ClientDuplexStream<Fields, Fields>;
  const stream = open.call(client);
  stream.end({ list_services: "" });
  try {
    for await (const answer of stream as AsyncIterable<{ list_services_response: { service: { name: string }[] } }>) {
      return answer.list_services_response.service.map(({ name }) => name);
    }
    throw new Error(`${target} does not say what it serves`);
  } finally {
    client.close();
  }
}
