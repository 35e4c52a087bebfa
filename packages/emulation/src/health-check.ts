import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type Client, credentials, Client as GrpcClient } from "@grpc/grpc-js";

const LIST = "/grpc.health.v1.Health/List";
const SERVING = 1;
const DEADLINE_MS = 1000;

/** Asks one process over and over whether what it serves is ready (`grpc.health.v1.Health/List`). */
export class HealthCheck {
  readonly #client: Client;

  constructor(target: string) {
    this.#client = new GrpcClient(target, credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 200,
    });
  }

  /** Empty when every service of the process is ready, else what is amiss. */
  ask(): Promise<string> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        LIST,
        () => Buffer.alloc(0),
        (bytes: Buffer) => doubtOf(bytes),
        {},
        { deadline: Date.now() + DEADLINE_MS },
        (error, doubt) => resolve(error ? "it does not answer" : (doubt ?? "")),
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** HealthListResponse { map<string, HealthCheckResponse> statuses = 1; }: whether all of them are SERVING. */
function doubtOf(bytes: Buffer): string {
  const reader = new BinaryReader(bytes);
  const services: string[] = [];
  const amiss: string[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field !== 1 || wireType !== 2) {
      reader.skip(wireType, field);
      continue;
    }
    const { service, status } = entryOf(reader.bytes());
    // The name without a package stands for the process, which is alive as it answers.
    if (service === "") continue;
    services.push(service);
    if (status !== SERVING) amiss.push(service.slice(service.lastIndexOf(".") + 1));
  }
  if (amiss.length === 0) return "";
  return amiss.length === services.length ? "not serving" : `not serving ${amiss.join(", ")}`;
}

function entryOf(bytes: Uint8Array): { service: string; status: number } {
  const reader = new BinaryReader(bytes);
  let [service, status] = ["", 0];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === 2) service = reader.string();
    else if (field === 2 && wireType === 2) status = statusOf(reader.bytes());
    else reader.skip(wireType, field);
  }
  return { service, status };
}

function statusOf(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let status = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === 0) status = reader.int32();
    else reader.skip(wireType, field);
  }
  return status;
}
