import type { Socket } from "node:net";
import type { BusUser } from "./bus-user.ts";
import { type Command, CommandParser, ProtocolError } from "./command-parser.ts";
import { isCovered, isLiteral, isPattern, matches } from "./subject.ts";
import type { Subscriber, Subscription, Subscriptions } from "./subscriptions.ts";

const CR_LF = "\r\n";
/** Of messages; more a client cannot have waiting for it before it is let go, as a slow consumer. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;
const PING_MS = 30_000;
const NO_RESPONDERS = Buffer.from(`NATS/1.0 503${CR_LF}${CR_LF}`);

export interface ClientOptions {
  readonly socket: Socket;
  readonly id: number;
  readonly maxPayload: number;
  readonly subscriptions: Subscriptions;
  /** Nobody needs to log in where there are no users. */
  readonly users: ReadonlyMap<string, BusUser>;
  readonly onClosed: () => void;
}

interface ConnectOptions {
  readonly verbose?: boolean;
  readonly echo?: boolean;
  readonly headers?: boolean;
  readonly no_responders?: boolean;
  readonly user?: string;
  readonly pass?: string;
}

/** One client's connection to the broker. */
export class BrokerClient implements Subscriber {
  readonly #options: ClientOptions;
  readonly #parser: CommandParser;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #pinging: NodeJS.Timeout;
  #connect: ConnectOptions | undefined;
  #mayPublish: readonly (readonly string[])[] | undefined;
  #maySubscribe: readonly (readonly string[])[] | undefined;
  #unanswered = 0;
  /** The subscription that must not hear what is being published: the publisher's own, unless it wants echoes. */
  #publishing = false;
  #outgoing: (string | Buffer)[] = [];

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#parser = new CommandParser(options.maxPayload);
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("error", () => this.close());
    socket.on("close", () => this.close());
    this.#pinging = setInterval(() => this.#ping(), PING_MS);
    const auth = options.users.size > 0 ? { auth_required: true } : {};
    const info = {
      server_id: "bellmesh-broker",
      server_name: "bellmesh-broker",
      version: "2.9.0",
      proto: 1,
      headers: true,
      max_payload: options.maxPayload,
      client_id: options.id,
      ...auth,
    };
    this.#send(`INFO ${JSON.stringify(info)}${CR_LF}`);
  }

  deliver(subscription: Subscription, subject: string, reply: string, headerBytes: number, body: Buffer): void {
    if (this.#publishing && this.#connect?.echo === false) return;
    const to = reply === "" ? "" : `${reply} `;
    if (headerBytes === 0 || !this.#connect?.headers) {
      const payload = body.subarray(headerBytes);
      this.#send(`MSG ${subject} ${subscription.id} ${to}${payload.length}${CR_LF}`, payload, CR_LF);
    } else {
      this.#send(`HMSG ${subject} ${subscription.id} ${to}${headerBytes} ${body.length}${CR_LF}`, body, CR_LF);
    }
    if (subscription.delivered === subscription.max) this.#subscriptions.delete(subscription.id);
  }

  /** Ends the connection; what is under way to the client is still sent. */
  close(): void {
    clearInterval(this.#pinging);
    for (const subscription of this.#subscriptions.values()) this.#options.subscriptions.remove(subscription);
    this.#subscriptions.clear();
    this.#flush();
    this.#options.socket.end();
    this.#options.onClosed();
  }

  #take(bytes: Buffer): void {
    try {
      for (const command of this.#parser.take(bytes)) this.#obey(command);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#send(`-ERR '${error.message}'${CR_LF}`);
      this.close();
    }
  }

  #obey({ verb, args, body }: Command): void {
    if (verb === "CONNECT") this.#logIn(args[0] ?? "");
    else if (verb === "PING") this.#send(`PONG${CR_LF}`);
    else if (verb === "PONG") this.#unanswered = 0;
    else if (this.#connect === undefined && this.#options.users.size > 0) {
      throw new ProtocolError("Authorization Violation");
    } else if (verb === "PUB" || verb === "HPUB") this.#publish(verb === "HPUB", args, body);
    else if (verb === "SUB") this.#subscribe(args);
    else if (verb === "UNSUB") this.#unsubscribe(args);
    else throw new ProtocolError("Unknown Protocol Operation");
  }

  #logIn(json: string): void {
    let options: ConnectOptions;
    try {
      options = JSON.parse(json) as ConnectOptions;
    } catch {
      throw new ProtocolError("Parser Error");
    }
    const { users } = this.#options;
    if (users.size > 0) {
      const user = users.get(options.user ?? "");
      if (user === undefined || user.password !== options.pass) throw new ProtocolError("Authorization Violation");
      this.#mayPublish = user.permissions.publish?.map((pattern) => pattern.split("."));
      this.#maySubscribe = user.permissions.subscribe?.map((pattern) => pattern.split("."));
    }
    this.#connect = options;
    this.#ok();
  }

  /** PUB subject [reply], HPUB subject [reply] header-bytes; the size of the whole stood last and is gone. */
  #publish(withHeaders: boolean, args: readonly string[], body: Buffer): void {
    const headerBytes = withHeaders ? Number(args.at(-1)) : 0;
    const [subject = "", reply = ""] = withHeaders ? args.slice(0, -1) : args;
    if (!Number.isSafeInteger(headerBytes) || headerBytes > body.length) throw new ProtocolError("Parser Error");
    if (!isLiteral(subject)) {
      this.#send(`-ERR 'Invalid Publish Subject'${CR_LF}`);
      return;
    }
    const tokens = subject.split(".");
    if (this.#mayPublish && !this.#mayPublish.some((pattern) => matches(pattern, tokens))) {
      this.#send(`-ERR 'Permissions Violation for Publish to "${subject}"'${CR_LF}`);
      return;
    }
    this.#ok();
    const { subscriptions } = this.#options;
    this.#publishing = true;
    const heard = subscriptions.publish(subject, reply, headerBytes, body);
    this.#publishing = false;
    if (heard === 0 && reply !== "" && this.#connect?.no_responders && this.#connect.headers) {
      subscriptions.publish(reply, "", NO_RESPONDERS.length, NO_RESPONDERS);
    }
  }

  /** SUB subject [queue] id */
  #subscribe(args: readonly string[]): void {
    const [subject = "", ...rest] = args;
    const id = rest.at(-1);
    const queue = rest.length === 2 ? rest[0] : undefined;
    if (id === undefined || rest.length > 2) throw new ProtocolError("Parser Error");
    if (!isPattern(subject)) {
      this.#send(`-ERR 'Invalid Subject'${CR_LF}`);
      return;
    }
    if (this.#maySubscribe && !isCovered(subject, this.#maySubscribe)) {
      this.#send(`-ERR 'Permissions Violation for Subscription to "${subject}"'${CR_LF}`);
      return;
    }
    this.#ok();
    if (this.#subscriptions.has(id)) return;
    const subscription = { client: this, id, tokens: subject.split("."), queue, max: 0, delivered: 0 };
    this.#subscriptions.set(id, subscription);
    this.#options.subscriptions.add(subscription);
  }

  /** UNSUB id [max] */
  #unsubscribe([id = "", max]: readonly string[]): void {
    this.#ok();
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    subscription.max = max === undefined ? 0 : Number(max);
    if (subscription.max > subscription.delivered) return;
    this.#subscriptions.delete(id);
    this.#options.subscriptions.remove(subscription);
  }

  #ok(): void {
    if (this.#connect?.verbose) this.#send(`+OK${CR_LF}`);
  }

  #ping(): void {
    this.#unanswered += 1;
    if (this.#unanswered > 2) {
      this.#send(`-ERR 'Stale Connection'${CR_LF}`);
      this.close();
    } else {
      this.#send(`PING${CR_LF}`);
    }
  }

  /** What is sent in one turn of the event loop goes out together. */
  #send(...parts: (string | Buffer)[]): void {
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(...parts);
  }

  #flush(): void {
    const { socket } = this.#options;
    const parts = this.#outgoing;
    this.#outgoing = [];
    if (parts.length === 0 || !socket.writable) return;
    socket.write(Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part))));
    if (socket.writableLength <= PENDING_BYTES_MAX) return;
    socket.destroy();
    this.close();
  }
}
