import { isWhole, matches } from "./subject.ts";

/** What is handed to each subscriber: headers and payload stand in one body. */
export interface Delivery {
  readonly subject: string;
  /** Empty when there is none. */
  readonly reply: string;
  readonly headerBytes: number;
  readonly body: Buffer;
}

/** Who gets the messages of a subscription. */
export interface Subscriber {
  /** Whether it hears what it publishes itself. */
  readonly echo: boolean;
  deliver(subscription: Subscription, delivery: Delivery): void;
}

/** One standing interest of a client. */
export interface Subscription {
  readonly client: Subscriber;
  /** The client's own name for it. */
  readonly id: string;
  readonly subject: readonly string[];
  readonly queue: string | undefined;
  /** It ends once so many were delivered. */
  max: number;
  delivered: number;
}

interface Audience {
  readonly direct: readonly Subscription[];
  readonly groups: readonly (readonly Subscription[])[];
}

const AUDIENCES_KEPT_MAX = 8192;
const NOBODY: Audience = { direct: [], groups: [] };

/** All standing interests, and who hears a subject: everybody of its own accord, and one member of each queue group. */
export class Subscriptions {
  readonly #all = new Set<Subscription>();
  readonly #audiences = new Map<string, Audience>();
  /** Members of queue groups take turns, one after the other. */
  #turns = 0;

  add(subscription: Subscription): void {
    this.#all.add(subscription);
    this.#audiences.clear();
  }

  remove(subscription: Subscription): void {
    if (this.#all.delete(subscription)) this.#audiences.clear();
  }

  /** Delivers to everybody who hears the subject. @returns whether anybody did. */
  publish(from: Subscriber, delivery: Delivery): boolean {
    const { direct, groups } = this.#audienceOf(delivery.subject);
    let heard = false;
    for (const subscription of direct) heard = this.#deliver(from, subscription, delivery) || heard;
    for (const members of groups) {
      this.#turns += 1;
      // One who may not hear it passes it on to the next.
      for (let next = 0; next < members.length; next++) {
        const member = members[(this.#turns + next) % members.length] as Subscription;
        if (!this.#deliver(from, member, delivery)) continue;
        heard = true;
        break;
      }
    }
    return heard;
  }

  /**
   * Tells one who asked that nobody heard the question: the message goes to him alone, on one subscription of his
   * that is in no queue group, and does not count towards its maximum.
   */
  tellNobodyHeard(asker: Subscriber, delivery: Delivery): void {
    const subscription = this.#audienceOf(delivery.subject).direct.find(({ client }) => client === asker);
    if (subscription !== undefined) asker.deliver(subscription, delivery);
  }

  #deliver(from: Subscriber, subscription: Subscription, delivery: Delivery): boolean {
    const { client, max } = subscription;
    if (subscription.delivered >= max || (client === from && !from.echo)) return false;
    subscription.delivered += 1;
    if (subscription.delivered >= max) this.remove(subscription);
    client.deliver(subscription, delivery);
    return true;
  }

  #audienceOf(subject: string): Audience {
    let audience = this.#audiences.get(subject);
    if (audience === undefined) {
      audience = this.#resolve(subject.split("."));
      if (this.#audiences.size >= AUDIENCES_KEPT_MAX) this.#audiences.clear();
      this.#audiences.set(subject, audience);
    }
    return audience;
  }

  #resolve(subject: readonly string[]): Audience {
    if (!isWhole(subject)) return NOBODY;
    const direct: Subscription[] = [];
    const groups = new Map<string, Subscription[]>();
    for (const subscription of this.#all) {
      if (!matches(subscription.subject, subject)) continue;
      const { queue } = subscription;
      const members = queue === undefined ? undefined : groups.get(queue);
      if (queue === undefined) direct.push(subscription);
      else if (members !== undefined) members.push(subscription);
      else groups.set(queue, [subscription]);
    }
    return { direct, groups: [...groups.values()] };
  }
}
