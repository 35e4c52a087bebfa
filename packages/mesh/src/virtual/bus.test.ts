import type { Instant } from "@bellmesh/wire";
import { Acknowledgement } from "@bellmesh/wire/feedforward";
import fc from "fast-check";
import { expect, test } from "vitest";
import { publish, setTimer } from "../effects.ts";
import { type BusMessage, NO_RESPONDERS } from "./bus.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";

function message(...sequences: number[]): Acknowledgement {
  return { incarnation: 0, sequences, kind: "" };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A bus with a client at alice and one at bob, and a function that notes what a subscription hears. */
function bus() {
  const world = worldForTest();
  for (const place of ["alice", "bob"]) world.add(scripted("idle").service, { place, config: {} });
  const heard: string[] = [];
  const note = (name: string) => (got: BusMessage) => {
    heard.push(`${name} ${got.subject} ${new TextDecoder().decode(got.bytes)}`);
  };
  return { world, heard, note, alice: world.bus.connect("alice"), bob: world.bus.connect("bob") };
}

test("services get messages on the subjects they subscribe to, after the light time and as copies", () => {
  const world = worldForTest();
  const sent = message(1, 2);
  const sender = scripted("sender", {
    step: (_, input) =>
      input.kind === "started"
        ? [publish("ff.alice.bob.ack", Acknowledgement, sent), publish("ff.x", Acknowledgement, sent)]
        : [],
  });
  const hearer = scripted("hearer", { subscriptions: [{ subject: "ff.*.bob.ack", type: Acknowledgement }] });
  world.add(sender.service, { place: "alice", config: {} });
  world.add(hearer.service, { place: "bob", config: {} });
  world.start();
  world.run();
  expect(transcript(hearer).slice(1)).toEqual(['100 message ff.alice.bob.ack {"sequences":[1,2]}']);
  const got = hearer.heard[1]?.input;
  if (got?.kind === "message") expect(got.message).not.toBe(sent);
});

test("* is one token and > is one or more at the end", () => {
  const { world, heard, note, alice } = bus();
  for (const subject of ["a.b", "a.*", "*.b", "a.>", ">", "a.*.c", "a.b.>"]) alice.subscribe(subject, note(subject));
  for (const subject of ["a", "a.b", "a.b.c"]) alice.publish(subject, bytes("."));
  world.run();
  expect(heard).toEqual([
    "> a .",
    "a.b a.b .",
    "a.* a.b .",
    "*.b a.b .",
    "a.> a.b .",
    "> a.b .",
    "a.> a.b.c .",
    "> a.b.c .",
    "a.*.c a.b.c .",
    "a.b.> a.b.c .",
  ]);
});

test("subjects that are none are refused", () => {
  const { alice, note } = bus();
  for (const subject of ["", "a..b", ".a", "a.", "a b"]) {
    expect(() => alice.publish(subject, bytes(""))).toThrow(/subject/);
    expect(() => alice.subscribe(subject, note(""))).toThrow(/subject/);
  }
  expect(() => alice.publish("a.*", bytes(""))).toThrow(/subject/);
  expect(() => alice.publish("a.>", bytes(""))).toThrow(/subject/);
  expect(() => alice.subscribe("a.>.b", note(""))).toThrow(/subject/);
});

test("a queue group gets each message once, shared among its members; others get all", () => {
  const { world, heard, note, alice, bob } = bus();
  for (const member of ["m1", "m2", "m3"]) bob.subscribe("work", note(member), { queue: "workers" });
  bob.subscribe("work", note("other group"), { queue: "others" });
  bob.subscribe("work", note("all"));
  for (let index = 0; index < 300; index++) alice.publish("work", bytes(String(index)));
  world.run();
  const count = (name: string) => heard.filter((line) => line.startsWith(`${name} `)).length;
  expect(count("all")).toBe(300);
  expect(count("other group")).toBe(300);
  expect(count("m1") + count("m2") + count("m3")).toBe(300);
  // Seed 1; each is binomial with mean 100 and sigma 8.2, and here within 4 sigma.
  for (const member of ["m1", "m2", "m3"]) expect(Math.abs(count(member) - 100)).toBeLessThan(33);
});

test("a publisher's messages arrive in the order of their publishing", () => {
  const { world, heard, note, alice, bob } = bus();
  bob.subscribe("s.>", note("bob"));
  for (let index = 0; index < 50; index++) alice.publish(`s.${index % 3}`, bytes(String(index)));
  world.run();
  expect(heard.map((line) => Number(line.split(" ")[2]))).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test("a subscription ends after its maximum, or at once", () => {
  const { world, heard, note, alice } = bus();
  alice.subscribe("s", note("two"), { max: 2 });
  const later = alice.subscribe("s", note("one"));
  later.unsubscribe(1);
  const ended = alice.subscribe("s", note("none"));
  ended.unsubscribe();
  for (const text of ["1", "2", "3"]) alice.publish("s", bytes(text));
  world.run();
  expect(heard).toEqual(["two s 1", "one s 1", "two s 2"]);
});

test("a maximum already passed ends a subscription at once", () => {
  const { world, heard, note, alice } = bus();
  const subscription = alice.subscribe("s", note("one"));
  alice.publish("s", bytes("1"));
  alice.publish("s", bytes("2"));
  world.run();
  subscription.unsubscribe(1);
  alice.publish("s", bytes("3"));
  world.run();
  expect(heard).toEqual(["one s 1", "one s 2"]);
});

test("a maximum set while messages are under way lets in as many as it says", () => {
  const { world, heard, note, alice } = bus();
  const subscription = alice.subscribe("s", note("one"));
  for (const text of ["1", "2", "3"]) alice.publish("s", bytes(text));
  subscription.unsubscribe(2);
  alice.publish("s", bytes("4"));
  world.run();
  expect(heard).toEqual(["one s 1", "one s 2"]);
});

test("that nobody heard is told to the asker alone, on one subscription, and counts at the asker only", () => {
  const { world, heard, note, alice, bob } = bus();
  bob.subscribe("r.>", note("bob"));
  alice.subscribe("r.*", note("grouped"), { queue: "q" });
  const asker = alice.subscribe("r.x", note("asker"), { max: 2 });
  alice.publish("nobody", bytes("?"), { reply: "r.x" });
  bob.publish("nobody", bytes("?"), { reply: "elsewhere" });
  world.run();
  expect(heard).toEqual(["asker r.x "]);
  asker.unsubscribe();
});

test("a request is answered once, or told at once that nobody listens", () => {
  const { world, alice, bob } = bus();
  const answers: [number, string, string | undefined][] = [];
  const hear = (got: BusMessage) => answers.push([world.now, new TextDecoder().decode(got.bytes), got.headers?.Status]);
  bob.subscribe("service", (got) => {
    for (const text of ["yes", "again"]) bob.publish(got.reply as string, bytes(text), { headers: { Lang: "en" } });
  });
  alice.request("service", bytes("?"), hear);
  alice.request("nobody", bytes("?"), hear);
  world.run();
  expect(answers).toEqual([
    [0, "", NO_RESPONDERS.Status],
    [200, "yes", undefined],
  ]);
});

test("headers travel with the message, and publishing without listeners or a reply is nothing", () => {
  const { world, alice, bob } = bus();
  const headers: unknown[] = [];
  bob.subscribe("s", (got) => headers.push(got.headers, got.reply));
  alice.publish("s", bytes(""), { headers: { a: "b" }, reply: "r" });
  alice.publish("nobody", bytes(""));
  world.run();
  expect(headers).toEqual([{ a: "b" }, "r"]);
});

test("a process that is down hears nothing, and nothing of before when it is back", () => {
  const world = worldForTest();
  const sender = scripted("sender", {
    step: (now, input) => {
      if (input.kind === "started" || (input.kind === "timer" && now <= 600)) {
        return [publish("s", Acknowledgement, message(now)), setTimer("t", (now + 200) as Instant)];
      }
      return [];
    },
  });
  const hearer = scripted("hearer", { subscriptions: [{ subject: "s", type: Acknowledgement }] });
  world.add(sender.service, { place: "alice", config: {} });
  world.add(hearer.service, { place: "bob", config: {} });
  world.start();
  world.run({ untilNs: 250 });
  world.crash("bob");
  world.restart("bob");
  world.run({ untilNs: 350 });
  world.crash("bob");
  world.run({ untilNs: 450 });
  world.restart("bob");
  world.run();
  expect(transcript(hearer)).toEqual([
    "0 started 1",
    '100 message s {"sequences":[0]}',
    "250 started 2",
    "450 started 3",
    '700 message s {"sequences":[600]}',
  ]);
});

test("whatever the program, a message reaches exactly the subscriptions it matches, at most once each", () => {
  const token = fc.constantFrom("a", "b", "c");
  const subject = fc.array(token, { minLength: 1, maxLength: 3 });
  const pattern = fc.tuple(fc.array(fc.oneof(token, fc.constant("*")), { minLength: 1, maxLength: 3 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), fc.array(subject, { maxLength: 6 }), (patterns, published) => {
      const { world, heard, note, alice } = bus();
      const expected: string[] = [];
      const texts = patterns.map(([tokens, open]) => [...tokens, ...(open ? [">"] : [])].join("."));
      for (const [index, text] of texts.entries()) alice.subscribe(text, note(`${index}`));
      for (const tokens of published) {
        const on = tokens.join(".");
        alice.publish(on, bytes(""));
        for (const [index, text] of texts.entries()) {
          // The same rule said another way: as a regular expression.
          const escaped = text.replaceAll(".", "\\.").replaceAll("*", "[a-c]").replace(">", "[a-c](\\.[a-c])*");
          if (new RegExp(`^${escaped}$`).test(on)) expected.push(`${index} ${on} `);
        }
      }
      world.run();
      expect(heard).toEqual(expected);
    }),
  );
});

test("a client reads bytes: in a world that hands its messages over there is none", () => {
  expect(() => worldForTest({ handsOver: true }).bus.connect("alice")).toThrow(/need a world that encodes/);
});
