import {
  type ClearResponse,
  FaultServiceDefinition,
  type InjectRequest,
  type InjectResponse,
  type ListResponse,
} from "@bellmesh/wire/fault";
import type * as grpc from "@grpc/grpc-js";
import { FaultError } from "../faults/fault-error.ts";
import { type FaultEntry, kindOf } from "../faults/fault-kinds.ts";
import { faultMessage, faultOf } from "../faults/fault-message.ts";
import { type Method, methodsOf } from "../method.ts";
import { Code, failure, type Status } from "../status.ts";
import { same } from "./calls.ts";
import type { ProcessFaults } from "./process-faults.ts";
import { statusToGrpc } from "./rich-status.ts";

/** The proto service's full name. */
export const FAULT_SERVICE = FaultServiceDefinition.fullName;

const { inject, list, clear } = methodsOf(FaultServiceDefinition);

/** What a process answers to whoever injects faults. Without faults allowed, that it does not. */
export class FaultDoor {
  readonly #faults: ProcessFaults | undefined;
  readonly #now: () => number;

  /** @param now the present instant, from which on instants may be counted */
  constructor(faults: ProcessFaults | undefined, now: () => number) {
    this.#faults = faults;
    this.#now = now;
  }

  /** Registers the service, for anybody who reaches the server. */
  register(server: grpc.Server): void {
    this.#serve(server, inject, (faults, request) => this.#inject(faults, request));
    this.#serve(server, list, (faults): ListResponse => {
      return { acting: faults.acting.map(faultMessage), coming: faults.coming.map(faultMessage) };
    });
    this.#serve(server, clear, (faults): ClearResponse => ({ cleared: faults.clear() }));
  }

  #serve<Request>(
    server: grpc.Server,
    method: Method<Request, unknown>,
    answer: (faults: ProcessFaults, request: Request) => object | Refusal,
  ): void {
    const handle: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => {
      const answered = this.#faults ? answer(this.#faults, method.requestType.decode(request)) : NOT_ALLOWED;
      if (answered instanceof Refusal) callback(statusToGrpc(answered.status));
      else callback(null, Buffer.from(method.responseType.encode(answered).finish()));
    };
    server.register(method.path, handle, same, same, "unary");
  }

  /** All of them, or none. */
  #inject(faults: ProcessFaults, { entries, fromNow }: InjectRequest): InjectResponse | Refusal {
    const read: FaultEntry[] = [];
    for (const [place, message] of entries.entries()) {
      const entry = entryOf(message, faults, place);
      if (entry instanceof Refusal) return entry;
      read.push(fromNow ? { ...entry, atNs: entry.atNs + this.#now() } : entry);
    }
    return { entries: faults.inject(read).map(faultMessage) };
  }
}

class Refusal {
  readonly status: Status;

  constructor(status: Status) {
    this.status = status;
  }
}

const NOT_ALLOWED = new Refusal(
  failure(
    Code.PERMISSION_DENIED,
    "no faults may be injected here: the process was not started with --allow-faults",
    "FAULTS_NOT_ALLOWED",
  ),
);

function entryOf(message: InjectRequest["entries"][number], { scope }: ProcessFaults, place: number) {
  try {
    const entry = faultOf(message, scope);
    if (kindOf(entry).appliedBy !== "supervisor") return entry;
    const why = `entries[${place}].kind: a ${entry.kind} is done by whoever runs the process`;
    const status = failure(Code.FAILED_PRECONDITION, `${why}; use bellmesh faults inject`, "NOT_BY_PROCESS");
    return new Refusal(status);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return new Refusal(failure(Code.INVALID_ARGUMENT, `entries[${place}].${error.message}`, "INVALID_FAULT"));
  }
}
