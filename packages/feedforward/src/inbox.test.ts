import type { Effect } from "@bellmesh/mesh";
import { instant } from "@bellmesh/wire";
import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import { describe, expect, test } from "vitest";
import { Inbox } from "./inbox.ts";

function message(sequence: number, incarnation = 1, notAfter = 0): Feedforward {
  return { sequence, incarnation, measuredAt: 0, notAfter, payload: undefined };
}

function bench() {
  const inbox = new Inbox("lab", "bob");
  const acknowledged: [string, Acknowledgement][] = [];
  const admit = (from: string, one: Feedforward, kind: "track" | "expire" = "track", now = 10) => {
    const effects: Effect[] = [];
    const admission = inbox.admit(instant(now), effects, from, kind, one);
    for (const effect of effects) {
      if (effect.kind === "publish") acknowledged.push([effect.subject, effect.message as Acknowledgement]);
    }
    return admission;
  };
  return { inbox, acknowledged, admit };
}

describe("An inbox", () => {
  test("admits the first copy, in whatever order messages come, and no other", () => {
    const { inbox, admit } = bench();
    const order = [2, 1, 2, 5, 4, 1, 3, 5, 3, 4, 6];
    expect(order.map((sequence) => admit("alice", message(sequence)))).toEqual(
      order.map((sequence, at) => (order.indexOf(sequence) === at ? "fresh" : "duplicate")),
    );
    expect(inbox.counters).toEqual({ fresh: 6, late: 0, duplicate: 5, former: 0 });
  });

  test("acknowledges every copy to its sender, with the kind, for acknowledgements are lost too", () => {
    const { acknowledged, admit } = bench();
    admit("alice", message(7, 2));
    admit("alice", message(7, 2));
    const acknowledgement = { incarnation: 2, sequences: [7], kind: "track" };
    expect(acknowledged).toEqual([
      ["bellmesh.v1.lab.ff.bob.alice.ack", acknowledgement],
      ["bellmesh.v1.lab.ff.bob.alice.ack", acknowledgement],
    ]);
  });

  test("counts every sender and every kind by itself", () => {
    const { admit } = bench();
    expect(admit("alice", message(1))).toBe("fresh");
    expect(admit("carol", message(1))).toBe("fresh");
    expect(admit("alice", message(1), "expire")).toBe("fresh");
    expect(admit("alice", message(1), "expire")).toBe("duplicate");
  });

  test("admits as late what comes at notAfter or later, once", () => {
    const { inbox, admit } = bench();
    expect(admit("alice", message(1, 1, 11), "track", 10)).toBe("fresh");
    expect(admit("alice", message(2, 1, 11), "track", 11)).toBe("late");
    expect(admit("alice", message(2, 1, 11), "track", 12)).toBe("duplicate");
    expect(admit("alice", message(3, 1, 0), "track", 1e15)).toBe("fresh");
    expect(inbox.counters).toEqual({ fresh: 2, late: 1, duplicate: 1, former: 0 });
  });

  test("starts anew with a later incarnation of the sender, and applies no straggler of a former one", () => {
    const { inbox, acknowledged, admit } = bench();
    admit("alice", message(1, 1));
    expect(admit("alice", message(1, 2))).toBe("fresh");
    expect(admit("alice", message(2, 1))).toBe("duplicate");
    expect(admit("alice", message(1, 2))).toBe("duplicate");
    expect(admit("alice", message(2, 2))).toBe("fresh");
    expect(inbox.counters).toEqual({ fresh: 3, late: 0, duplicate: 1, former: 1 });
    expect(acknowledged.map(([, { incarnation }]) => incarnation)).toEqual([1, 2, 1, 2, 2]);
  });

  test("never applies a message without a number", () => {
    expect(bench().admit("alice", message(0))).toBe("duplicate");
  });

  test("takes what is more than 4096 messages back for applied, so that gaps are not remembered for ever", () => {
    const { admit } = bench();
    for (let sequence = 2; sequence <= 20_000; sequence += 2) expect(admit("alice", message(sequence))).toBe("fresh");
    expect(admit("alice", message(20_000 - 4097))).toBe("duplicate");
    expect(admit("alice", message(20_000 - 4095))).toBe("fresh");
    expect(admit("alice", message(20_000 - 4094))).toBe("duplicate");
    expect(admit("alice", message(19_999))).toBe("fresh");
    expect(admit("alice", message(20_001))).toBe("fresh");
  });

  test("joins a sender that has been sending for long, and forgets the way there at once", () => {
    const { admit } = bench();
    const start = 2 ** 52;
    expect(admit("alice", message(start))).toBe("fresh");
    expect(admit("alice", message(start - 1))).toBe("fresh");
    expect(admit("alice", message(start - 5000))).toBe("duplicate");
    expect(admit("alice", message(start))).toBe("duplicate");
  });
});
