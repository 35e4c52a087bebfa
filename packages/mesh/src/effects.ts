/** Effects, built so that the compiler knows which message belongs to which call, stream and subject. */
import type { Instant } from "@bellmesh/wire";
import type { Address, Call, Effect, Stream } from "./host.ts";
import type { MessageType, Method } from "./method.ts";
import { OK, type Status } from "./status.ts";

export function respond<Response>(call: Call<Response>, response: Response): Effect {
  return { kind: "respond", call, response };
}

export function fail(call: Call, status: Status): Effect {
  return { kind: "fail", call, status };
}

export function send<Item>(stream: Stream<Item>, item: Item): Effect {
  return { kind: "send", stream, item };
}

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

export function call<Request, Response>(
  call: Call<Response>,
  to: Address,
  method: Method<Request, Response>,
  request: Request,
  deadline: Instant,
): Effect {
  return { kind: "call", call, to, method, request, deadline };
}

export function cancelCall(call: Call): Effect {
  return { kind: "cancel-call", call };
}

export function publish<T>(subject: string, type: MessageType<T>, message: T): Effect {
  return { kind: "publish", subject, type, message };
}

export function setTimer(timer: string, due: Instant): Effect {
  return { kind: "set-timer", timer, due };
}

export function cancelTimer(timer: string): Effect {
  return { kind: "cancel-timer", timer };
}

export function store(key: string, bytes: Uint8Array): Effect {
  return { kind: "store", key, bytes };
}

export function health(serving: boolean, reason = ""): Effect {
  return { kind: "health", serving, reason };
}

export function record(event: Extract<Effect, { kind: "record" }>["event"]): Effect {
  return { kind: "record", event };
}
