import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue, type Ticket } from "./event-queue.ts";

test("events come in order of instant, then of pushing", () => {
  const queue = new EventQueue<string>();
  queue.push(20, "c");
  queue.push(10, "a");
  queue.push(20, "d");
  queue.push(10, "b");
  expect([queue.pop(), queue.pop(), queue.now, queue.pop(), queue.pop(), queue.now]).toEqual([
    "a",
    "b",
    10,
    "c",
    "d",
    20,
  ]);
  expect(queue.pop()).toBeUndefined();
});

test("an event pushed at the current instant comes after those that waited for it", () => {
  const queue = new EventQueue<string>();
  queue.push(10, "first");
  queue.push(10, "second");
  expect(queue.pop()).toBe("first");
  queue.push(10, "third");
  expect([queue.pop(), queue.pop()]).toEqual(["second", "third"]);
});

test("an event before now, or at no instant, is refused", () => {
  const queue = new EventQueue<string>();
  queue.push(10, "a");
  queue.pop();
  expect(() => queue.push(9, "b")).toThrow(RangeError);
  expect(() => queue.push(Number.NaN, "b")).toThrow(RangeError);
});

test("now can move without an event, but not back and not past an event", () => {
  const queue = new EventQueue<string>();
  queue.push(10, "a");
  queue.advance(10);
  expect(queue.now).toBe(10);
  expect(() => queue.advance(11)).toThrow(RangeError);
  expect(() => queue.advance(9)).toThrow(RangeError);
  expect(queue.pop()).toBe("a");
});

test("an instant holds many more events than the ring starts with", () => {
  const queue = new EventQueue<number>();
  for (let index = 0; index < 5000; index++) {
    queue.push(0, index);
    if (index % 3 === 0) queue.pop();
  }
  expect(queue.size).toBe(5000 - 1667);
  for (let index = 1667; index < 5000; index++) expect(queue.pop()).toBe(index);
});

test("a timer set and cancelled for ever leaves nothing behind", () => {
  const queue = new EventQueue<object>();
  const event = {};
  for (let round = 0; round < 100_000; round++) queue.cancel(queue.push(1 + (round % 1000), event));
  expect(queue.size).toBe(0);
  expect(queue.nextNs).toBe(Number.POSITIVE_INFINITY);
});

test("under any program of pushes, pops and cancels it agrees with a sorted list", () => {
  const command = fc.oneof(
    fc.record({ do: fc.constant("push" as const), afterNs: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ do: fc.constant("pop" as const) }),
    fc.record({ do: fc.constant("cancel" as const), which: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
      const queue = new EventQueue<number>();
      const model: { atNs: number; number: number; ticket: Ticket }[] = [];
      let number = 0;
      for (const step of commands) {
        if (step.do === "push") {
          const atNs = queue.now + step.afterNs;
          model.push({ atNs, number, ticket: queue.push(atNs, number) });
          number += 1;
        } else if (step.do === "cancel" && model.length > 0) {
          const [cancelled] = model.splice(step.which % model.length, 1);
          if (cancelled) queue.cancel(cancelled.ticket);
        } else if (step.do === "pop") {
          model.sort((a, b) => a.atNs - b.atNs || a.number - b.number);
          const next = model.shift();
          expect(queue.pop()).toBe(next?.number);
          if (next) expect(queue.now).toBe(next.atNs);
        }
        expect(queue.size).toBe(model.length);
        expect(queue.nextNs).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.map((event) => event.atNs)));
      }
    }),
  );
});
