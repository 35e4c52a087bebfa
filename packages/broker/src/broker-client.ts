import type { Socket } from "node:net";
import type { BusUser } from "./bus-user.ts";
import { type Command, CommandParser, ProtocolError } from "./command-parser.ts";
import { isCovered, isLiteral, isPattern, isWhole, matches } from "./subject.ts";
import type { Delivery, Subscriber, Subscription, Subscriptions } from "./subscriptions.ts";

const CR_LF = "\r\n";
const LOGIN_LIMIT_MS = 2000;
const PING_MS = 30_000;
const PINGS_UNANSWERED_MAX = 2;
/** A client that leaves its bytes lying is let go after so long. */
const STALLED_LIMIT_MS = 10_000;
const NO_RESPONDERS = Buffer.from(`NATS/1.0 503${CR_LF}${CR_LF}`);

export interface ClientOptions {
  readonly socket: Socket;
  readonly id: number;
  readonly serverName: string;
  readonly maxPayload: number;
  readonly maxPendingBytes: number;
  readonly subscriptions: Subscriptions;
  /** Nobody needs to log in where there are no users. */
  readonly users: ReadonlyMap<string, BusUser>;
  readonly log: (line: string) => void;
  readonly onClosed: () => void;
}

interface ConnectOptions {
  readonly name?: string;
  readonly verbose?: boolean;
  readonly pedantic?: boolean;
  readonly echo?: boolean;
  readonly headers?: boolean;
  readonly no_responders?: boolean;
  readonly user?: string;
  readonly pass?: string;
}

type Patterns = readonly (readonly string[])[];
type Publication = Extract<Command, { verb: "PUB" }>;
type Interest = Extract<Command, { verb: "SUB" }>;
type Ending = Extract<Command, { verb: "UNSUB" }>;

