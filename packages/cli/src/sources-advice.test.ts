import { expect, test } from "vitest";
import { sourcesAdvice } from "./sources-advice.ts";

test.each([
  ["of another commit are checked out", "abc", "def", /^git checkout abc, or give --any-commit$/],
  ["are these without their changes, which are put away", "abc", "abc+changes.0123abcd", /^git stash/],
  ["had changes, which nobody else has", "abc+changes.0123abcd", "abc", /^git checkout abc and make the changes again/],
  ["had other changes", "abc+changes.0123abcd", "abc+changes.89abcdef", /^git checkout abc and make the changes again/],
  ["had changes nobody numbered then", "abc+changes", "abc", /^git checkout abc and make the changes again/],
  ["stood in no repository and cannot be had", "unknown", "abc", /^give --any-commit/],
])("The sources of a bundle that %s", (_, wanted, here, advice) => {
  expect(sourcesAdvice(wanted, here)).toMatch(advice);
});
