import {
  type Address,
  type FaultEntry,
  type FaultScope,
  faultData,
  faultMessage,
  faultOf,
  type Method,
  methodsOf,
} from "@bellmesh/mesh";
import { identityMetadata } from "@bellmesh/mesh/grpc-nats";
import { FaultServiceDefinition } from "@bellmesh/wire/fault";
import { credentials, Client as GrpcClient } from "@grpc/grpc-js";

const { inject, list, clear } = methodsOf(FaultServiceDefinition);
const DEADLINE_MS = 2000;
/** Who injects: nature's side alone may. */
const INJECTOR = "faults/nature";

/** The faults of one process or of a whole run, as data: those that act now, and those to come. */
export interface FaultList {
  readonly acting: readonly object[];
  readonly coming: readonly object[];
}

/** Calls the FaultService of one process. A process that stands still or is down has nothing to say. */
export class FaultClient {
  readonly #client: GrpcClient;
  readonly #address: Address;
  readonly #scope: FaultScope;

  /** @param address of a service in the process */
  constructor(target: string, address: Address, scope: FaultScope) {
    this.#client = new GrpcClient(target, credentials.createInsecure());
    this.#address = address;
    this.#scope = scope;
  }

  /** @returns how many of them concern the process; undefined where it does not answer */
  async inject(entries: readonly FaultEntry[]): Promise<number | undefined> {
    const answer = await this.#call(inject, { entries: entries.map(faultMessage), fromNow: false });
    return answer?.entries.length;
  }

  async list(): Promise<FaultList> {
    const { acting = [], coming = [] } = (await this.#call(list, {})) ?? {};
    const data = (entry: Parameters<typeof faultOf>[0]) => faultData(faultOf(entry, this.#scope));
    return { acting: acting.map(data), coming: coming.map(data) };
  }

  /** @param only entries equal to these; all where none are given */
  async clear(only: readonly FaultEntry[] = []): Promise<void> {
    await this.#call(clear, { entries: only.map(faultMessage) });
  }

  close(): void {
    this.#client.close();
  }

  #call<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response | undefined> {
    const { path, requestType, responseType } = method;
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        (message: Request) => Buffer.from(requestType.encode(message).finish()),
        (bytes: Buffer) => responseType.decode(bytes),
        request,
        identityMetadata(INJECTOR, this.#address),
        { deadline: Date.now() + DEADLINE_MS },
        (_error, response) => resolve(response),
      );
    });
  }
}
