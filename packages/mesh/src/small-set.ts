import { SmallMap } from "./small-map.ts";

/** A set for a handful of members that come and go, in the order in which they came (see small-map.ts). */
export class SmallSet<Member> {
  readonly #members = new SmallMap<Member, true>();

  get size(): number {
    return this.#members.size;
  }

  has(member: Member): boolean {
    return this.#members.has(member);
  }

  add(member: Member): void {
    this.#members.set(member, true);
  }

  /** @returns whether it was there. */
  delete(member: Member): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }

  /** Those that are there now. */
  all(): readonly Member[] {
    return this.#members.keys();
  }
}
