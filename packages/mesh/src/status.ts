/** gRPC status codes, by the names of the gRPC specification. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Code = (typeof Code)[keyof typeof Code];

/** How a call or stream ended. `reason` and `metadata` become a google.rpc.ErrorInfo on the real wire. */
export interface Status {
  readonly code: Code;
  readonly message: string;
  /** Upper-case identifier of why, such as EGP_UNSUPP. */
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** When trying again may help (google.rpc.RetryInfo). */
  readonly retryAfterNs?: number;
}

export const OK: Status = Object.freeze({ code: Code.OK, message: "" });

/** A status other than OK. */
export function failure(code: Code, message: string, reason?: string, metadata?: Record<string, string>): Status {
  return {
    code,
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** The name of a code, for people. */
export function codeName(code: Code): string {
  return Object.entries(Code).find(([, value]) => value === code)?.[0] ?? `CODE_${code}`;
}
