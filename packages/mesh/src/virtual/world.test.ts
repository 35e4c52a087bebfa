import { type Instant, subjects } from "@bellmesh/wire";
import { ClockSyncServiceDefinition, type ExchangeResponse } from "@bellmesh/wire/clock-sync";
import { ClockCorrection } from "@bellmesh/wire/control";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, cancelTimer, health, publish, record, setTimer, store } from "../effects.ts";
import type { Call, Effect, Input } from "../host.ts";
import { methodsOf } from "../method.ts";
import type { ClockSegment, NodeClockLike } from "../place.ts";
import { scripted, transcript, worldForTest } from "./scripted-service.ts";
import type { Telemetry } from "./world.ts";

type Step = (now: Instant, input: Input) => readonly Effect[];

const refused = {
  $case: "requestRefused" as const,
  requestRefused: { node: "alice", to: "bob", reason: "because" },
};

function alone(step: Step, options: Parameters<typeof worldForTest>[0] = {}) {
  const subject = scripted("subject", { step });
  const world = worldForTest(options);
  world.add(subject.service, { place: "alice", config: {} });
  world.start();
  return { world, subject };
}

test("a timer of a name is set, moved and cancelled; one that is due fires at this instant", () => {
  const { world, subject } = alone((now, input) => {
    if (input.kind !== "started") return [];
    return [
      setTimer("moved", 100 as Instant),
      setTimer("cancelled", 200 as Instant),
      setTimer("moved", 300 as Instant),
      cancelTimer("cancelled"),
      cancelTimer("never set"),
      setTimer("due", now),
    ];
  });
  world.run();
  expect(transcript(subject)).toEqual(["0 started 1", "0 timer due due 0", "300 timer moved due 300"]);
});

test("a world runs in slices: by time, by count, by condition, until nothing waits", () => {
  const { world, subject } = alone((now, input) =>
    input.kind === "started" || (input.kind === "timer" && now < 1000) ? [setTimer("t", (now + 100) as Instant)] : [],
  );
  expect(world.run({ untilNs: 250 })).toEqual({ reason: "time", virtualNs: 250, events: 3, inputs: 3 });
  expect(world.run({ maxEvents: 2 })).toEqual({ reason: "events", virtualNs: 400, events: 2, inputs: 2 });
  expect(world.run({ until: () => world.now >= 700 })).toMatchObject({ reason: "condition", virtualNs: 700 });
  expect(world.run()).toMatchObject({ reason: "quiescent", virtualNs: 1000 });
  expect(world.run({ untilNs: 5000 })).toEqual({ reason: "quiescent", virtualNs: 5000, events: 0, inputs: 0 });
  expect(subject.heard.length).toBe(11);
});

test("a loop at one instant is stopped", () => {
  const { world } = alone((now) => [setTimer("again", now)], { limits: { eventsPerInstantMax: 1000 } });
  expect(() => world.run()).toThrow(/time stands still at 0 ns/);
});

test("what a process stored outlives a crash; its memory and its timers do not", () => {
  const recovered: unknown[] = [];
  const { world, subject } = alone((now, input) => {
    if (input.kind !== "started") return [];
    recovered.push([...input.recovered]);
    return [store("key", Uint8Array.of(input.incarnation)), setTimer("t", (now + 100) as Instant)];
  });
  world.run({ untilNs: 50 });
  world.crash("subject/alice");
  expect(world.isUp("subject/alice")).toBe(false);
  world.run({ untilNs: 500 });
  world.restart("subject/alice");
  world.run();
  expect(transcript(subject)).toEqual([
    "0 started 1",
    "0 stored key",
    "500 started 2",
    "500 stored key",
    "600 timer t due 600",
  ]);
  expect(recovered).toEqual([[], [["key", Uint8Array.of(1)]]]);
});

test("bytes are durable as they were when stored", () => {
  const bytes = Uint8Array.of(1);
  let got: Uint8Array | undefined;
  const { world } = alone((_, input) => {
    if (input.kind === "started") {
      got = input.recovered.get("key");
      return [store("key", bytes)];
    }
    return [];
  });
  world.run();
  bytes[0] = 9;
  world.crash("alice");
  world.restart("alice");
  world.run();
  expect(got).toEqual(Uint8Array.of(1));
});

test("every writer numbers its records without gaps, from 1 in every incarnation", () => {
  const ledger: LedgerEvent[] = [];
  const { world } = alone((_, input) => (input.kind === "started" ? [record(refused), record(refused)] : []), {
    onRecord: (event) => ledger.push(event),
  });
  world.run({ untilNs: 70 });
  world.crash("alice");
  world.restart("alice");
  world.run();
  expect(ledger.map((event) => [event.writer, event.incarnation, event.sequence, event.at])).toEqual([
    ["subject/alice", 1, 1, 0],
    ["subject/alice", 1, 2, 0],
    ["subject/alice", 2, 1, 70],
    ["subject/alice", 2, 2, 70],
  ]);
  expect(ledger[0]).toMatchObject({ uncertaintyNs: 0, event: refused });
});

