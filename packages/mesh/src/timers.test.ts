import { type Instant, instant } from "@bellmesh/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue, type WorldEvent } from "./event-queue.ts";
import type { Input } from "./host.ts";
import { Timers } from "./timers.ts";

/** Timers on true time, and the names of those that have fired. */
function timersOnTrueTime() {
  const queue = new EventQueue<WorldEvent>();
  const fired: string[] = [];
  const timers = new Timers({
    world: { at: (atNs, event) => queue.push(atNs, event), cancel: (ticket) => queue.cancel(ticket) },
    dueNs: (due) => Math.max(due, queue.now),
    reading: () => undefined,
    timerLateNs: 0,
    step: (input: Input) => {
      if (input.kind === "timer") fired.push(`${input.timer} at ${queue.now}`);
    },
  });
  return { queue, timers, fired };
}

const names = fc.constantFrom("a", "b", "c");
const operations = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant("set" as const), name: names, afterNs: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ does: fc.constant("cancel" as const), name: names, afterNs: fc.constant(0) }),
    fc.record({ does: fc.constant("wait" as const), name: names, afterNs: fc.integer({ min: 1, max: 9 }) }),
  ),
);

test("a timer fires once, when it was set for last, unless it was cancelled", () => {
  fc.assert(
    fc.property(operations, (program) => {
      const { queue, timers, fired } = timersOnTrueTime();
      const set = new Map<string, number>();
      const expected: string[] = [];
      const waitUntil = (untilNs: number) => {
        while (queue.nextNs <= untilNs) queue.pop()?.occur();
        for (const [name, dueNs] of [...set].sort((one, other) => one[1] - other[1])) {
          if (dueNs > untilNs) continue;
          expected.push(`${name} at ${dueNs}`);
          set.delete(name);
        }
      };
      for (const { does, name, afterNs } of program) {
        if (does === "wait") waitUntil(queue.now + afterNs);
        else if (does === "cancel") {
          timers.cancel(name);
          set.delete(name);
        } else {
          timers.set(name, (queue.now + afterNs) as Instant);
          set.set(name, queue.now + afterNs);
        }
        expect(timers.size).toBe(set.size);
      }
      waitUntil(Number.MAX_SAFE_INTEGER);
      expect([...fired].sort()).toEqual([...expected].sort());
    }),
  );
});

test("what was cleared fires no more, and its name can be set again", () => {
  const { queue, timers, fired } = timersOnTrueTime();
  timers.set("a", instant(5));
  timers.clear();
  expect([timers.size, queue.size]).toEqual([0, 0]);
  timers.set("a", instant(7));
  queue.pop()?.occur();
  expect(fired).toEqual(["a at 7"]);
});

test("names that come and go once leave nothing that is set, and those that are set fire", () => {
  const { queue, timers, fired } = timersOnTrueTime();
  timers.set("stays", instant(1_000_000));
  for (let index = 0; index < 1000; index++) {
    timers.set(`circuit-${index}`, instant(500));
    timers.cancel(`circuit-${index}`);
  }
  expect([timers.size, queue.size]).toEqual([1, 1]);
  queue.pop()?.occur();
  expect(fired).toEqual(["stays at 1000000"]);
});
