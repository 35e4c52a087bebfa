/** What a client sends: the verb in capitals, its arguments, and for PUB and HPUB what is to be published. */
export interface Command {
  readonly verb: string;
  readonly args: readonly string[];
  /** Headers and payload together. */
  readonly body: Buffer;
}

const CR_LF = Buffer.from("\r\n");
const CONTROL_LINE_MAX = 4096;
const NO_BODY = Buffer.alloc(0);

/** What the server says to a client before it closes the connection. */
export class ProtocolError extends Error {}

/**
 * Cuts the bytes of a connection into commands (docs.nats.io, "Client Protocol"): lines that end in CR LF, behind
 * PUB and HPUB so many bytes and another CR LF.
 */
export class CommandParser {
  readonly #maxPayload: number;
  #rest: Buffer = NO_BODY;
  /** The line whose body has not come yet. */
  #waiting: { readonly verb: string; readonly args: readonly string[]; readonly bytes: number } | undefined;

  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  /**
   * Takes bytes as they come. @returns the commands they complete.
   * @throws ProtocolError when no command can follow.
   */
  *take(bytes: Buffer): Generator<Command> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const command = this.#waiting === undefined ? this.#line() : this.#body();
      if (command === undefined) return;
      if (command !== "more") yield command;
    }
  }

  #line(): Command | "more" | undefined {
    const end = this.#rest.indexOf(CR_LF);
    if (end < 0 ? this.#rest.length > CONTROL_LINE_MAX : end > CONTROL_LINE_MAX && !isConnect(this.#rest)) {
      throw new ProtocolError("Maximum Control Line Exceeded");
    }
    if (end < 0) return undefined;
    const line = this.#rest.subarray(0, end).toString();
    this.#rest = this.#rest.subarray(end + CR_LF.length);
    const [word = "", ...args] = line.split(/[ \t]+/);
    const verb = word.toUpperCase();
    if (verb !== "PUB" && verb !== "HPUB") {
      const json = line.slice(word.length).trim();
      return { verb, args: verb === "CONNECT" ? [json] : args, body: NO_BODY };
    }
    const bytes = Number(args.at(-1));
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new ProtocolError("Parser Error");
    if (bytes > this.#maxPayload) throw new ProtocolError("Maximum Payload Violation");
    this.#waiting = { verb, args: args.slice(0, -1), bytes };
    return "more";
  }

  #body(): Command | undefined {
    const { verb, args, bytes } = this.#waiting as { verb: string; args: readonly string[]; bytes: number };
    if (this.#rest.length < bytes + CR_LF.length) return undefined;
    if (this.#rest[bytes] !== CR_LF[0] || this.#rest[bytes + 1] !== CR_LF[1]) throw new ProtocolError("Parser Error");
    // A copy: the socket's buffer is used again.
    const body = Buffer.from(this.#rest.subarray(0, bytes));
    this.#rest = this.#rest.subarray(bytes + CR_LF.length);
    this.#waiting = undefined;
    return { verb, args, body };
  }
}

/** Its options may be longer than a line. */
function isConnect(bytes: Buffer): boolean {
  return bytes.subarray(0, 7).toString().toUpperCase() === "CONNECT";
}