test("a computation's result comes after its virtual duration, and is a copy", () => {
  const computations = new Map([["sums.ts#double", (args: unknown) => ({ twice: (args as { n: number }).n * 2 })]]);
  const compute: Effect = {
    kind: "compute",
    computation: "c1",
    module: "sums.ts",
    fn: "double",
    args: { n: 4 },
    virtualNs: 250,
  };
  const { world, subject } = alone((_, input) => (input.kind === "started" ? [compute] : []), { computations });
  world.run();
  expect(transcript(subject)[1]).toBe('250 computed c1 {"twice":8}');
  expect(() => alone(() => [{ ...compute, fn: "triple" }], { computations }).world.run()).toThrow(/sums.ts#triple/);
});

test("health goes to telemetry, and stopping goes to everyone", () => {
  const told: Telemetry[] = [];
  const { world, subject } = alone(
    (_, input) => {
      if (input.kind === "started") return [health(true)];
      return input.kind === "stopping" ? [health(false, "stopping")] : [];
    },
    { onTelemetry: (telemetry) => told.push(telemetry) },
  );
  world.run();
  world.stop();
  world.run();
  expect(transcript(subject)).toEqual(["0 started 1", "0 stopping"]);
  expect(told.map((telemetry) => [telemetry.address, telemetry.serving, telemetry.reason])).toEqual([
    ["subject/alice", true, ""],
    ["subject/alice", false, "stopping"],
  ]);
});

test("an error in a step says which service, when, and on what", () => {
  const { world } = alone((_, input) => {
    if (input.kind === "timer") throw new Error("broken");
    return [setTimer("t", 40 as Instant)];
  });
  expect(() => world.run()).toThrow(/^broken\n {2}at 40 ns, in subject\/alice, on the input timer t$/);
});

test("addresses are unique, and crash wants one that is there", () => {
  const { world, subject } = alone(() => []);
  expect(() => world.add(subject.service, { place: "alice", config: {} })).toThrow(/subject\/alice/);
  expect(() => world.crash("carol")).toThrow(/carol/);
});

/** A clock that runs ahead of true time by an offset which corrections set. */
class ShiftedClock implements NodeClockLike {
  offsetNs: number;

  constructor(offsetNs: number) {
    this.offsetNs = offsetNs;
  }

  local(trueNs: Instant): Instant {
    return Math.max(0, trueNs + this.offsetNs) as Instant;
  }

  trueAt(local: Instant): Instant {
    return Math.max(0, local - this.offsetNs) as Instant;
  }

  hardware(trueNs: Instant) {
    return { instant: trueNs, picoseconds: 0 };
  }

  drift(): void {}

  correct(segment: ClockSegment): void {
    this.offsetNs = segment.disciplinedNs - segment.fromHardwareNs;
  }
}

function correction(offsetNs: number): ClockCorrection {
  return {
    node: "alice",
    incarnation: 1,
    sequence: 1,
    fromHardware: 10_000,
    fromHardwarePs: 0,
    disciplined: 10_000 + offsetNs,
    disciplinedPs: 0,
    frequencyPpb: 0,
  };
}

/** A timer set for local instant 1000, and a correction from one offset to another at true instant 200. */
function corrected(fromNs: number, toNs: number) {
  const subject = subjects.control("test", "alice", "clock");
  const sleeper = scripted("sleeper", {
    timeBase: "node",
    step: (_, input) => (input.kind === "started" ? [setTimer("t", 1000 as Instant)] : []),
  });
  const sync = scripted("clock-sync", {
    step: (_, input) => {
      if (input.kind === "started") return [setTimer("correct", 200 as Instant)];
      return input.kind === "timer" ? [publish(subject, ClockCorrection, correction(toNs))] : [];
    },
  });
  const hearer = scripted("hearer", { subscriptions: [{ subject, type: ClockCorrection }] });
  const world = worldForTest({ clockOf: (place) => (place === "alice" ? new ShiftedClock(fromNs) : undefined) });
  world.add(sleeper.service, { place: "alice", config: {} });
  world.add(sync.service, { place: "alice", config: {} });
  world.add(hearer.service, { place: "bob", config: {} });
  world.start();
  world.run();
  return { world, sleeper, hearer };
}

test("services of a node live on its clock, and a timer fires when that clock has got there", () => {
  const { world, sleeper } = corrected(50, 50);
  expect(transcript(sleeper)).toEqual(["50 started 1", "1000 timer t due 1000"]);
  expect(world.now).toBe(950);
});

test("a correction acts when it is published, and is seen by all who read that clock", () => {
  const { hearer } = corrected(50, 0);
  expect(hearer.heard.map(({ now, input }) => [now, input.kind])).toEqual([
    [0, "started"],
    [200, "message"],
  ]);
});

test("timers follow a clock that is set forward or back", () => {
  for (const [fromNs, toNs] of [
    [0, 300],
    [0, -300],
    [700, -5000],
  ] as const) {
    const { world, sleeper } = corrected(fromNs, toNs);
    expect(transcript(sleeper).at(-1)).toBe("1000 timer t due 1000");
    expect(world.now).toBe(Math.max(1000 - toNs, 300));
  }
});

test("deadlines follow a clock that is set forward or back", () => {
  for (const toNs of [300, -300]) {
    const subject = subjects.control("test", "alice", "clock");
    const { exchange } = methodsOf(ClockSyncServiceDefinition);
    const request = { sequence: 1, sent: undefined };
    const sync = scripted("clock-sync", {
      timeBase: "node",
      step: (_, input) => {
        if (input.kind !== "started") return [];
        const waiting = call(1 as Call<ExchangeResponse>, "server/bob", exchange, request, 1000 as Instant);
        return [waiting, publish(subject, ClockCorrection, correction(toNs))];
      },
    });
    const world = worldForTest({ clockOf: (place) => (place === "alice" ? new ShiftedClock(0) : undefined) });
    world.add(sync.service, { place: "alice", config: {} });
    world.add(scripted("server").service, { place: "bob", config: {} });
    world.start();
    world.run();
    expect(transcript(sync).at(-1)).toBe("1000 call-failed 1 4");
    expect(world.now).toBe(1000 - toNs);
  }
});

test("a timer set for what a clock set back has shown before waits until it shows that again", () => {
  const subject = subjects.control("test", "alice", "clock");
  const sync = scripted("clock-sync", {
    timeBase: "node",
    step: (_, input) => {
      if (input.kind === "started") return [setTimer("correct", 5200 as Instant)];
      if (input.kind !== "timer" || input.timer !== "correct") return [];
      return [publish(subject, ClockCorrection, correction(0)), setTimer("t", 5100 as Instant)];
    },
  });
  /** Knows its past: before the correction at true instant 200 it was 5000 ns ahead. */
  class RememberingClock extends ShiftedClock {
    override trueAt(local: Instant): Instant {
      return local >= 5000 && local < 5200 ? ((local - 5000) as Instant) : super.trueAt(local);
    }
  }
  const world = worldForTest({ clockOf: () => new RememberingClock(5000) });
  world.add(sync.service, { place: "alice", config: {} });
  world.start();
  world.run();
  expect(transcript(sync).at(-1)).toBe("5100 timer t due 5100");
  expect(world.now).toBe(5100);
});

test("a correction from anyone but the place's own clock-sync changes no clock", () => {
  const clock = new ShiftedClock(50);
  const impostor = scripted("link-layer", {
    step: (_, input) =>
      input.kind === "started"
        ? [publish(subjects.control("test", "alice", "clock"), ClockCorrection, correction(0))]
        : [],
  });
  const elsewhere = scripted("clock-sync", {
    step: (_, input) =>
      input.kind === "started"
        ? [publish(subjects.control("test", "alice", "clock"), ClockCorrection, correction(0))]
        : [],
  });
  const world = worldForTest({ clockOf: () => clock });
  world.add(impostor.service, { place: "alice", config: {} });
  world.add(elsewhere.service, { place: "bob", config: {} });
  world.start();
  world.run();
  expect(clock.offsetNs).toBe(50);
});

test("the same seed gives the same history, another seed another", () => {
  const history = (seed: number) => {
    const lines: string[] = [];
    const names = ["a", "b", "c"];
    const world = worldForTest({ seed, delayNs: (from, to) => (from < to ? 70 : 30) });
    for (const name of names) {
      const subject = `x.${name}`;
      world.add(
        {
          name,
          timeBase: "true",
          serves: [],
          subscriptions: () => [{ subject, type: ClockCorrection }],
          start: ({ entropy }) => {
            const chance = entropy.stream(`test.${name}`);
            return {
              step: (now, input) => {
                lines.push(`${now} ${name} ${input.kind}`);
                if (now > 3_000) return [];
                const to = names[Math.floor(chance.uniform() * 3)] as string;
                const due = (now + 1 + Math.floor(chance.uniform() * 100)) as Instant;
                return [setTimer(`t${due % 4}`, due), publish(`x.${to}`, ClockCorrection, correction(0))];
              },
            };
          },
        },
        { place: name, config: {} },
      );
    }
    world.start();
    world.run();
    return lines.join("\n");
  };
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const once = history(seed);
      expect(history(seed)).toBe(once);
      expect(history(seed + 1)).not.toBe(once);
      expect(once.length).toBeGreaterThan(1000);
    }),
    { numRuns: 5 },
  );
});
