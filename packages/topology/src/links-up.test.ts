import { describe, expect, test } from "vitest";
import { bestPath } from "./best-path.ts";
import { isLinkUp, networkAt, networkFrom, nextUpNs } from "./links-up.ts";
import { testNetwork } from "./test-network.ts";
import type { Link } from "./topology.ts";

const steady = testNetwork([
  { between: ["a", "b"], lengthKm: 1 },
  { name: "way", between: ["a", "r"], lengthKm: 1 },
  { between: ["r", "b"], lengthKm: 1 },
]);
const schedule = [
  { fromS: 1, toS: 2 },
  { fromS: 4, toS: 5 },
];
const [direct, ...others] = steady.links as [Link, ...Link[]];
const changing = { ...steady, links: [{ ...direct, schedule }, ...others] };

describe("A network with a link that comes and goes", () => {
  test("has it in its windows, from their first instant to before their last", () => {
    const up = [0, 1e9, 2e9 - 1, 2e9, 4.5e9, 5e9].map((atNs) => isLinkUp({ schedule }, atNs));
    expect(up).toEqual([false, true, true, false, true, false]);
    expect([0, 1.5e9, 3e9, 5e9].map((fromNs) => nextUpNs({ schedule }, fromNs))).toEqual([1e9, 1.5e9, 4e9, Infinity]);
  });

  test("is another network while it is down, and for good when it never comes again", () => {
    expect(networkAt(changing, 1.5e9)).toBe(changing);
    expect(networkAt(changing, 3e9).links).toEqual(others);
    expect(networkAt(changing, 6e9)).toBe(networkAt(changing, 3e9));
    expect(networkFrom(changing, 3e9)).toBe(changing);
    expect(networkFrom(changing, 5e9).links).toEqual(others);
    expect(bestPath(networkAt(changing, 3e9), "a", "b")).toMatchObject({ links: ["way", "r-b"] });
  });

  test("is always itself where no link has a schedule", () => {
    expect(networkAt(steady, 3e9)).toBe(steady);
    expect(networkFrom(steady, 3e9)).toBe(steady);
    expect(nextUpNs(direct, 7)).toBe(7);
  });
});
