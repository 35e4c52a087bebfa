import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  connect,
  createInbox,
  Empty,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  headers as natsHeaders,
  type Subscription,
} from "nats";
import type { Logger } from "pino";
import { checkPublishSubject, checkSubscribeSubject } from "../bus-subject.ts";
import { type NatsAddress, parseNatsUrl } from "./nats-url.ts";

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
const CONNECT_LIMIT_MS = 5000;
/** A server that answers no ping for so long, twice, is gone. */
const PING_MS = 2000;
const CLOSE_LIMIT_MS = 1000;
/** The same complaint is logged again after so many attempts. */
const ATTEMPTS_PER_COMPLAINT = 60;
const CHECKED_SUBJECTS_MAX = 65_536;

/**
 * One connection to NATS, which comes back by itself for as long as it is open. The bus is at most once: what is
 * published while the connection is away is dropped and counted, never kept to be sent late. Every connection is a
 * new one of the client's, so that nothing of the last one is left in its buffers.
 */
export class NatsBus {
  /** Messages not published because the connection was away, or did not take them. */
  dropped = 0;
  /** What the server objected to: publishing or subscribing without permission, and other errors. */
  objections = 0;
  readonly #options: BusOptions;
  readonly #address: NatsAddress;
  readonly #interests = new Set<Interest>();
  readonly #checked = new Set<string>();
  readonly #closing = new AbortController();
  readonly #kept: Promise<void>;
  #connection: NatsConnection | undefined;
  #up = false;
  #complaint = "";

  /**
   * Begins to connect, in the background and for ever.
   * @throws NatsUrlError when the URL is none of NATS.
   */
  static open(options: BusOptions): NatsBus {
    return new NatsBus(options);
  }

  private constructor(options: BusOptions) {
    this.#options = options;
    this.#address = parseNatsUrl(options.url);
    this.#kept = this.#keep();
  }

  get up(): boolean {
    return this.#up;
  }

  /**
   * @returns false, sending nothing, while the connection is away.
   * @throws Error when the subject is none to publish on.
   */
  publish(subject: string, bytes: Uint8Array, options: PublishOptions = {}): boolean {
    this.#check(subject);
    const connection = this.#connection;
    if (!this.#up || connection === undefined || connection.isClosed()) {
      this.dropped += 1;
      return false;
    }
    const { reply, headers } = options;
    try {
      connection.publish(subject, bytes, {
        ...(reply !== undefined && { reply }),
        ...(headers !== undefined && { headers: headersOf(headers) }),
      });
      return true;
    } catch (error) {
      this.dropped += 1;
      const why = `${(error as Error).message}, with ${bytes.length} bytes`;
      this.#options.log.error(
        { connection: this.#options.name, subject },
        `NATS takes no message on ${subject}: ${why}`,
      );
      return false;
    }
  }

