import { fidelityOf } from "@bellmesh/bell";
import { Code, failure, type Status } from "@bellmesh/mesh";
import type { Instant } from "@bellmesh/wire";
import { type CreateRequest, ErrorCode, RequestType } from "@bellmesh/wire/link-layer";
import type { FidelityEstimation } from "./fidelity-estimation.ts";

const PURPOSE_ID_MAX = 65_535;
const PAIRS_MAX = 65_535;
const PRIORITY_MAX = 7;

/** A refusal as the draft names it, with its gRPC status. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: Status;
}

/**
 * Whether a link can serve a CREATE at all, judged from its parameters alone; each end of a link asks this.
 * The order of the checks and the meaning of the codes follow draft-dahlberg-ll-quantum-03 and the QLinkLayer
 * simulations' check_supported_request: what cannot be a request (CREATE), then what this link cannot do (UNSUPP).
 * @returns why not, or undefined.
 */
export function refusalOf(create: CreateRequest, estimation: FidelityEstimation): Refusal | undefined {
  return malformed(create) ?? unsupported(create, estimation);
}

/**
 * Whether a CREATE's time is too short even for an idle link: the peer has to agree, which takes a round trip, and
 * every pair takes one period, in which its herald comes back. A link that is down has to come first, and one that
 * never comes again serves nothing. Only the originator asks, for only it knows the clock.
 */
export function tooShort(
  now: Instant,
  { pairs, maxTimeNs, minFidelity }: CreateRequest,
  estimation: FidelityEstimation,
): Refusal | undefined {
  const { messageDelayNs, periodNs } = estimation.modelFor({ minFidelity });
  const [first, second] = messageDelayNs;
  const upNs = estimation.nextUpNs(now);
  if (upNs === Number.POSITIVE_INFINITY) return linkDown("link: its schedule has no more time in which it is up");
  const agreedNs = 2 * (first + second);
  const shortestNs = agreedNs + periodNs * Math.max(1, pairs);
  if (maxTimeNs === 0) return undefined;
  if (maxTimeNs < shortestNs) {
    const message = `max_time_ns is ${maxTimeNs}; ${Math.max(1, pairs)} pairs take at least ${shortestNs} ns`;
    return unsupp(message, { shortestNs: `${shortestNs}` });
  }
  if (maxTimeNs >= upNs - now + shortestNs - agreedNs) return undefined;
  const message = `max_time_ns is ${maxTimeNs}; the link is down, and comes in ${upNs - now} ns`;
  return linkDown(message, { upAtNs: `${upNs}` });
}

/** No such link here. */
export function unknownLink(node: string, link: string, known: Iterable<string>): Refusal {
  return notACreate(`link: ${node} has no link "${link}"; it has ${[...known].join(", ")}`);
}

/** The queue is full: not now, but perhaps later. */
export function noResources(retryAfterNs: number): Refusal {
  const status = failure(Code.RESOURCE_EXHAUSTED, "the link's queue is full", "EGP_NORES");
  return { code: ErrorCode.NORES, status: { ...status, retryAfterNs } };
}

function malformed({ purposeId, pairs, priority, minFidelity, type }: CreateRequest): Refusal | undefined {
  if (purposeId > PURPOSE_ID_MAX) return notACreate(`purpose_id is ${purposeId}; it has 16 bits`);
  if (pairs > PAIRS_MAX) return notACreate(`pairs is ${pairs}; at most ${PAIRS_MAX} a request`);
  if (priority > PRIORITY_MAX) return notACreate(`priority is ${priority}; it is 0 to ${PRIORITY_MAX}`);
  if (minFidelity !== undefined && !(minFidelity > 0 && minFidelity <= 1)) {
    return notACreate(`min_fidelity is ${minFidelity}; it lies in (0.5, 1]`);
  }
  if (type !== RequestType.KEEP && type !== RequestType.MEASURE) return notACreate("type is neither KEEP nor MEASURE");
  return undefined;
}

function unsupported({ type, minFidelity }: CreateRequest, estimation: FidelityEstimation): Refusal | undefined {
  if (type !== RequestType.KEEP) return unsupp("type: only requests of type KEEP are supported");
  if (minFidelity === undefined) return undefined;
  if (minFidelity <= 0.5) {
    return unsupp(`min_fidelity is ${minFidelity}; a pair of fidelity 0.5 or less is not entangled`);
  }
  const { weights, eigenvalues } = estimation.modelFor({ minFidelity });
  // The same to the last digits, which rounding takes differently.
  const attainable = Math.max(weights[0], fidelityOf(eigenvalues));
  if (minFidelity <= attainable) return undefined;
  const message = `min_fidelity is ${minFidelity}; this link attains ${attainable.toFixed(4)}`;
  return unsupp(message, { attainable: attainable.toFixed(6) });
}

function notACreate(message: string): Refusal {
  return { code: ErrorCode.CREATE, status: failure(Code.INVALID_ARGUMENT, message, "EGP_CREATE") };
}

function unsupp(message: string, metadata?: Record<string, string>): Refusal {
  return { code: ErrorCode.UNSUPP, status: failure(Code.FAILED_PRECONDITION, message, "EGP_UNSUPP", metadata) };
}

function linkDown(message: string, metadata?: Record<string, string>): Refusal {
  const status = failure(Code.FAILED_PRECONDITION, message, "EGP_LINK_DOWN", metadata);
  return { code: ErrorCode.LINK_DOWN, status };
}
