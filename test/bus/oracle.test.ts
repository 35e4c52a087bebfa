import { expect, test } from "vitest";
import { virtualBus } from "./buses.ts";
import { judged, programs } from "./conformance.ts";
import type { Client } from "./run-program.ts";

/** What a bus may get wrong; made of a client that gets nothing wrong. */
const mistakes: Readonly<Record<string, (right: Client) => Partial<Client>>> = {
  "loses a message now and then": (right) => ({ publish: sometimes(right, 0) }),
  "delivers a message twice now and then": (right) => ({ publish: sometimes(right, 2) }),
  "gives every member of a group every message": (right) => ({
    subscribe: (subject, hear, options) =>
      right.subscribe(subject, hear, options?.max === undefined ? {} : { max: options.max }),
  }),
  "delivers one message more than the maximum": (right) => ({
    subscribe: (subject, hear, { max, ...options } = {}) =>
      right.subscribe(subject, hear, max === undefined ? options : { ...options, max: max + 1 }),
  }),
  "ends at once what should end after so many": (right) => ({
    subscribe: (subject, hear, options) => {
      const subscription = right.subscribe(subject, hear, options);
      return { unsubscribe: () => subscription.unsubscribe() };
    },
  }),
  "loses headers": (right) => ({ publish: (subject, bytes) => right.publish(subject, bytes) }),
  "keeps silent when nobody listens": (right) => ({
    request: (subject, bytes, hear) =>
      right.request(subject, bytes, (message) => message.headers?.Status === undefined && hear(message)),
  }),
};

test.each(Object.entries(mistakes))("a bus that %s is found out", async (_name, mistaken) => {
  const bus = virtualBus();
  const clients = bus.clients.map(
    (right): Client => ({
      publish: (...args) => right.publish(...args),
      subscribe: (...args) => right.subscribe(...args),
      request: (...args) => right.request(...args),
      ...mistaken(right),
    }),
  );
  expect(await judged(programs(100), [{ ...bus, clients }])).not.toEqual([]);
});

/** Every hundredth message is published as many times. */
function sometimes(right: Client, times: number): Client["publish"] {
  let published = 0;
  return (...args) => {
    published += 1;
    for (let time = 0; time < (published % 100 === 0 ? times : 1); time++) right.publish(...args);
  };
}