/** One client's connection to the broker. */
export class BrokerClient implements Subscriber {
  readonly #options: ClientOptions;
  readonly #parser: CommandParser;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #pinging: NodeJS.Timeout;
  #login: NodeJS.Timeout | undefined;
  #stalled: NodeJS.Timeout | undefined;
  #connect: ConnectOptions = {};
  #mayPublish: Patterns | undefined;
  #maySubscribe: Patterns | undefined;
  #pingsUnanswered = 0;
  #outgoing: (string | Buffer)[] = [];
  #closed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { socket, maxPayload, users } = options;
    const mustConnect = users.size > 0;
    this.#parser = new CommandParser({ maxPayload, mustConnect });
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("drain", () => this.#drained());
    socket.on("error", () => this.#leave());
    socket.on("close", () => this.#leave());
    this.#pinging = setInterval(() => this.#ping(), PING_MS);
    if (mustConnect) this.#login = setTimeout(() => this.#refuse("Authentication Timeout"), LOGIN_LIMIT_MS);
    this.#send(`INFO ${JSON.stringify(this.#greeting(mustConnect))}${CR_LF}`);
  }

  get echo(): boolean {
    return this.#connect.echo !== false;
  }

  deliver(subscription: Subscription, { subject, reply, headerBytes, body }: Delivery): void {
    const to = `${subject} ${subscription.id} ${reply === "" ? "" : `${reply} `}`;
    if (headerBytes > 0 && this.#connect.headers) {
      this.#send(`HMSG ${to}${headerBytes} ${body.length}${CR_LF}`, body, CR_LF);
    } else {
      const payload = body.subarray(headerBytes);
      this.#send(`MSG ${to}${payload.length}${CR_LF}`, payload, CR_LF);
    }
    if (subscription.delivered >= subscription.max) this.#subscriptions.delete(subscription.id);
  }

  /** Ends the connection; what is under way to the client is still sent. */
  close(): void {
    this.#flush();
    this.#leave();
    this.#options.socket.destroySoon();
  }

  /** Ends the connection now. */
  destroy(): void {
    this.#leave();
    this.#options.socket.destroy();
  }

  #greeting(mustConnect: boolean): object {
    const { id, serverName, maxPayload, socket } = this.#options;
    return {
      server_id: serverName,
      server_name: serverName,
      // The server whose answers ours are tested against.
      version: "2.9.10",
      proto: 1,
      headers: true,
      max_payload: maxPayload,
      client_id: id,
      client_ip: socket.remoteAddress,
      ...(mustConnect && { auth_required: true }),
    };
  }

  /** It hears nothing any more, and what it still says is not heard. */
  #leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#pinging);
    clearTimeout(this.#login);
    clearTimeout(this.#stalled);
    for (const subscription of this.#subscriptions.values()) this.#options.subscriptions.remove(subscription);
    this.#subscriptions.clear();
    this.#options.onClosed();
  }

  #take(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      for (const command of this.#parser.take(bytes)) {
        this.#obey(command);
        if (this.#closed) return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse(error.message);
    }
  }

  #obey(command: Command): void {
    if (command.verb === "PUB") this.#publish(command);
    else if (command.verb === "SUB") this.#subscribe(command);
    else if (command.verb === "UNSUB") this.#unsubscribe(command);
    else if (command.verb === "PING") this.#send(`PONG${CR_LF}`);
    else if (command.verb === "PONG") this.#pingsUnanswered = 0;
    else if (command.verb === "CONNECT") this.#logIn(command.json);
  }

  #logIn(json: string): void {
    const options = connectOptions(json);
    const { users } = this.#options;
    if (users.size > 0) {
      const user = users.get(options.user ?? "");
      if (user === undefined || user.password !== options.pass) throw new ProtocolError("Authorization Violation");
      this.#mayPublish = user.permissions.publish?.map((pattern) => pattern.split("."));
      this.#maySubscribe = user.permissions.subscribe?.map((pattern) => pattern.split("."));
    }
    if (options.no_responders && !options.headers) throw new ProtocolError("no responders requires headers support");
    clearTimeout(this.#login);
    this.#connect = options;
    this.#ok();
  }

  #publish({ subject, reply, headerBytes, body }: Publication): void {
    if (headerBytes > 0 && !this.#connect.headers) throw new ProtocolError();
    const tokens = subject.split(".");
    const allowed = this.#mayPublish;
    if (allowed && !(isWhole(tokens) && allowed.some((pattern) => matches(pattern, tokens)))) {
      this.#complain(`Permissions Violation for Publish to "${subject}"`);
      return;
    }
    if (this.#connect.pedantic && !isLiteral(tokens)) this.#complain("Invalid Publish Subject");
    this.#ok();
    const { subscriptions } = this.#options;
    if (subscriptions.publish(this, { subject, reply, headerBytes, body })) return;
    if (reply === "" || !this.#connect.no_responders) return;
    const answer = { subject: reply, reply: "", headerBytes: NO_RESPONDERS.length, body: NO_RESPONDERS };
    subscriptions.tellNobodyHeard(this, answer);
  }

  #subscribe({ subject, queue, id }: Interest): void {
    const tokens = subject.split(".");
    if (this.#maySubscribe && !isCovered(tokens, this.#maySubscribe)) {
      const group = queue === undefined ? "" : ` using queue "${queue}"`;
      this.#complain(`Permissions Violation for Subscription to "${subject}"${group}`);
      return;
    }
    if (!isPattern(tokens)) {
      this.#complain("Invalid Subject");
      return;
    }
    this.#ok();
    if (this.#subscriptions.has(id)) return;
    const subscription = { client: this, id, subject: tokens, queue, max: Number.POSITIVE_INFINITY, delivered: 0 };
    this.#subscriptions.set(id, subscription);
    this.#options.subscriptions.add(subscription);
  }

  #unsubscribe({ id, max }: Ending): void {
    this.#ok();
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    subscription.max = max ?? 0;
    if (subscription.delivered < subscription.max) return;
    this.#subscriptions.delete(id);
    this.#options.subscriptions.remove(subscription);
  }

  #ok(): void {
    if (this.#connect.verbose) this.#send(`+OK${CR_LF}`);
  }

  #complain(what: string): void {
    this.#send(`-ERR '${what}'${CR_LF}`);
  }

  #refuse(why: string): void {
    if (why !== "") this.#complain(why);
    this.close();
  }

  #ping(): void {
    this.#pingsUnanswered += 1;
    if (this.#pingsUnanswered > PINGS_UNANSWERED_MAX) this.#refuse("Stale Connection");
    else this.#send(`PING${CR_LF}`);
  }

  /** What is sent in one turn of the event loop goes out together. */
  #send(...parts: (string | Buffer)[]): void {
    if (this.#closed) return;
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(...parts);
  }

  #flush(): void {
    const { socket, maxPendingBytes } = this.#options;
    const parts = this.#outgoing;
    this.#outgoing = [];
    if (parts.length === 0 || !socket.writable) return;
    const taken = socket.write(
      Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part))),
    );
    if (taken) return;
    if (socket.writableLength > maxPendingBytes) this.#letGo(`${socket.writableLength} bytes wait for it`);
    else this.#stalled ??= setTimeout(() => this.#letGo("it takes nothing any more"), STALLED_LIMIT_MS);
  }

  #drained(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
  }

  #letGo(why: string): void {
    this.#options.log(`slow consumer, client ${this.#options.id} ${this.#connect.name ?? ""}: ${why}; disconnected`);
    this.destroy();
  }
}

function connectOptions(json: string): ConnectOptions {
  try {
    return JSON.parse(json) as ConnectOptions;
  } catch {
    throw new ProtocolError();
  }
}
