import { describe, expect, test } from "vitest";
import { publisherOf, subjects } from "./subjects.ts";

describe("subjects", () => {
  test("name the network, the plane, the publisher first, then the receiver and the kind", () => {
    expect(subjects.feedforward("lab", "alice-bob", "bob", "herald")).toBe("bellmesh.v1.lab.ff.alice-bob.bob.herald");
    expect(subjects.feedforwardTo("lab", "bob", "track")).toBe("bellmesh.v1.lab.ff.*.bob.track");
    expect(subjects.control("lab", "bob", "clock")).toBe("bellmesh.v1.lab.ctl.bob.clock");
  });

  test("tell their publisher, and nothing of a subject that is not ours", () => {
    expect(publisherOf(subjects.feedforward("lab", "alice", "bob", "track"))).toBe("alice");
    expect(publisherOf(subjects.control("lab", "carol", "clock"))).toBe("carol");
    expect(publisherOf("other.subject")).toBe("");
  });
});
