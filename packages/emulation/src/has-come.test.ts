import { expect, test } from "vitest";
import { hasCome } from "./has-come.ts";

function standStillMs(ms: number): void {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs; );
}

test("What comes once this process runs again has come in time, however long it stood still", async () => {
  let came = false;
  const coming = hasCome(() => came, 200);
  setTimeout(() => {
    came = true;
  }, 60);
  standStillMs(400);
  expect(await coming).toBe(true);
});

test("What does not come is waited for no longer than asked", async () => {
  expect(await hasCome(() => false, 60)).toBe(false);
});
