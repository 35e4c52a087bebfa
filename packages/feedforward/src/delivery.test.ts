import type { Effect } from "@bellmesh/mesh";
import { type Instant, instant } from "@bellmesh/wire";
import type { Acknowledgement, Feedforward } from "@bellmesh/wire/feedforward";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";

/** What may happen on the way, and to the sender; the number picks one of the messages under way. */
const happening = fc.record({
  what: fc.constantFrom("send", "send", "deliver", "deliver", "double", "lose", "wait", "restart"),
  pick: fc.nat(1_000),
  usefulForMs: fc.constantFrom(0, 0, 5, 40),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface UnderWay {
  readonly toBob: boolean;
  readonly message: unknown;
}

/** A sender, a receiver, and a bus between them that does whatever it is told. */
class Bus {
  readonly applied = new Map<number, number>();
  /** Numbers of what was sent by the latest incarnation and never becomes too late. */
  expected: number[] = [];
  /** Messages of former incarnations applied after one of a later. */
  stragglers = 0;
  readonly #inbox = new Inbox("lab", "bob");
  #outbox = new Outbox("lab", "alice", () => 0);
  #incarnation = 0;
  #latestApplied = 0;
  #sent = 0;
  #now = 0;
  #timerDue: number | undefined;
  #underWay: UnderWay[] = [];

  constructor() {
    this.#restart();
  }

  step({ what, pick, usefulForMs }: Happening): void {
    const at = pick % Math.max(1, this.#underWay.length);
    if (what === "send") this.#send(usefulForMs);
    else if (what === "wait") this.#wait();
    else if (what === "restart") {
      if (pick % 2 === 0) this.#restart();
    } else {
      const [picked] = this.#underWay.splice(at, 1);
      if (!picked || what === "lose") return;
      if (what === "double") this.#underWay.push(picked, picked);
      else this.#deliver(picked);
    }
  }

  /** From now on nothing is lost. */
  settle(): void {
    for (let rounds = 0; rounds < 200 && this.#outbox.pending > 0; rounds += 1) {
      while (this.#underWay.length > 0) this.#deliver(this.#underWay.shift() as UnderWay);
      this.#wait();
    }
    expect(this.#outbox.pending).toBe(0);
    expect(this.#timerDue).toBeUndefined();
  }

  #send(usefulForMs: number): void {
    this.#sent += 1;
    const correction = { jobId: `${this.#incarnation}`, shot: this.#sent, operation: 0, owed: undefined };
    const effects: Effect[] = [];
    const [now, notAfter] = [instant(this.#now), usefulForMs === 0 ? 0 : this.#now + usefulForMs * 1e6];
    this.#outbox.send(now, effects, "bob", "correction", { $case: "correction", correction }, now, notAfter);
    if (notAfter === 0) this.expected.push(this.#sent);
    this.#note(effects, true);
  }

  #restart(): void {
    this.#incarnation += 1;
    this.#outbox = new Outbox("lab", "alice", () => 0);
    this.#outbox.start(this.#incarnation);
    this.#timerDue = undefined;
    this.expected = [];
  }

  #wait(): void {
    if (this.#timerDue === undefined) return;
    this.#now = this.#timerDue;
    this.#timerDue = undefined;
    this.#note(this.#outbox.repeat(this.#now as Instant), true);
  }

  #deliver({ toBob, message }: UnderWay): void {
    const effects: Effect[] = [];
    if (!toBob) {
      this.#outbox.acknowledged(effects, "bob", message as Acknowledgement);
      this.#note(effects, true);
      return;
    }
    const feedforward = message as Feedforward;
    const admission = this.#inbox.admit(instant(this.#now), effects, "alice", "correction", feedforward);
    this.#note(effects, false);
    if (admission === "duplicate" || feedforward.payload?.$case !== "correction") return;
    const { shot } = feedforward.payload.correction;
    this.applied.set(shot, (this.applied.get(shot) ?? 0) + 1);
    if (feedforward.incarnation < this.#latestApplied) this.stragglers += 1;
    this.#latestApplied = Math.max(this.#latestApplied, feedforward.incarnation);
  }

  #note(effects: readonly Effect[], toBob: boolean): void {
    for (const effect of effects) {
      if (effect.kind === "publish") this.#underWay.push({ toBob, message: effect.message });
      else if (effect.kind === "set-timer") this.#timerDue = effect.due;
      else if (effect.kind === "cancel-timer") this.#timerDue = undefined;
    }
  }
}

describe("Feedforward from an outbox to an inbox", () => {
  test("is applied at most once whatever the bus does, and exactly once when repeats get through", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 30, maxLength: 120 }), (happenings) => {
        const bus = new Bus();
        for (const happened of happenings) bus.step(happened);
        expect(Math.max(0, ...bus.applied.values())).toBeLessThanOrEqual(1);
        bus.settle();
        expect(Math.max(0, ...bus.applied.values())).toBeLessThanOrEqual(1);
        expect(bus.stragglers).toBe(0);
        for (const shot of bus.expected) expect(bus.applied.get(shot)).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});
