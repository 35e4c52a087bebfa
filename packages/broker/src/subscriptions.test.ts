import { expect, test } from "vitest";
import { type Delivery, type Subscription, Subscriptions } from "./subscriptions.ts";

const delivery = (subject: string): Delivery => ({ subject, reply: "", headerBytes: 0, body: Buffer.from("x") });

/** A client that notes which of its subscriptions heard what. */
class Listener {
  readonly heard: string[] = [];
  echo = true;

  deliver({ id }: Subscription, { subject }: Delivery): void {
    this.heard.push(`${id} ${subject}`);
  }

  to(subject: string, id: string, options: { queue?: string; max?: number } = {}): Subscription {
    const { queue, max = Number.POSITIVE_INFINITY } = options;
    return { client: this, id, subject: subject.split("."), queue, max, delivered: 0 };
  }
}

test("everybody whose pattern fits hears it, and who has gone does not", () => {
  const subscriptions = new Subscriptions();
  const one = new Listener();
  const gone = one.to("a.>", "3");
  for (const each of [one.to("a.b", "1"), one.to("a.*", "2"), gone, one.to("b", "4")]) subscriptions.add(each);
  expect(subscriptions.publish(one, delivery("a.b"))).toBe(true);
  subscriptions.remove(gone);
  expect(subscriptions.publish(one, delivery("a.b"))).toBe(true);
  expect(subscriptions.publish(one, delivery("c"))).toBe(false);
  expect(subscriptions.publish(one, delivery("a..b"))).toBe(false);
  expect(one.heard).toEqual(["1 a.b", "2 a.b", "3 a.b", "1 a.b", "2 a.b"]);
});

test("members of a group take turns, whatever pattern they came by", () => {
  const subscriptions = new Subscriptions();
  const one = new Listener();
  for (const [pattern, id] of [
    ["a.b", "1"],
    ["a.*", "2"],
    [">", "3"],
  ] as const) {
    subscriptions.add(one.to(pattern, id, { queue: "q" }));
  }
  for (let message = 0; message < 6; message++) subscriptions.publish(one, delivery("a.b"));
  expect(one.heard.toSorted()).toEqual(["1 a.b", "1 a.b", "2 a.b", "2 a.b", "3 a.b", "3 a.b"]);
});

test("a maximum holds, and a member who has had his fill is passed over", () => {
  const subscriptions = new Subscriptions();
  const one = new Listener();
  subscriptions.add(one.to("a", "1", { queue: "q", max: 1 }));
  subscriptions.add(one.to("a", "2", { queue: "q" }));
  for (let message = 0; message < 5; message++) expect(subscriptions.publish(one, delivery("a"))).toBe(true);
  expect(one.heard.filter((line) => line.startsWith("1"))).toHaveLength(1);
  expect(one.heard).toHaveLength(5);
});

test("who wants no echo hears others only, and its turn in a group goes to another", () => {
  const subscriptions = new Subscriptions();
  const shy = new Listener();
  const other = new Listener();
  shy.echo = false;
  for (const listener of [shy, other]) subscriptions.add(listener.to("a", "g", { queue: "q" }));
  subscriptions.add(shy.to("b", "d"));
  for (let message = 0; message < 4; message++) subscriptions.publish(shy, delivery("a"));
  expect(subscriptions.publish(shy, delivery("b"))).toBe(false);
  expect(subscriptions.publish(other, delivery("b"))).toBe(true);
  expect(shy.heard).toEqual(["d b"]);
  expect(other.heard).toEqual(["g a", "g a", "g a", "g a"]);
});

test("that nobody heard is told to the asker alone, once, and not counted", () => {
  const subscriptions = new Subscriptions();
  const asker = new Listener();
  const other = new Listener();
  const inbox = asker.to("r.x", "2", { max: 1 });
  for (const each of [asker.to("r.x", "1", { queue: "q" }), other.to("r.x", "0"), inbox, asker.to("r.x", "3")]) {
    subscriptions.add(each);
  }
  subscriptions.tellNobodyHeard(asker, delivery("r.x"));
  expect(asker.heard).toEqual(["2 r.x"]);
  expect(other.heard).toEqual([]);
  expect(inbox.delivered).toBe(0);
});
