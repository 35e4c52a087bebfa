import { describe, expect, test } from "vitest";
import { RecentLog } from "./recent-log.ts";

describe("A recent log", () => {
  test.each([1, 7, 1000])(
    "keeps at least so many of the latest entries, and at most twice as many (asked every %i)",
    (every) => {
      const log = new RecentLog<number>(10);
      for (let n = 0; n < 1000; n += 1) {
        log.add(`${n}`, n);
        if (n % every !== 0) continue;
        for (let back = 0; back < 10 && back <= n; back += 1) expect(log.get(`${n - back}`)).toBe(n - back);
        expect(log.get(`${n - 20}`)).toBe(undefined);
      }
      expect(log.get("990")).toBe(990);
    },
  );

  test("gives what was added last, and nothing of what was deleted, in whichever generation it is", () => {
    const log = new RecentLog<string>(2);
    log.add("a", "first");
    log.add("b", "first");
    log.add("a", "second");
    expect(log.get("a")).toBe("second");
    log.delete("a");
    expect(log.get("a")).toBe(undefined);
    expect(log.get("b")).toBe("first");
    log.add("a", "third");
    expect(log.get("a")).toBe("third");
  });
});
