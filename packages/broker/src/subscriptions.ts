import { matches } from "./subject.ts";

/** Who gets the messages of a subscription. */
export interface Subscriber {
  deliver(subscription: Subscription, subject: string, reply: string, headerBytes: number, body: Buffer): void;
}

/** One standing interest of a client. */
export interface Subscription {
  readonly client: Subscriber;
  /** The client's own name for it. */
  readonly id: string;
  readonly tokens: readonly string[];
  readonly queue: string | undefined;
  /** It ends once so many were delivered; 0 is never. */
  max: number;
  delivered: number;
}

interface Audience {
  readonly direct: readonly Subscription[];
  readonly groups: readonly (readonly Subscription[])[];
}

const AUDIENCES_KEPT_MAX = 8192;

/** All standing interests, and who hears a subject: everybody of its own accord, and one member of each queue group. */
export class Subscriptions {
  readonly #all = new Set<Subscription>();
  readonly #audiences = new Map<string, Audience>();
  /** Turns of queue groups: members take them one after the other. */
  #turns = 0;

  add(subscription: Subscription): void {
    this.#all.add(subscription);
    this.#audiences.clear();
  }

  remove(subscription: Subscription): void {
    if (this.#all.delete(subscription)) this.#audiences.clear();
  }

  /** Delivers to everybody who hears the subject. @returns how many did. */
  publish(subject: string, reply: string, headerBytes: number, body: Buffer): number {
    const { direct, groups } = this.#audienceOf(subject);
    let heard = 0;
    for (const subscription of direct) heard += this.#deliver(subscription, subject, reply, headerBytes, body);
    for (const members of groups) {
      this.#turns += 1;
      const member = members[this.#turns % members.length] as Subscription;
      heard += this.#deliver(member, subject, reply, headerBytes, body);
    }
    return heard;
  }

  #deliver(subscription: Subscription, subject: string, reply: string, headerBytes: number, body: Buffer): number {
    if (subscription.max > 0 && subscription.delivered >= subscription.max) return 0;
    subscription.delivered += 1;
    if (subscription.delivered === subscription.max) this.remove(subscription);
    subscription.client.deliver(subscription, subject, reply, headerBytes, body);
    return 1;
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
    const direct: Subscription[] = [];
    const groups = new Map<string, Subscription[]>();
    for (const subscription of this.#all) {
      if (!matches(subscription.tokens, subject)) continue;
      const { queue } = subscription;
      if (queue === undefined) direct.push(subscription);
      else groups.set(queue, [...(groups.get(queue) ?? []), subscription]);
    }
    return { direct, groups: [...groups.values()] };
  }
}
