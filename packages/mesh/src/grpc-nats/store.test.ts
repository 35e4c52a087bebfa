import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DurableStore } from "./store.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bellmesh-store-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(): { store: DurableStore; stored: string[]; refusals: string[] } {
  const store = new DurableStore(join(directory, "link-layer.alice"));
  const stored: string[] = [];
  const refusals: string[] = [];
  store.listen({
    stored: (key) => stored.push(key),
    writable: (ok, reason) => refusals.push(ok ? "mended" : reason),
  });
  return { store, stored, refusals };
}

describe("what a process has stored", () => {
  test("comes back at its next start, whatever its keys are called", async () => {
    const { store, stored } = open();
    store.put("a/b c", Uint8Array.of(1, 2));
    store.put("..", Uint8Array.of(3));
    await store.close();
    expect(stored).toEqual(["a/b c", ".."]);
    const again = open().store;
    expect(new Map(again.recover())).toEqual(
      new Map([
        ["..", Uint8Array.of(3)],
        ["a/b c", Uint8Array.of(1, 2)],
      ]),
    );
  });

  test("is the latest of several, and every key is said to be stored once it is durable", async () => {
    const { store, stored } = open();
    for (let value = 0; value < 20; value++) store.put("counter", Uint8Array.of(value));
    await store.close();
    expect(stored.at(-1)).toBe("counter");
    expect(open().store.recover().get("counter")).toEqual(Uint8Array.of(19));
  });

  test("is durable at once when it is flushed, the latest of several", () => {
    const { store } = open();
    for (const value of [1, 2]) store.put("counter", Uint8Array.of(value));
    store.put("other", Uint8Array.of(3));
    store.flush();
    expect(open().store.recover()).toEqual(
      new Map([
        ["counter", Uint8Array.of(2)],
        ["other", Uint8Array.of(3)],
      ]),
    );
  });

  test("counts starts, also those that never stored anything", () => {
    expect([open(), open(), open()].map(({ store }) => store.incarnation)).toEqual([1, 2, 3]);
  });

  test("leaves no half-written entry to recover", () => {
    open();
    writeFileSync(join(directory, "link-layer.alice", "entry.torn.new"), "half");
    expect(open().store.recover().size).toBe(0);
  });

  test("is asked to be looked after where the count of starts cannot be read", () => {
    open();
    writeFileSync(join(directory, "link-layer.alice", "incarnation"), "many\n");
    expect(() => open()).toThrow(/does not hold a count of starts; remove the directory/);
  });

  test("is given to the disk again when that refused it, and the refusal names the directory", async () => {
    const { store, stored, refusals } = open();
    rmSync(join(directory, "link-layer.alice"), { recursive: true });
    store.put("key", Uint8Array.of(1));
    await expect.poll(() => refusals.length, { timeout: 10_000 }).toBe(1);
    expect(refusals[0]).toContain("link-layer.alice");
    open();
    await expect.poll(() => stored, { timeout: 10_000 }).toEqual(["key"]);
    expect(refusals[1]).toBe("mended");
    expect(readdirSync(join(directory, "link-layer.alice"))).toContain("entry.key");
  });
});
