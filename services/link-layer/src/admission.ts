import { fidelityOf } from "@bellmesh/bell";
import { Code, failure, type Status } from "@bellmesh/mesh";
import type { LinkModel } from "@bellmesh/topology";
import { type CreateRequest, ErrorCode, RequestType } from "@bellmesh/wire/link-layer";

const PURPOSE_ID_MAX = 65_535;
const PAIRS_MAX = 65_535;
const PRIORITY_MAX = 7;

/** A refusal as the draft names it, with its gRPC status. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: Status;
}

function refuse(code: ErrorCode, grpc: Code, message: string, metadata?: Record<string, string>): Refusal {
  const name = Object.entries(ErrorCode).find(([, value]) => value === code)?.[0];
  return { code, status: failure(grpc, message, `EGP_${name}`, metadata) };
}

/**
 * Whether a link can serve a CREATE at all, judged from its parameters alone.
 * The order of the checks and the meaning of the codes follow draft-dahlberg-ll-quantum-03 and the QLinkLayer
 * simulations' check_supported_request.
 * @returns why not, or undefined.
 */
export function refusalOf(create: CreateRequest, model: LinkModel): Refusal | undefined {
  const { minFidelity } = create;
  if (create.purposeId > PURPOSE_ID_MAX) {
    return refuse(ErrorCode.CREATE, Code.INVALID_ARGUMENT, `purpose_id is ${create.purposeId}; it has 16 bits`);
  }
  if (create.pairs > PAIRS_MAX) {
    return refuse(ErrorCode.CREATE, Code.INVALID_ARGUMENT, `pairs is ${create.pairs}; at most ${PAIRS_MAX} a request`);
  }
  if (create.priority > PRIORITY_MAX) {
    return refuse(
      ErrorCode.CREATE,
      Code.INVALID_ARGUMENT,
      `priority is ${create.priority}; it is 0 to ${PRIORITY_MAX}`,
    );
  }
  if (minFidelity !== undefined && !(minFidelity > 0 && minFidelity <= 1)) {
    return refuse(ErrorCode.CREATE, Code.INVALID_ARGUMENT, `min_fidelity is ${minFidelity}; it lies in (0.5, 1]`);
  }
  if (create.type !== RequestType.KEEP) {
    return refuse(ErrorCode.UNSUPP, Code.FAILED_PRECONDITION, "only requests of type KEEP are supported");
  }
  if (minFidelity !== undefined && minFidelity <= 0.5) {
    const message = `min_fidelity is ${minFidelity}; a pair of fidelity 0.5 or less is not entangled`;
    return refuse(ErrorCode.UNSUPP, Code.FAILED_PRECONDITION, message);
  }
  const attainable = fidelityOf(model.eigenvalues);
  if (minFidelity !== undefined && minFidelity > attainable) {
    const message = `min_fidelity is ${minFidelity}; this link attains ${attainable.toFixed(4)}`;
    return refuse(ErrorCode.UNSUPP, Code.FAILED_PRECONDITION, message, { attainable: attainable.toFixed(6) });
  }
  const shortestNs = model.periodNs * Math.max(1, create.pairs);
  if (create.maxTimeNs !== 0 && shortestNs > create.maxTimeNs) {
    const message = `max_time is ${create.maxTimeNs} ns; ${create.pairs} pairs take at least ${shortestNs} ns`;
    return refuse(ErrorCode.UNSUPP, Code.FAILED_PRECONDITION, message);
  }
  return undefined;
}

/** The queue is full: not now, but perhaps later. */
export function noResources(retryAfterNs: number): Refusal {
  const { code, status } = refuse(ErrorCode.NORES, Code.RESOURCE_EXHAUSTED, "the link's queue is full");
  return { code, status: { ...status, retryAfterNs } };
}
