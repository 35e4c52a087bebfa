import type { Instant } from "@bellmesh/wire";
import type { AnyService, Effect, HardwareReading, Input, ServiceDescriptor, Subscription, TimeBase } from "../host.ts";
import { VirtualWorld, type WorldOptions } from "./world.ts";

/** A service for tests: it does what a function says, and everything it was told stands in `heard`. */
export interface Scripted {
  readonly service: AnyService;
  readonly heard: { readonly now: Instant; readonly input: Input }[];
}

export interface Script {
  readonly timeBase?: TimeBase;
  readonly stamped?: boolean;
  readonly serves?: readonly ServiceDescriptor[];
  readonly subscriptions?: readonly Subscription[];
  readonly step?: (now: Instant, input: Input) => readonly Effect[];
}

/** Makes one. */
export function scripted(name: string, script: Script = {}): Scripted {
  const heard: { now: Instant; input: Input }[] = [];
  const service: AnyService = {
    name,
    timeBase: script.timeBase ?? "true",
    stamped: script.stamped ?? false,
    serves: script.serves ?? [],
    subscriptions: () => script.subscriptions ?? [],
    start: () => ({
      step: (now, input) => {
        heard.push({ now, input });
        return script.step?.(now, input) ?? [];
      },
    }),
  };
  return { service, heard };
}

/** One line per input heard: the instant, the kind, and what matters of it. */
export function transcript(of: Scripted): string[] {
  return of.heard.map(({ now, input }) => `${now} ${describe(input)}`);
}

/** A world in which a message from one place to another takes 100 ns, unless told otherwise. */
export function worldForTest(options: Partial<WorldOptions> = {}): VirtualWorld {
  return new VirtualWorld({
    seed: 1,
    network: "test",
    delayNs: () => 100,
    clockOf: () => undefined,
    onRecord: () => undefined,
    ...options,
  });
}

function describe(input: Input): string {
  const reading = "reading" in input ? stamp(input.reading) : "";
  switch (input.kind) {
    case "started":
      return `started ${input.incarnation}`;
    case "call": {
      const request = text(input.method.requestType, input.request);
      return `call ${input.call} from ${input.from} until ${input.deadline}${reading} ${request}`;
    }
    case "reply":
      return `reply ${input.call}${reading} ${text(input.method.responseType, input.response)}`;
    case "call-failed":
      return `call-failed ${input.call} ${input.status.code}`;
    case "cancelled":
      return `cancelled ${input.call}`;
    case "stream-opened": {
      const request = input.request === undefined ? "" : ` ${text(input.method.requestType, input.request)}`;
      return `stream-opened ${input.stream} from ${input.from}${request}`;
    }
    case "stream-item": {
      const type = input.stream % 2 === 1 ? input.method.responseType : input.method.requestType;
      return `stream-item ${input.stream} ${text(type, input.item)}`;
    }
    case "stream-ended":
      return `stream-ended ${input.stream} ${input.status.code}`;
    case "writable":
      return `writable ${input.stream}`;
    case "message":
      return `message ${input.subject} ${text(input.type, input.message)}`;
    case "timer":
      return `timer ${input.timer} due ${input.due}${reading}`;
    case "stored":
      return `stored ${input.key}`;
    case "computed":
      return `computed ${input.computation} ${JSON.stringify(input.result)}`;
    default:
      return input.kind;
  }
}

function stamp(reading: HardwareReading | undefined): string {
  return reading === undefined ? "" : ` at ${reading.instant}+${reading.picoseconds}ps`;
}

function text(type: { toJSON(message: never): unknown }, message: unknown): string {
  return JSON.stringify(type.toJSON(message as never));
}
