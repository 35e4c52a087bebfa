import { describe, expect, test } from "vitest";
import { RecentMap } from "./recent-map.ts";

describe("A recent map", () => {
  test("keeps at least so many of the latest entries, and at most twice as many", () => {
    const map = new RecentMap<number>(10);
    for (let n = 0; n < 1000; n += 1) {
      map.set(`${n}`, n);
      for (let back = 0; back < 10 && back <= n; back += 1) expect(map.get(`${n - back}`)).toBe(n - back);
      expect(map.has(`${n - 20}`)).toBe(false);
    }
  });

  test("gives what was set last, and nothing of what was deleted, in whichever generation it is", () => {
    const map = new RecentMap<string>(2);
    map.set("a", "first");
    map.set("b", "first");
    map.set("a", "second");
    expect(map.get("a")).toBe("second");
    expect(map.delete("a")).toBe(true);
    expect(map.has("a")).toBe(false);
    expect(map.delete("a")).toBe(false);
    expect(map.get("b")).toBe("first");
  });
});
