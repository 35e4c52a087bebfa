import { checkPublishSubject, checkSubscribeSubject } from "../bus-subject.ts";
import type { WorldEvent } from "../event-queue.ts";
import { subjectMatches } from "../faults.ts";
import type { Entropy } from "../host.ts";
import type { Carried, EncodingWire } from "./wire.ts";
import type { VirtualWorld } from "./world.ts";

/** A message as a subscriber gets it. */
export interface BusMessage {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: BusHeaders | undefined;
}

export type BusHeaders = Readonly<Record<string, string>>;

export interface SubscribeOptions {
  /** Members of a queue group share the messages: each goes to one of them. */
  readonly queue?: string;
  /** The subscription ends by itself after this many messages. */
  readonly max?: number;
}

/** Status header of the message that answers a request nobody hears. */
export const NO_RESPONDERS: BusHeaders = Object.freeze({ Status: "503" });

/** Who gets the messages of a subscription. What is carried is the bus's: to be read within the call. */
export interface BusReceiver {
  receive(subject: string, message: Carried, reply: string | undefined, headers: BusHeaders | undefined): void;
}

const CACHED_SUBJECTS_MAX = 65_536;

/**
 * A model of core NATS: subjects with wildcards, queue groups, at most once, the order of each publisher kept,
 * and a 503 for requests without responders. Who hears a message is decided when it is published.
 */
export class VirtualBus {
  readonly #world: VirtualWorld;
  readonly #entropy: Entropy;
  readonly #subscriptions = new Set<BusSubscription>();
  readonly #resolved = new Map<string, Audience>();
  #inboxes = 0;

  constructor(world: VirtualWorld, entropy: Entropy) {
    this.#world = world;
    this.#entropy = entropy;
  }

  /**
   * A client of the bus at a place, for programs and tests that are no services.
   * @throws Error in a world that hands its messages over: a client reads bytes
   */
  connect(place: string): BusClient {
    const { wire, encoding } = this.#world;
    if (wire !== encoding) throw new Error("clients of the bus need a world that encodes what it carries");
    return new BusClient(this, place, encoding);
  }

  /** @throws Error when the subject is none to subscribe to. */
  subscribe(
    place: string,
    subject: string,
    receiver: BusReceiver,
    options: SubscribeOptions = {},
    client?: BusClient,
  ): BusSubscription {
    const subscription = new BusSubscription(this, place, subject, receiver, options, client);
    this.#subscriptions.add(subscription);
    this.#resolved.clear();
    return subscription;
  }

  /** Ends a subscription; nothing reaches it any more. */
  unsubscribe(subscription: BusSubscription): void {
    subscription.active = false;
    this.retract(subscription);
  }

  /** Takes a subscription out of the reckoning; what is on its way still arrives. */
  retract(subscription: BusSubscription): void {
    if (this.#subscriptions.delete(subscription)) this.#resolved.clear();
  }

  /**
   * Who would hear a message on this subject.
   * @throws Error when the subject has wildcards or empty tokens.
   */
  audience(subject: string): Audience {
    let audience = this.#resolved.get(subject);
    if (audience === undefined) {
      if (this.#resolved.size >= CACHED_SUBJECTS_MAX) this.#resolved.clear();
      audience = this.#resolve(subject);
      this.#resolved.set(subject, audience);
    }
    return audience;
  }

  /** Sends a message to an audience; takes it over. */
  publish(place: string, subject: string, audience: Audience, message: Carried, reply?: string, headers?: BusHeaders) {
    for (const subscription of audience.direct) this.#send(place, subject, message, reply, headers, subscription);
    for (const members of audience.groups) {
      const stream = this.#entropy.stream(`bus.queue.${members[0]?.queue}`);
      const pick = members[Math.floor(stream.uniform() * members.length)];
      if (pick) this.#send(place, subject, message, reply, headers, pick);
    }
    this.#world.wire.release(message);
  }

  /**
   * Tells a client that nobody heard its question. As a server does: to that client alone, on one subscription of its
   * own that is in no queue group, and without counting it among what was sent.
   */
  tellNobodyHeard(asker: BusClient, reply: string): void {
    const to = this.audience(reply).direct.find(({ client }) => client === asker);
    if (to === undefined) return;
    const nothing = this.#world.encoding.carryBytes(new Uint8Array(0));
    this.#carry(asker.place, reply, nothing, undefined, NO_RESPONDERS, to);
    this.#world.encoding.release(nothing);
  }

  /** A subject nobody else uses. */
  inbox(): string {
    this.#inboxes += 1;
    return `_INBOX.${this.#inboxes}`;
  }

  #send(
    place: string,
    subject: string,
    message: Carried,
    reply: string | undefined,
    headers: BusHeaders | undefined,
    to: BusSubscription,
  ): void {
    // Counted here, as a broker does: no more than the maximum are ever sent out.
    if (to.sent >= to.max) return;
    to.sent += 1;
    if (to.sent === to.max) this.retract(to);
    this.#carry(place, subject, message, reply, headers, to);
  }

  #carry(
    place: string,
    subject: string,
    message: Carried,
    reply: string | undefined,
    headers: BusHeaders | undefined,
    to: BusSubscription,
  ): void {
    const world = this.#world;
    const delayNs = world.delayNs(place, to.place);
    if (delayNs === Number.POSITIVE_INFINITY) return;
    const fates = world.faults?.message(world.now, subject, place, to.place);
    if (fates === undefined) {
      world.wire.hold(message);
      world.at(world.now + delayNs, new MessageArrival(world, place, subject, message, reply, headers, to));
      return;
    }
    for (const extraNs of fates) {
      world.wire.hold(message);
      world.at(world.now + delayNs + extraNs, new MessageArrival(world, place, subject, message, reply, headers, to));
    }
  }

