import {
  connect,
  Empty,
  type Events,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  headers as natsHeaders,
  type Subscription,
} from "nats";
import type { Logger } from "pino";

/** A message as a subscriber gets it. */
export interface BusMessage {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

export interface BusOptions {
  /** nats://user:password@host:port */
  readonly url: string;
  /** As the server's list of connections shows it. */
  readonly name: string;
  readonly log: Logger;
  /** After the first connect and after every reconnect, once subscriptions are in force. */
  readonly onUp: () => void;
  readonly onDown: (reason: string) => void;
}

export interface SubscribeOptions {
  /** Members of a queue group share the messages: each goes to one of them. */
  readonly queue?: string;
  /** The subscription ends by itself after this many messages. */
  readonly max?: number;
}

export interface PublishOptions {
  readonly reply?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 1000;
/** A server that answers no ping for so long, twice, is gone. */
const PING_MS = 2000;
const CLOSE_LIMIT_MS = 1000;
/** The same complaint is logged again after so many attempts. */
const ATTEMPTS_PER_COMPLAINT = 30;

/**
 * One connection to NATS, which comes back by itself for as long as it is open. The bus is at most once: what is
 * published while the connection is away is dropped and counted, never kept to be sent late.
 */
export class NatsBus {
  /** Messages not published because the connection was away. */
  dropped = 0;
  readonly #options: BusOptions;
  readonly #servers: ServerAddress;
  readonly #subscriptions = new Set<Interest>();
  #connection: NatsConnection | undefined;
  #up = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  #inboxes = 0;

  /**
   * Begins to connect, in the background and for ever.
   * @throws Error when the URL is none of NATS.
   */
  static open(options: BusOptions): NatsBus {
    const bus = new NatsBus(options);
    void bus.#connect(1);
    return bus;
  }

  private constructor(options: BusOptions) {
    this.#options = options;
    this.#servers = serverAddress(options.url);
  }

  get up(): boolean {
    return this.#up;
  }

  /** @returns false, sending nothing, while the connection is away. */
  publish(subject: string, bytes: Uint8Array, options: PublishOptions = {}): boolean {
    const connection = this.#connection;
    if (!this.#up || connection === undefined || connection.isClosed()) {
      this.dropped += 1;
      return false;
    }
    const { reply, headers } = options;
    connection.publish(subject, bytes, {
      ...(reply !== undefined && { reply }),
      ...(headers !== undefined && { headers: headersOf(headers) }),
    });
    return true;
  }

