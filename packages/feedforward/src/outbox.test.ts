import type { Effect } from "@bellmesh/mesh";
import { type Instant, instant } from "@bellmesh/wire";
import type { Feedforward } from "@bellmesh/wire/feedforward";
import { describe, expect, test } from "vitest";
import { Outbox, REPEAT_TIMER } from "./outbox.ts";

const MS = 1_000_000;
const correction: NonNullable<Feedforward["payload"]> = {
  $case: "correction",
  correction: { jobId: "job", shot: 1, operation: 2, owed: { x: true, z: false } },
};

/** An outbox whose timer comes when it is due, and what it has put on the bus. */
class Bench {
  readonly published: { at: number; subject: string; message: Feedforward }[] = [];
  readonly abandoned: { at: number; to: string; sequence: number }[] = [];
  readonly outbox: Outbox;
  now = 0;
  timerDue: number | undefined;

  constructor(delayNs = 0, incarnation = 3) {
    this.outbox = new Outbox("lab", "alice", () => delayNs);
    this.outbox.start(incarnation);
  }

  send(to: string, notAfter = 0, kind: "correction" | "track" = "correction"): void {
    const effects: Effect[] = [];
    this.outbox.send(instant(this.now), effects, to, kind, correction, instant(this.now), notAfter);
    this.#note(effects);
  }

  acknowledge(from: string, sequences: number[], incarnation = 3, kind = "correction"): void {
    const effects: Effect[] = [];
    this.outbox.acknowledged(effects, from, { incarnation, sequences, kind });
    this.#note(effects);
  }

  advance(to: number): void {
    while (this.timerDue !== undefined && this.timerDue <= to) {
      this.now = this.timerDue;
      this.timerDue = undefined;
      const noted = (_effects: Effect[], receiver: string, { sequence }: Feedforward) =>
        this.abandoned.push({ at: this.now, to: receiver, sequence });
      this.#note(this.outbox.repeat(this.now as Instant, noted));
    }
    this.now = to;
  }

  instants(): number[] {
    return this.published.map(({ at }) => at);
  }

  #note(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "publish") {
        this.published.push({ at: this.now, subject: effect.subject, message: effect.message as Feedforward });
      } else if (effect.kind === "set-timer") {
        expect(effect.timer).toBe(REPEAT_TIMER);
        this.timerDue = effect.due;
      } else if (effect.kind === "cancel-timer") this.timerDue = undefined;
    }
  }
}

