/** Effects, built so that the compiler knows which message belongs to which call, stream and subject. */
import type { Instant } from "@bellmesh/wire";
import type { Address, Call, Effect, Stream } from "./host.ts";
import type { MessageType, Method } from "./method.ts";
import { OK, type Status } from "./status.ts";

/** Answers an incoming call, once. */
export function respond<Response>(call: Call<Response>, response: Response): Effect {
  return { kind: "respond", call, response };
}

/** Ends an incoming call with a status other than OK, once. */
export function fail(call: Call, status: Status): Effect {
  return { kind: "fail", call, status };
}

/** Sends an item on a stream that was opened by us or to us. */
export function send<Item>(stream: Stream<Item>, item: Item): Effect {
  return { kind: "send", stream, item };
}

/** Half-closes a stream we opened, or ends one opened to us with this status. */
export function close(stream: Stream, status: Status = OK): Effect {
  return { kind: "close", stream, status };
}

/** Opens a stream on which we send many messages. */
export function openStream<Request>(stream: Stream<Request>, to: Address, method: Method<Request, unknown>): Effect {
  return { kind: "open-stream", stream, to, method, request: undefined };
}

/** Opens a stream with our one request; the items come to us. */
export function openServerStream<Request>(
  stream: Stream<never>,
  to: Address,
  method: Method<Request, unknown>,
  request: Request,
): Effect {
  return { kind: "open-stream", stream, to, method, request };
}

/** Makes a unary call; the answer comes as `reply` or `call-failed`, the latter at `deadline` at the latest. */
export function call<Request, Response>(
  call: Call<Response>,
  to: Address,
  method: Method<Request, Response>,
  request: Request,
  deadline: Instant,
): Effect {
  return { kind: "call", call, to, method, request, deadline };
}

/** Gives up a call we made: no answer comes any more. */
export function cancelCall(call: Call): Effect {
  return { kind: "cancel-call", call };
}

/** Publishes on the bus, at most once to each subscriber. */
export function publish<T>(subject: string, type: MessageType<T>, message: T): Effect {
  return { kind: "publish", subject, type, message };
}

/** Sets or moves the timer of this name. */
export function setTimer(timer: string, due: Instant): Effect {
  return { kind: "set-timer", timer, due };
}

/** Takes the timer of this name away, if it is set. */
export function cancelTimer(timer: string): Effect {
  return { kind: "cancel-timer", timer };
}

/** Keeps bytes under a key over restarts, durable when `stored` comes back. */
export function store(key: string, bytes: Uint8Array): Effect {
  return { kind: "store", key, bytes };
}

/** Says whether this service can serve, and if not, why. */
export function health(serving: boolean, reason = ""): Effect {
  return { kind: "health", serving, reason };
}

/** Writes an event to the ledger. */
export function record(event: Extract<Effect, { kind: "record" }>["event"]): Effect {
  return { kind: "record", event };
}

/** Whether what an effect does outlives the process, though nobody is told of it. */
export function isWritten({ kind }: Effect): boolean {
  return kind === "record" || kind === "store";
}