  /** A standing interest, in force whenever the connection is. */
  subscribe(subject: string, hear: (message: BusMessage) => void, options: SubscribeOptions = {}): Interest {
    const interest = new Interest(
      subject,
      options,
      (message) => this.#hand(subject, hear, message),
      () => {
        this.#subscriptions.delete(interest);
      },
    );
    this.#subscriptions.add(interest);
    if (this.#connection !== undefined) interest.attach(this.#connection);
    return interest;
  }

  /** Publishes with an inbox to answer to; `hear` gets the one answer, or a 503 when nobody listens. */
  request(subject: string, bytes: Uint8Array, hear: (message: BusMessage) => void): Interest {
    this.#inboxes += 1;
    const reply = `_INBOX.${process.pid}.${process.hrtime.bigint()}.${this.#inboxes}`;
    const interest = this.subscribe(reply, hear, { max: 1 });
    this.publish(subject, bytes, { reply });
    return interest;
  }

  /** Waits until the server has taken everything published so far. */
  async flush(): Promise<void> {
    if (this.#up) await this.#connection?.flush();
  }

  /** Sends what is left and ends the connection, within a second. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#up = false;
    clearTimeout(this.#retry);
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return;
    const patience = new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref());
    await Promise.race([connection.flush().catch(() => undefined), patience]);
    await connection.close().catch(() => undefined);
  }

  async #connect(attempt: number): Promise<void> {
    const { name, log } = this.#options;
    try {
      const connection = await connect({
        ...this.#servers,
        name,
        reconnect: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RETRY_MIN_MS,
        reconnectJitter: RETRY_MIN_MS,
        pingInterval: PING_MS,
        maxPingOut: 2,
        timeout: 5000,
      });
      this.#connection = connection;
      if (this.#closed) {
        await connection.close();
        return;
      }
      for (const interest of this.#subscriptions) interest.attach(connection);
      void this.#watch(connection);
      await this.#isUp(connection);
    } catch (error) {
      if (this.#closed) return;
      if (attempt % ATTEMPTS_PER_COMPLAINT === 1) log.warn(complaint(this.#servers.servers, error));
      const waitMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * attempt);
      this.#retry = setTimeout(() => void this.#connect(attempt + 1), waitMs);
    }
  }

  /** Follows the connection through its losses; where the client has given up for good, begins anew. */
  async #watch(connection: NatsConnection): Promise<void> {
    const { log, name } = this.#options;
    for await (const { type, data } of connection.status()) {
      if (type === ("disconnect" satisfies `${Events}`)) this.#isDown(`the connection to ${data} was lost`);
      else if (type === "reconnect") await this.#isUp(connection).catch(() => undefined);
      else if (type === "error") log.warn({ connection: name }, `NATS: ${data}`);
    }
    if (this.#closed) return;
    this.#isDown("the connection was closed");
    if (this.#connection === connection) void this.#connect(1);
  }

  async #isUp(connection: NatsConnection): Promise<void> {
    await connection.flush();
    if (this.#closed || this.#up) return;
    this.#up = true;
    this.#options.onUp();
  }

  #isDown(reason: string): void {
    if (!this.#up) return;
    this.#up = false;
    this.#options.onDown(reason);
  }

  /** A subscriber that throws must not end the connection of all: it is its process that is broken. */
  #hand(subject: string, hear: (message: BusMessage) => void, message: Msg): void {
    try {
      hear(messageOf(message));
    } catch (error) {
      this.#options.log.error({ err: error }, `hearing a message on ${subject} failed`);
      setImmediate(() => {
        throw error;
      });
    }
  }
}

/** One standing interest in subjects. */
class Interest {
  readonly #subject: string;
  readonly #options: SubscribeOptions;
  readonly #hear: (message: Msg) => void;
  readonly #forget: () => void;
  #subscription: Subscription | undefined;

  constructor(subject: string, options: SubscribeOptions, hear: (message: Msg) => void, forget: () => void) {
    this.#subject = subject;
    this.#options = options;
    this.#hear = hear;
    this.#forget = forget;
  }

  attach(connection: NatsConnection): void {
    const { queue, max } = this.#options;
    this.#subscription = connection.subscribe(this.#subject, {
      ...(queue !== undefined && { queue }),
      ...(max !== undefined && { max }),
      callback: (error, message) => {
        if (!error) this.#hear(message);
      },
    });
  }

  /** Ends it now, or once it has been sent `max` messages in all. */
  unsubscribe(max?: number): void {
    this.#subscription?.unsubscribe(max);
    if (max === undefined) this.#forget();
  }
}

interface ServerAddress {
  readonly servers: string;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

/** @throws Error saying what is wrong with the URL. */
function serverAddress(url: string): ServerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^(?:nats|tls):$/.test(parsed.protocol) || parsed.hostname === "") {
    throw new Error(
      `${JSON.stringify(url)} is no address of NATS; write nats://host:4222, or nats://user:password@host:4222`,
    );
  }
  const servers = `${parsed.hostname}:${parsed.port || "4222"}`;
  const user = decodeURIComponent(parsed.username);
  if (user === "") return { servers };
  if (parsed.password === "") return { servers, token: user };
  return { servers, user, pass: decodeURIComponent(parsed.password) };
}

function complaint(servers: string, error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  if (code === "AUTHORIZATION_VIOLATION") {
    return `NATS at ${servers} refuses these credentials; check user and password in NATS_URL`;
  }
  const reason = code === "CONNECTION_REFUSED" ? "nobody listens there" : message;
  return `NATS at ${servers} cannot be reached: ${reason}; check NATS_URL, or start nats-server. Trying again.`;
}

function headersOf(record: Readonly<Record<string, string>>): MsgHdrs {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(record)) headers.set(name, value);
  return headers;
}

function messageOf({ subject, data, reply, headers }: Msg): BusMessage {
  return { subject, bytes: data ?? Empty, reply: reply || undefined, headers: headers && recordOf(headers) };
}

function recordOf(headers: MsgHdrs): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  for (const [name, values] of headers) record[name] = values[0] ?? "";
  if (headers.code > 0) record.Status = String(headers.code);
  return record;
}