describe("An outbox", () => {
  test("numbers messages from 1 per receiver and kind, and names its incarnation", () => {
    const bench = new Bench();
    bench.send("bob");
    bench.send("carol");
    bench.send("bob", 0, "track");
    bench.send("bob");
    expect(bench.published.map(({ subject, message }) => [subject, message.sequence, message.incarnation])).toEqual([
      ["bellmesh.v1.lab.ff.alice.bob.correction", 1, 3],
      ["bellmesh.v1.lab.ff.alice.carol.correction", 1, 3],
      ["bellmesh.v1.lab.ff.alice.bob.track", 1, 3],
      ["bellmesh.v1.lab.ff.alice.bob.correction", 2, 3],
    ]);
  });

  test("repeats what is not acknowledged at intervals that double up to 256 ms, the same message each time", () => {
    const bench = new Bench();
    bench.send("bob");
    bench.advance(2000 * MS);
    expect(bench.instants()).toEqual(
      [0, 2, 6, 14, 30, 62, 126, 254, 510, 766, 1022, 1278, 1534, 1790].map((ms) => ms * MS),
    );
    expect(new Set(bench.published.map(({ message }) => message)).size).toBe(1);
    expect(bench.outbox.counters).toEqual({ sent: 1, repeated: 13, abandoned: 0 });
  });

  test("repeats at the longest interval only the oldest message to a receiver that is silent, until it answers", () => {
    const bench = new Bench();
    for (let count = 0; count < 3; count += 1) bench.send("bob");
    bench.send("carol");
    bench.advance(5000 * MS);
    const copies = (to: string) =>
      bench.published
        .filter(({ subject }) => subject.includes(`.${to}.`))
        .reduce<number[]>((counts, { message: { sequence } }) => {
          counts[sequence - 1] = (counts[sequence - 1] ?? 0) + 1;
          return counts;
        }, []);
    expect(copies("bob")).toEqual([8 + 18, 8, 8]);
    expect(copies("carol")).toEqual([8 + 18]);
    bench.acknowledge("bob", [1]);
    // The next one is the oldest now, and the last is sent as the receiver is known to listen.
    bench.advance(5256 * MS);
    expect(copies("bob")).toEqual([26, 9, 9]);
    bench.acknowledge("bob", [2]);
    bench.advance(5512 * MS);
    expect(copies("bob")).toEqual([26, 9, 10]);
  });

  test("goes on repeating everything to a receiver that answers now and then", () => {
    const bench = new Bench();
    for (let count = 0; count < 12; count += 1) bench.send("bob");
    for (let second = 1; second <= 10; second += 1) {
      for (const half of [500, 1000]) bench.advance((second - 1) * 1000 * MS + half * MS);
      bench.acknowledge("bob", [second]);
      bench.advance(bench.now + 1);
    }
    const last = bench.published.filter(({ message }) => message.sequence === 12);
    // In the half second after each answer it is sent twice, at least once.
    expect(last.length).toBeGreaterThan(8 + 9);
  });

  test("starts repeating after three round trips where that is longer than 2 ms", () => {
    const bench = new Bench(5 * MS);
    bench.send("bob");
    bench.advance(100 * MS);
    expect(bench.instants()).toEqual([0, 30 * MS, 90 * MS]);
  });

  test("stops at the acknowledgement, and wants no timer when nothing is left", () => {
    const bench = new Bench();
    bench.send("bob");
    bench.send("bob");
    bench.acknowledge("bob", [1]);
    expect(bench.outbox.pending).toBe(1);
    bench.advance(3 * MS);
    bench.acknowledge("bob", [2, 2]);
    expect([bench.outbox.pending, bench.timerDue]).toEqual([0, undefined]);
    expect(bench.published.map(({ message }) => message.sequence)).toEqual([1, 2, 2]);
  });

  test("ignores acknowledgements of a former incarnation, another kind or receiver, or of what was never sent", () => {
    const bench = new Bench();
    bench.send("bob");
    bench.acknowledge("bob", [1], 2);
    bench.acknowledge("bob", [1], 3, "track");
    bench.acknowledge("carol", [1]);
    bench.acknowledge("bob", [2, 0]);
    expect(bench.outbox.pending).toBe(1);
    bench.acknowledge("bob", [1]);
    expect(bench.outbox.pending).toBe(0);
  });

  test("gives up at notAfter, not an interval later, and says so once", () => {
    const bench = new Bench();
    bench.send("bob", 20 * MS);
    bench.send("carol");
    bench.advance(1000 * MS);
    expect(bench.abandoned).toEqual([{ at: 20 * MS, to: "bob", sequence: 1 }]);
    expect(bench.outbox.counters.abandoned).toBe(1);
    expect(bench.outbox.pending).toBe(1);
    const toBob = bench.published.filter(({ subject }) => subject.endsWith("bob.correction"));
    expect(toBob.map(({ at }) => at)).toEqual([0, 2 * MS, 6 * MS, 14 * MS]);
    bench.acknowledge("bob", [1]);
    expect(bench.outbox.pending).toBe(1);
  });

  test("sends what is too late at once all the same, and gives its receiver time to acknowledge it", () => {
    const bench = new Bench();
    bench.now = 10 * MS;
    bench.send("bob", 1);
    expect(bench.published.length).toBe(1);
    bench.advance(1000 * MS);
    expect(bench.published.length).toBe(1);
    expect(bench.abandoned).toEqual([{ at: 12 * MS, to: "bob", sequence: 1 }]);
    expect(bench.timerDue).toBeUndefined();
  });

  test("keeps its timer for what it is told to send when it gives something up", () => {
    const outbox = new Outbox("lab", "alice", () => 0);
    outbox.start(1);
    outbox.send(instant(0), [], "bob", "track", correction, instant(0), 1);
    const effects = outbox.repeat(instant(2 * MS), (into) =>
      outbox.send(instant(2 * MS), into, "bob", "expire", correction, instant(0), 0),
    );
    expect(effects.at(-1)).toEqual({ kind: "set-timer", timer: REPEAT_TIMER, due: 4 * MS });
    expect(outbox.pending).toBe(1);
  });
});
