import { expect, test } from "vitest";
import { checkPublishSubject, checkSubscribeSubject } from "./bus-subject.ts";

test.each(["a", "a.b.c", "a*", "b>c", "_INBOX.x", "**", "ä.ß"])("messages can be published on %s", (subject) => {
  expect(() => checkPublishSubject(subject)).not.toThrow();
  expect(() => checkSubscribeSubject(subject)).not.toThrow();
});

test.each(["*", "a.*", "*.a", ">", "a.>", "a.*.b"])("%s can only be subscribed to", (subject) => {
  expect(() => checkPublishSubject(subject)).toThrow(`not a subject to publish on: "${subject}"`);
  expect(() => checkSubscribeSubject(subject)).not.toThrow();
});

test.each(["", ".", ".a", "a.", "a..b", "a b", "a\r\nPUB b 0", "a.\t"])("%j is no subject at all", (subject) => {
  expect(() => checkPublishSubject(subject)).toThrow(/not a subject to publish on/);
  expect(() => checkSubscribeSubject(subject)).toThrow(/not a subject to subscribe to/);
});

test("> stands last", () => {
  expect(() => checkSubscribeSubject(">.a")).toThrow(/not a subject to subscribe to/);
  expect(() => checkSubscribeSubject("a.>.b")).toThrow(/not a subject to subscribe to/);
});
