import {
  type ClearRequest,
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
import { type AnyMethod, type Method, methodsOf } from "../method.ts";
import { Code, failure, type Status } from "../status.ts";
import { placeOf, same } from "./calls.ts";
import type { MeshProcess } from "./process.ts";
import type { ProcessFaults } from "./process-faults.ts";
import { statusToGrpc } from "./rich-status.ts";
import type { Server } from "./server.ts";

/** The proto service's full name. */
export const FAULT_SERVICE = FaultServiceDefinition.fullName;

const { inject, list, clear } = methodsOf(FaultServiceDefinition);

/** The place in whose name faults are injected: what goes wrong on purpose is nature's doing, and no node's. */
const INJECTING_PLACE = "nature";

/** What a process answers to whoever injects faults. Without faults allowed, that it does not. */
export class FaultDoor {
  readonly #process: MeshProcess;
  readonly #server: Server;

  constructor(process: MeshProcess, server: Server) {
    this.#process = process;
    this.#server = server;
  }

  /** Registers the service. */
  register(): void {
    this.#serve(inject, (faults, request) => this.#inject(faults, request));
    this.#serve(list, (faults): ListResponse => {
      return { acting: faults.acting.map(faultMessage), coming: faults.coming.map(faultMessage) };
    });
    this.#serve(clear, (faults, request) => this.#clear(faults, request));
  }

  #serve<Request>(
    method: Method<Request, unknown>,
    answer: (faults: ProcessFaults, request: Request) => object | Refusal,
  ): void {
    const handle: grpc.handleUnaryCall<Buffer, Buffer> = ({ request, metadata }, callback) => {
      const faults = this.#admitted(method, metadata);
      const answered = faults instanceof Refusal ? faults : answer(faults, method.requestType.decode(request));
      if (answered instanceof Refusal) callback(statusToGrpc(answered.status));
      else callback(null, Buffer.from(method.responseType.encode(answered).finish()));
    };
    this.#server.grpc.register(method.path, handle, same, same, "unary");
  }

  /** The faults, for who may see to them. */
  #admitted(method: AnyMethod, metadata: grpc.Metadata): ProcessFaults | Refusal {
    const from = this.#server.callerOf(method, metadata);
    if (typeof from !== "string") return new Refusal(from);
    if (placeOf(from) === INJECTING_PLACE) return this.#process.faults ?? NOT_ALLOWED;
    const message = `${from} may not inject faults, or see them: that is for ${INJECTING_PLACE} alone`;
    this.#process.refused("NOT_NATURE", from, `${method.path}: ${message}`);
    return new Refusal(failure(Code.PERMISSION_DENIED, message, "NOT_NATURE"));
  }

  /** All of them, or none. */
  #inject(faults: ProcessFaults, { entries, fromNow }: InjectRequest): InjectResponse | Refusal {
    const read = entriesOf(entries, faults);
    if (read instanceof Refusal) return read;
    const nowNs = fromNow ? this.#process.time.now() : 0;
    return { entries: faults.inject(read.map((entry) => ({ ...entry, atNs: entry.atNs + nowNs }))).map(faultMessage) };
  }

  #clear(faults: ProcessFaults, { entries }: ClearRequest): ClearResponse | Refusal {
    if (entries.length === 0) return { cleared: faults.clear() };
    const read = entriesOf(entries, faults);
    return read instanceof Refusal ? read : { cleared: faults.clear(read) };
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

function entriesOf(messages: InjectRequest["entries"], faults: ProcessFaults): readonly FaultEntry[] | Refusal {
  const read: FaultEntry[] = [];
  for (const [place, message] of messages.entries()) {
    const entry = entryOf(message, faults, place);
    if (entry instanceof Refusal) return entry;
    read.push(entry);
  }
  return read;
}

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
