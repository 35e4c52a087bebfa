import { type Effect, effect, SmallSet, type Stream } from "@bellmesh/mesh";
import type { SlotsResponse } from "@bellmesh/wire/node-controller";

interface LinkSlots {
  /** Slots neither lent nor filled. */
  readonly free: number[];
  /** Slots the link layer has, empty. */
  readonly lent: SmallSet<number>;
  /** Slots that take nothing. */
  stuck: readonly number[];
}

/**
 * The communication slots of a node, so many per link: free, lent to the link layer for its attempts, or filled
 * by a half. Whatever is free is lent at once while a link layer wants it.
 */
export class CommunicationSlots {
  readonly #links = new Map<string, LinkSlots>();
  #borrower: Stream<SlotsResponse> | undefined;
  readonly #wanted = new Set<string>();

  constructor(links: readonly string[], slotsPerLink: number) {
    for (const link of links) {
      this.#links.set(link, {
        free: Array.from({ length: slotsPerLink }, (_, slot) => slot),
        lent: new SmallSet(),
        stuck: [],
      });
    }
  }

  /** A link layer wants this link's slots; a later one takes over. @returns false when there is no such link. */
  attach(effects: Effect[], stream: Stream<SlotsResponse>, link: string): boolean {
    if (!this.#links.has(link)) return false;
    if (this.#borrower !== stream) this.detach(this.#borrower);
    this.#borrower = stream;
    this.#wanted.add(link);
    this.#lend(effects, link);
    return true;
  }

  /** The link layer has gone: what it had is free again. */
  detach(stream: Stream<SlotsResponse> | undefined): void {
    if (stream === undefined || stream !== this.#borrower) return;
    this.#borrower = undefined;
    this.#wanted.clear();
    for (const { free, lent } of this.#links.values()) {
      free.push(...lent.all());
      lent.clear();
    }
  }

  isLentTo(stream: Stream<SlotsResponse>): boolean {
    return stream === this.#borrower;
  }

  /** A half has come into a lent slot. @returns false when the slot was not lent for that link. */
  fill(link: string, slot: number): boolean {
    return this.#links.get(link)?.lent.delete(slot) ?? false;
  }

  /** The half in the slot is gone. */
  empty(effects: Effect[], link: string, slot: number): void {
    const slots = this.#links.get(link);
    if (slots) this.#lendOrKeep(effects, link, slots, slot);
  }

  /** These slots of a link take no half once they are empty; all others may again. */
  stick(effects: Effect[], link: string, stuck: readonly number[]): void {
    const slots = this.#links.get(link);
    if (!slots) return;
    slots.stuck = stuck;
    this.#lend(effects, link);
  }

  #lend(effects: Effect[], link: string): void {
    const slots = this.#links.get(link);
    if (!slots) return;
    for (const slot of slots.free.splice(0)) this.#lendOrKeep(effects, link, slots, slot);
  }

  #lendOrKeep(effects: Effect[], link: string, { free, lent, stuck }: LinkSlots, slot: number): void {
    if (this.#borrower === undefined || !this.#wanted.has(link) || stuck.includes(slot)) {
      free.push(slot);
      return;
    }
    lent.add(slot);
    effects.push(effect.send(this.#borrower, { link, slot }));
  }
}