  #resolve(subject: string): Audience {
    checkPublishSubject(subject);
    const tokens = subject.split(".");
    const direct: BusSubscription[] = [];
    const groups = new Map<string, BusSubscription[]>();
    for (const subscription of this.#subscriptions) {
      if (!subjectMatches(subscription.tokens, tokens)) continue;
      if (subscription.queue === undefined) direct.push(subscription);
      else {
        const members = groups.get(subscription.queue);
        if (members) members.push(subscription);
        else groups.set(subscription.queue, [subscription]);
      }
    }
    return { direct, groups: [...groups.values()], count: direct.length + groups.size };
  }
}

/** A client's door to the bus. */
export class BusClient {
  readonly place: string;
  readonly #bus: VirtualBus;
  readonly #wire: EncodingWire;

  constructor(bus: VirtualBus, place: string, wire: EncodingWire) {
    this.#bus = bus;
    this.place = place;
    this.#wire = wire;
  }

  publish(subject: string, bytes: Uint8Array, options: { reply?: string; headers?: BusHeaders } = {}): void {
    const { reply, headers } = options;
    const audience = this.#bus.audience(subject);
    this.#bus.publish(this.place, subject, audience, this.#wire.carryBytes(bytes.slice()), reply, headers);
    if (audience.count === 0 && reply !== undefined) this.#bus.tellNobodyHeard(this, reply);
  }

  subscribe(subject: string, hear: (message: BusMessage) => void, options: SubscribeOptions = {}): BusSubscription {
    const receiver: BusReceiver = {
      receive: (on, message, reply, headers) =>
        hear({ subject: on, bytes: this.#wire.bytesOf(message), reply, headers }),
    };
    return this.#bus.subscribe(this.place, subject, receiver, options, this);
  }

  /** Publishes with an inbox to answer to. `hear` gets the one answer, or NO_RESPONDERS when nobody listens. */
  request(subject: string, bytes: Uint8Array, hear: (message: BusMessage) => void): BusSubscription {
    const reply = this.#bus.inbox();
    const subscription = this.subscribe(reply, hear, { max: 1 });
    this.publish(subject, bytes, { reply });
    return subscription;
  }
}

/** One standing interest. */
export class BusSubscription {
  readonly place: string;
  readonly subject: string;
  readonly tokens: readonly string[];
  readonly queue: string | undefined;
  readonly receiver: BusReceiver;
  /** Whose it is; undefined for a service's. */
  readonly client: BusClient | undefined;
  active = true;
  /** The bus sends no more once `sent` has reached this, and it ends once `heard` has. */
  max: number;
  sent = 0;
  heard = 0;
  readonly #bus: VirtualBus;

  constructor(
    bus: VirtualBus,
    place: string,
    subject: string,
    receiver: BusReceiver,
    options: SubscribeOptions,
    client: BusClient | undefined,
  ) {
    checkSubscribeSubject(subject);
    this.#bus = bus;
    this.place = place;
    this.subject = subject;
    this.tokens = subject.split(".");
    this.queue = options.queue;
    this.receiver = receiver;
    this.client = client;
    this.max = options.max ?? Number.POSITIVE_INFINITY;
  }

  /** Ends it now, or once it has been sent `max` messages in all. */
  unsubscribe(max?: number): void {
    if (max === undefined || this.heard >= max) {
      this.#bus.unsubscribe(this);
      return;
    }
    this.max = max;
    if (this.sent >= max) this.#bus.retract(this);
  }

  /** Hands a message over, unless the subscription has ended. */
  receive(subject: string, message: Carried, reply: string | undefined, headers: BusHeaders | undefined): void {
    if (!this.active) return;
    this.heard += 1;
    if (this.heard >= this.max) this.#bus.unsubscribe(this);
    this.receiver.receive(subject, message, reply, headers);
  }
}

/** Those who hear a subject: each of `direct`, and one of each group. */
export interface Audience {
  readonly direct: readonly BusSubscription[];
  readonly groups: readonly (readonly BusSubscription[])[];
  readonly count: number;
}

class MessageArrival implements WorldEvent {
  readonly #world: VirtualWorld;
  readonly #from: string;
  readonly #subject: string;
  readonly #message: Carried;
  readonly #reply: string | undefined;
  readonly #headers: BusHeaders | undefined;
  readonly #to: BusSubscription;

  constructor(
    world: VirtualWorld,
    from: string,
    subject: string,
    message: Carried,
    reply: string | undefined,
    headers: BusHeaders | undefined,
    to: BusSubscription,
  ) {
    this.#world = world;
    this.#from = from;
    this.#subject = subject;
    this.#message = message;
    this.#reply = reply;
    this.#headers = headers;
    this.#to = to;
  }

  occur(): void {
    const to = this.#to;
    const faults = this.#world.faults;
    const lost = faults?.cutsMessage(this.#world.now, this.#from, to.place) ?? false;
    if (!lost) to.receive(this.#subject, this.#message, this.#reply, this.#headers);
    this.#world.wire.release(this.#message);
  }
}
