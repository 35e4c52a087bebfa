/** What a client sends. */
export type Command =
  | { readonly verb: "CONNECT"; readonly json: string }
  | {
      readonly verb: "PUB";
      readonly subject: string;
      /** Empty when there is none. */
      readonly reply: string;
      /** How much of the body is headers; 0 of PUB, which has none. */
      readonly headerBytes: number;
      readonly body: Buffer;
    }
  | { readonly verb: "SUB"; readonly subject: string; readonly queue: string | undefined; readonly id: string }
  | { readonly verb: "UNSUB"; readonly id: string; readonly max: number | undefined }
  | { readonly verb: "PING" | "PONG" | "INFO" | "+OK" | "-ERR" };

type Publication = Omit<Extract<Command, { verb: "PUB" }>, "body">;

/** What ends a connection. The server says the message first; with arguments that are none it goes without a word. */
export class ProtocolError extends Error {}

const CONTROL_LINE_MAX = 4096;
const CR = "\r".charCodeAt(0);
const LF = "\n".charCodeAt(0);
const NOTHING = Buffer.alloc(0);

/**
 * Cuts the bytes of a connection into commands (docs.nats.io, "Client Protocol"): lines, and behind PUB and HPUB so
 * many bytes and another line end. It objects to what nats-server objects to, and in the same words.
 */
export class CommandParser {
  readonly #maxPayload: number;
  #rest: Buffer = NOTHING;
  /** The publication whose body has not come yet, and the length of that. */
  #awaited: { readonly publication: Publication; readonly bytes: number } | undefined;
  /** Before that, everything but CONNECT is refused. */
  #mustConnect: boolean;

  constructor(options: { maxPayload: number; mustConnect: boolean }) {
    this.#maxPayload = options.maxPayload;
    this.#mustConnect = options.mustConnect;
  }

  /**
   * Takes bytes as they come. @returns the commands they complete.
   * @throws ProtocolError when no command can follow.
   */
  *take(bytes: Buffer): Generator<Command> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      if (this.#awaited === undefined) {
        const line = this.#line();
        if (line === undefined) return;
        const command = this.#read(line);
        if (command !== undefined) yield command;
      } else {
        const command = this.#publication();
        if (command === undefined) return;
        yield command;
      }
    }
  }

  #line(): string | undefined {
    const end = this.#rest.indexOf(LF);
    if ((end < 0 ? this.#rest.length : end) > CONTROL_LINE_MAX)
      throw new ProtocolError("maximum control line exceeded");
    if (end < 0) return undefined;
    const line = this.#rest.subarray(0, this.#rest[end - 1] === CR ? end - 1 : end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  /** @returns undefined when the body has to come first. */
  #read(line: string): Command | undefined {
    const [word = "", ...args] = line.trimEnd().split(/[ \t]+/);
    const verb = word.toUpperCase();
    if (this.#mustConnect && verb !== "CONNECT") throw new ProtocolError("Authorization Violation");
    this.#mustConnect = false;
    if (args.length === 0 && !isBare(verb)) throw new ProtocolError("Unknown Protocol Operation");
    if (isBare(verb)) return { verb };
    if (verb === "CONNECT") return { verb, json: line.slice(word.length) };
    if (verb === "SUB") return subscription(args);
    if (verb === "UNSUB") return ending(args);
    if (verb !== "PUB" && verb !== "HPUB") throw new ProtocolError("Unknown Protocol Operation");
    this.#awaited = publication(args, verb === "HPUB");
    if (this.#awaited.bytes > this.#maxPayload) throw new ProtocolError("Maximum Payload Violation");
    return undefined;
  }

  #publication(): Command | undefined {
    const { publication, bytes } = this.#awaited as { publication: Publication; bytes: number };
    if (this.#rest.length < bytes + 2) return undefined;
    if (this.#rest[bytes] !== CR || this.#rest[bytes + 1] !== LF) throw new ProtocolError("Unknown Protocol Operation");
    // A copy: what is kept until it is written must not hold a whole chunk of the socket's.
    const body = Buffer.from(this.#rest.subarray(0, bytes));
    this.#rest = this.#rest.subarray(bytes + 2);
    this.#awaited = undefined;
    return { ...publication, body };
  }
}

function isBare(verb: string): verb is "PING" | "PONG" | "INFO" | "+OK" | "-ERR" {
  return verb === "PING" || verb === "PONG" || verb === "INFO" || verb === "+OK" || verb === "-ERR";
}

/** subject [reply] bytes, or subject [reply] header-bytes bytes */
function publication(args: readonly string[], withHeaders: boolean): { publication: Publication; bytes: number } {
  const sizes = args.slice(withHeaders ? -2 : -1).map((text) => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN));
  const names = args.slice(0, -sizes.length);
  const [subject, reply = "", ...tooMany] = names;
  const bytes = sizes.at(-1) as number;
  const headerBytes = withHeaders ? (sizes[0] as number) : 0;
  if (subject === undefined || tooMany.length > 0 || Number.isNaN(bytes) || !(headerBytes <= bytes)) {
    throw new ProtocolError();
  }
  return { publication: { verb: "PUB", subject, reply, headerBytes }, bytes };
}

/** subject [queue] id */
function subscription(args: readonly string[]): Command {
  const [subject, second, third, ...tooMany] = args;
  if (subject === undefined || second === undefined || tooMany.length > 0) throw new ProtocolError();
  return { verb: "SUB", subject, queue: third && second, id: third ?? second };
}

/** id [max]; a maximum that is none is as if there were none. */
function ending(args: readonly string[]): Command {
  const [id, max = "", ...tooMany] = args;
  if (id === undefined || tooMany.length > 0) throw new ProtocolError();
  return { verb: "UNSUB", id, max: /^[1-9]\d{0,8}$/.test(max) ? Number(max) : undefined };
}