  /**
   * A standing interest, in force whenever the connection is.
   * @throws Error when the subject is none to subscribe to.
   */
  subscribe(subject: string, hear: (message: BusMessage) => void, options: SubscribeOptions = {}): Interest {
    checkSubscribeSubject(subject);
    const interest = new Interest(
      subject,
      options,
      (message) => this.#hand(subject, hear, message),
      () => {
        this.#interests.delete(interest);
      },
    );
    this.#interests.add(interest);
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) interest.attach(connection);
    return interest;
  }

  /**
   * Publishes with an inbox to answer to; `hear` gets the one answer, or a 503 when nobody listens. Nothing comes
   * when the question or its answer is lost: who gives up ends the interest.
   */
  request(subject: string, bytes: Uint8Array, hear: (message: BusMessage) => void): Interest {
    const reply = createInbox();
    const interest = this.subscribe(reply, hear, { max: 1 });
    if (!this.publish(subject, bytes, { reply })) interest.unsubscribe();
    return interest;
  }

  /**
   * Waits until the server has taken everything published so far, and we have heard what it sent before it said so.
   * Settles at once while the connection is away, and when it is lost.
   */
  async flush(): Promise<void> {
    if (this.#up && this.#connection !== undefined) await answered(this.#connection);
  }

  /** Sends what is left and ends the connection, within a second. */
  async close(): Promise<void> {
    this.#up = false;
    this.#closing.abort();
    const patience = new AbortController();
    const impatience = sleep(CLOSE_LIMIT_MS, undefined, patience).catch(() => undefined);
    const connection = this.#connection;
    if (connection !== undefined) await Promise.race([answered(connection), impatience]);
    await connection?.close();
    await Promise.race([this.#kept, impatience]);
    patience.abort();
  }

  /** Connects, lives with the connection while it lasts, and connects again. */
  async #keep(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const problem = await this.#live(() => {
        failures = 0;
      });
      if (signal.aborted) return;
      if (problem !== undefined) {
        failures += 1;
        this.#complain(problem, failures);
      }
      await sleep(retryAfterMs(failures), undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection, from its beginning to its end. @returns what was wrong, where it never came up. */
  async #live(onUp: () => void): Promise<unknown> {
    let connection: NatsConnection;
    try {
      connection = await connect({
        ...this.#address,
        name: this.#options.name,
        reconnect: false,
        pingInterval: PING_MS,
        maxPingOut: 2,
        timeout: CONNECT_LIMIT_MS,
      });
    } catch (error) {
      return error;
    }
    if (this.#closing.signal.aborted) {
      await connection.close();
      return undefined;
    }
    this.#connection = connection;
    void this.#watch(connection);
    if (!connection.isClosed()) for (const interest of this.#interests) interest.attach(connection);
    // Subscriptions are in force once the server has answered what was said behind them.
    const inForce = await answered(connection);
    if (inForce && !this.#closing.signal.aborted) {
      onUp();
      this.#isUp();
    }
    const error = (await connection.closed()) as Error | undefined;
    const reason = error?.message.replaceAll("'", "") ?? "the connection was lost";
    this.#connection = undefined;
    if (!inForce) return new Error(reason);
    this.#isDown(reason);
    return undefined;
  }

  #isUp(): void {
    if (this.#complaint !== "") {
      this.#complaint = "";
      this.#options.log.info({ connection: this.#options.name }, `NATS at ${this.#address.servers} answers`);
    }
    this.#up = true;
    this.#options.onUp();
  }

  #isDown(reason: string): void {
    if (!this.#up) return;
    this.#up = false;
    const told = `NATS at ${this.#address.servers} is gone: ${reason}`;
    this.#options.log.warn({ connection: this.#options.name }, told);
    this.#options.onDown(told);
  }

  #complain(problem: unknown, failures: number): void {
    const complaint = complaintAbout(this.#address.servers, problem);
    if (complaint === this.#complaint && failures % ATTEMPTS_PER_COMPLAINT > 0) return;
    this.#complaint = complaint;
    this.#options.log.warn({ connection: this.#options.name, attempts: failures }, complaint);
  }

  /**
   * What the server says against us. Most of it ends the connection, which then says why. Who may not do a thing may
   * try it often: the log is told ever more rarely.
   */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type, permissionContext } of connection.status()) {
      if (type !== "error") continue;
      this.objections += 1;
      if (permissionContext === undefined || !isPowerOfTwo(this.objections)) continue;
      const { operation, subject } = permissionContext;
      const thing = `${operation === "publish" ? "publish on" : "subscribe to"} ${subject}`;
      const forbidden = `NATS forbids us to ${thing}; check the permissions of the user in NATS_URL`;
      this.#options.log.warn({ connection: this.#options.name, objections: this.objections }, forbidden);
    }
  }

  /** The client does not look at subjects, and one with a line end would say something else to the server. */
  #check(subject: string): void {
    if (this.#checked.has(subject)) return;
    checkPublishSubject(subject);
    if (this.#checked.size >= CHECKED_SUBJECTS_MAX) this.#checked.clear();
    this.#checked.add(subject);
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

/** One standing interest in subjects, over all connections. */
class Interest {
  readonly #subject: string;
  readonly #queue: string | undefined;
  readonly #hear: (message: Msg) => void;
  readonly #forget: () => void;
  #subscription: Subscription | undefined;
  /** It ends once `heard` has reached this. */
  #max: number;
  #heard = 0;
  /** How many were heard before this connection: the server counts from there. */
  #heardBefore = 0;

  constructor(subject: string, options: SubscribeOptions, hear: (message: Msg) => void, forget: () => void) {
    this.#subject = subject;
    this.#queue = options.queue;
    this.#max = options.max ?? Number.POSITIVE_INFINITY;
    this.#hear = hear;
    this.#forget = forget;
  }

  attach(connection: NatsConnection): void {
    this.#heardBefore = this.#heard;
    const max = this.#max - this.#heard;
    if (max <= 0) {
      this.#forget();
      return;
    }
    this.#subscription = connection.subscribe(this.#subject, {
      ...(this.#queue !== undefined && { queue: this.#queue }),
      ...(max < Number.POSITIVE_INFINITY && { max }),
      callback: (error, message) => {
        if (error) return;
        this.#heard += 1;
        if (this.#heard >= this.#max) this.#forget();
        this.#hear(message);
      },
    });
  }

  /** Ends it now, or once it has been sent `max` messages in all. */
  unsubscribe(max?: number): void {
    if (max === undefined || max <= this.#heard) {
      this.#max = this.#heard;
      this.#subscription?.unsubscribe();
      this.#forget();
    } else {
      this.#max = max;
      this.#subscription?.unsubscribe(max - this.#heardBefore);
    }
  }
}

/** Whether the server has answered a ping; the client itself waits for ever for one lost with its connection. */
async function answered(connection: NatsConnection): Promise<boolean> {
  if (connection.isClosed()) return false;
  const flushed = connection.flush().then(
    () => true,
    () => false,
  );
  return await Promise.race([flushed, connection.closed().then(() => false)]);
}

/** After each failure twice as long, up to a second; and many who lost the same server do not come back at once. */
function retryAfterMs(failures: number): number {
  let waitMs = RETRY_MIN_MS;
  for (let failure = 1; failure < failures && waitMs < RETRY_MAX_MS; failure++) waitMs *= 2;
  return randomInt(RETRY_MIN_MS / 2, Math.min(waitMs, RETRY_MAX_MS) + 1);
}

function complaintAbout(servers: string, problem: unknown): string {
  const { code, message } = problem as { code?: string; message: string };
  switch (code) {
    case "AUTHORIZATION_VIOLATION":
      return `NATS at ${servers} refuses these credentials; check user and password in NATS_URL`;
    case "CONNECTION_REFUSED":
      return unreachable(servers, "nobody listens there");
    case "ENOTFOUND":
      return unreachable(servers, "no such host is known");
    case "TIMEOUT":
      return unreachable(servers, `no greeting came within ${CONNECT_LIMIT_MS / 1000} s`);
    case "SERVER_OPT_NA":
      return `NATS at ${servers} speaks no TLS; write nats:// instead of tls:// in NATS_URL, or give the server TLS`;
    default:
      return unreachable(servers, message);
  }
}

function unreachable(servers: string, why: string): string {
  return `NATS at ${servers} cannot be reached: ${why}; check NATS_URL, or start nats-server. Trying again.`;
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
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
