import type { Instant } from "@bellmesh/wire";
import type { Address, Call, Effect, HardwareReading, Input, Machine, Stream } from "./host.ts";
import type { AnyMethod, MessageType, Method } from "./method.ts";
import { Code, failure, type Status } from "./status.ts";

const nothing: readonly Effect[] = Object.freeze([]);

type CallInput = Extract<Input, { kind: "call" }>;
type ReplyInput = Extract<Input, { kind: "reply" }>;

/** What else is known of an incoming call. */
export interface CallDetails<Response> {
  readonly call: Call<Response>;
  readonly from: Address;
  readonly deadline: Instant | undefined;
  readonly reading: HardwareReading | undefined;
}

/** The handlers of a stream a client opened to us. */
export interface Served<M, Request, Response> {
  /** `request` is there when the client sends one message only. */
  opened?: (machine: M, now: Instant, stream: Stream<Response>, from: Address, request: Request) => readonly Effect[];
  /** `lateNs` is for nature alone; see host.ts. */
  item?: (machine: M, now: Instant, item: Request, stream: Stream<Response>, lateNs: number) => readonly Effect[];
  ended?: (machine: M, now: Instant, stream: Stream<Response>, status: Status) => readonly Effect[];
  writable?: (machine: M, now: Instant, stream: Stream<Response>) => readonly Effect[];
}

/** The handlers of a stream we opened. */
export interface Opened<M, Request, Response> {
  item?: (machine: M, now: Instant, item: Response, stream: Stream<Request>) => readonly Effect[];
  ended?: (machine: M, now: Instant, stream: Stream<Request>, status: Status) => readonly Effect[];
  writable?: (machine: M, now: Instant, stream: Stream<Request>) => readonly Effect[];
}

type Handler<M> = (machine: M, now: Instant, input: never) => readonly Effect[];

/**
 * The table of a service: which input goes to which function of the machine.
 * A `service.ts` is one of these, read top to bottom.
 */
export class Routes<M> {
  readonly #calls = new Map<AnyMethod, (machine: M, now: Instant, input: CallInput) => readonly Effect[]>();
  readonly #replies = new Map<AnyMethod, (machine: M, now: Instant, input: ReplyInput) => readonly Effect[]>();
  readonly #failures = new Map<
    AnyMethod,
    (machine: M, now: Instant, call: Call, status: Status) => readonly Effect[]
  >();
  readonly #served = new Map<AnyMethod, Served<M, never, never>>();
  readonly #opened = new Map<AnyMethod, Opened<M, never, never>>();
  readonly #messages = new Map<
    unknown,
    (machine: M, now: Instant, message: never, subject: string) => readonly Effect[]
  >();
  readonly #rest = new Map<Input["kind"], Handler<M>>();

  /** A unary method we serve. */
  call<Request, Response>(
    method: Method<Request, Response>,
    handle: (machine: M, now: Instant, request: Request, details: CallDetails<Response>) => readonly Effect[],
  ): this {
    this.#calls.set(method, (machine, now, input) =>
      handle(machine, now, input.request as Request, input as unknown as CallDetails<Response>),
    );
    return this;
  }

  /** A unary method we call. */
  reply<Request, Response>(
    method: Method<Request, Response>,
    handle: (
      machine: M,
      now: Instant,
      response: Response,
      call: Call<Response>,
      reading: HardwareReading | undefined,
    ) => readonly Effect[],
    failed: (machine: M, now: Instant, call: Call<Response>, status: Status) => readonly Effect[],
  ): this {
    this.#replies.set(method, (machine, now, input) =>
      handle(machine, now, input.response as Response, input.call as Call<Response>, input.reading),
    );
    this.#failures.set(method, failed as (machine: M, now: Instant, call: Call, status: Status) => readonly Effect[]);
    return this;
  }

  /** A streaming method we serve. */
  serve<Request, Response>(method: Method<Request, Response>, handlers: Served<M, Request, Response>): this {
    this.#served.set(method, handlers);
    return this;
  }

  /** A streaming method we open. */
  open<Request, Response>(method: Method<Request, Response>, handlers: Opened<M, Request, Response>): this {
    this.#opened.set(method, handlers);
    return this;
  }

  /** A message type heard on the bus. */
  message<T>(
    type: MessageType<T>,
    handle: (machine: M, now: Instant, message: T, subject: string) => readonly Effect[],
  ): this {
    this.#messages.set(
      type,
      handle as (machine: M, now: Instant, message: never, subject: string) => readonly Effect[],
    );
    return this;
  }

  timer(handle: (machine: M, now: Instant, input: Extract<Input, { kind: "timer" }>) => readonly Effect[]): this {
    return this.on("timer", handle);
  }

  /** Any other kind of input. Kinds without a handler are of no interest to the machine. */
  on<Kind extends Input["kind"]>(
    kind: Kind,
    handle: (machine: M, now: Instant, input: Extract<Input, { kind: Kind }>) => readonly Effect[],
  ): this {
    this.#rest.set(kind, handle as Handler<M>);
    return this;
  }

  /** Binds the table to a machine. */
  machine(machine: M): Machine {
    return { step: (now, input) => this.#step(machine, now, input) };
  }

  #step(machine: M, now: Instant, input: Input): readonly Effect[] {
    switch (input.kind) {
      case "call": {
        const handle = this.#calls.get(input.method);
        if (handle) return handle(machine, now, input);
        const status = failure(Code.UNIMPLEMENTED, `${input.method.path} is not served here`);
        return [{ kind: "fail", call: input.call, status }];
      }
      case "reply":
        return this.#replies.get(input.method)?.(machine, now, input) ?? nothing;
      case "call-failed":
        return this.#failures.get(input.method)?.(machine, now, input.call, input.status) ?? nothing;
      case "stream-opened": {
        const handlers = this.#served.get(input.method);
        if (!handlers) {
          const status = failure(Code.UNIMPLEMENTED, `${input.method.path} is not served here`);
          return [{ kind: "close", stream: input.stream, status }];
        }
        return (
          handlers.opened?.(machine, now, input.stream as Stream<never>, input.from, input.request as never) ?? nothing
        );
      }
      case "stream-item": {
        // Streams we open are odd; see host.ts.
        const { item, stream, lateNs = 0 } = input;
        const handlers = stream % 2 === 1 ? this.#opened.get(input.method) : this.#served.get(input.method);
        return handlers?.item?.(machine, now, item as never, stream as Stream<never>, lateNs) ?? nothing;
      }
      case "stream-ended": {
        const handlers = input.stream % 2 === 1 ? this.#opened.get(input.method) : this.#served.get(input.method);
        return handlers?.ended?.(machine, now, input.stream as Stream<never>, input.status) ?? nothing;
      }
      case "writable": {
        const handlers = input.stream % 2 === 1 ? this.#opened.get(input.method) : this.#served.get(input.method);
        return handlers?.writable?.(machine, now, input.stream as Stream<never>) ?? nothing;
      }
      case "message":
        return this.#messages.get(input.type)?.(machine, now, input.message as never, input.subject) ?? nothing;
      default:
        return this.#rest.get(input.kind)?.(machine, now, input as never) ?? nothing;
    }
  }
}
