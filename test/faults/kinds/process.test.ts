import type { AnyService, Effect, FaultEntry, Input } from "@bellmesh/mesh";
import { VirtualWorld } from "@bellmesh/mesh/virtual";
import { loadTopology } from "@bellmesh/topology";
import { CensusWanted } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";
import { PHASE_NS, threePhases } from "./three-phases.ts";

const topology = loadTopology("line:3");

describe("While it lasts, and no longer, nothing is delivered when", () => {
  test.each(["crash", "store-loss", "pause"] as const)("%s befalls a repeater's node-controller", (kind) => {
    const fault = { kind, target: { process: "node-controller/n1" }, args: {} } as const;
    const { before, during, after, objections } = threePhases({ topology, fault });
    expect(before.delivered).toBeGreaterThan(50);
    expect(during.delivered).toBeLessThan(3);
    expect(after.delivered).toBeGreaterThan(100);
    expect(objections).toEqual([]);
  });

  test("a whole node stands still, and then goes on", () => {
    const { during, after, objections } = threePhases({
      topology,
      fault: { kind: "pause", target: { process: "n1" }, args: {} },
    });
    expect(during.delivered).toBeLessThan(3);
    expect(after.delivered).toBeGreaterThan(100);
    expect(objections).toEqual([]);
  });
});

test("Every fault stands in the ledger when it begins and when it ends", () => {
  const fault = { kind: "pause", target: { process: "n1" }, args: {} } as const;
  const { before, during, after } = threePhases({ topology, fault });
  const told = [before, during, after].map(({ events }) => events.filter(({ writer }) => writer === "faults/line-3"));
  const written = { atNs: PHASE_NS, forNs: PHASE_NS, kind: "pause", target: '{"process":"n1"}', args: "{}" };
  expect(told.map((events) => events.map(({ at, event }) => ({ at, event })))).toEqual([
    [],
    [{ at: PHASE_NS, event: { $case: "faultBegan", faultBegan: { fault: written } } }],
    [{ at: 2 * PHASE_NS, event: { $case: "faultEnded", faultEnded: { fault: written } } }],
  ]);
});

/** Stores a number at every tick of 1 ms, and shows every input it is given. */
function ticking(inputs: [number, Input][]): AnyService {
  return {
    name: "ticking",
    timeBase: "true",
    serves: [],
    subscriptions: () => [],
    start: () => ({
      step: (now, input) => {
        inputs.push([now, input]);
        if (input.kind !== "started" && input.kind !== "timer") return [];
        const due = (now + 1_000_000) as typeof now;
        return [
          { kind: "set-timer", timer: "tick", due },
          { kind: "store", key: "ticks", bytes: Uint8Array.of(inputs.length) },
        ];
      },
    }),
  };
}

function run(fault: Pick<FaultEntry, "kind">): [number, Input][] {
  const inputs: [number, Input][] = [];
  const entry = { ...fault, atNs: 2_500_000, forNs: 5_000_000, target: { process: "ticking/n0" }, args: {} };
  const world = new VirtualWorld({
    seed: 1,
    network: "lab",
    delayNs: () => 0,
    clockOf: () => undefined,
    onRecord: () => undefined,
    faults: [entry as FaultEntry],
  });
  world.add(ticking(inputs), { place: "n0", config: {} });
  world.start();
  world.run({ untilNs: 9_600_000 });
  return inputs.filter(([, { kind }]) => kind !== "stored");
}

describe("A process", () => {
  test("that stands still has its timers late, once each, and keeps its memory", () => {
    const at = run({ kind: "pause" }).map(([now]) => now / 1e6);
    expect(at).toEqual([0, 1, 2, 7.5, 8.5, 9.5]);
  });

  test("that crashed finds what it had stored; one that lost its store finds nothing", () => {
    const [crashed, lost] = (["crash", "store-loss"] as const).map((kind) => run({ kind }).at(3));
    expect(crashed?.[0]).toBe(7_500_000);
    expect(lost?.[0]).toBe(7_500_000);
    const recovered = [crashed, lost].map((entry) => (entry?.[1].kind === "started" ? entry[1].recovered.size : -1));
    expect(recovered).toEqual([1, 0]);
  });

  test("that is down starts again when it is told to", () => {
    const down = {
      atNs: 0,
      forNs: Number.POSITIVE_INFINITY,
      kind: "crash",
      target: { process: "ticking/n0" },
      args: {},
    };
    const up = { atNs: 3_000_000, forNs: 0, kind: "restart", target: { process: "ticking/n0" }, args: {} };
    const inputs: [number, Input][] = [];
    const faults = [down, up] as FaultEntry[];
    const options = { seed: 1, network: "lab", delayNs: () => 0, clockOf: () => undefined, faults };
    const world = new VirtualWorld({ ...options, onRecord: () => undefined });
    world.add(ticking(inputs), { place: "n0", config: {} });
    world.start();
    world.run({ untilNs: 2_900_000 });
    expect(world.isUp("ticking/n0")).toBe(false);
    world.run({ untilNs: 3_000_000 });
    expect(world.isUp("ticking/n0")).toBe(true);
  });
});

/** Says a number to a listener at every tick of 1 ms, and writes the even ones down. */
function saying(listener: string): AnyService {
  return {
    name: "saying",
    timeBase: "true",
    serves: [],
    subscriptions: () => [],
    start: () => {
      let said = 0;
      return {
        step: (now, input) => {
          if (input.kind !== "started" && input.kind !== "timer") return [];
          said += 1;
          const due = (now + 1_000_000) as typeof now;
          const message = { at: said } as CensusWanted;
          const effects: Effect[] = [
            { kind: "set-timer", timer: "tick", due },
            { kind: "publish", subject: listener, type: CensusWanted, message },
          ];
          const attemptsMade = { link: "lab", firstAttempt: 0, secondAttempt: 0, spacingNs: 1, attempts: said };
          if (said % 2 === 0) effects.push({ kind: "record", event: { $case: "attemptsMade", attemptsMade } });
          return effects;
        },
      };
    },
  };
}

describe("A process that crashes in its step", () => {
  function fallen(forNs: number, atNs: number) {
    const [written, heard]: [number[], number[]] = [[], []];
    const args = { inStep: true };
    const fault: FaultEntry = { atNs, forNs, kind: "crash", target: { process: "saying/n0" }, args };
    const world = new VirtualWorld({
      seed: 1,
      network: "lab",
      delayNs: () => 0,
      clockOf: () => undefined,
      onRecord: ({ event }) => {
        if (event?.$case === "attemptsMade") written.push(event.attemptsMade.attempts);
      },
      faults: [fault],
    });
    const subject = "bellmesh.v1.lab.telemetry.n0.said";
    world.bus.connect("n1").subscribe(subject, ({ bytes }) => heard.push(CensusWanted.decode(bytes).at));
    world.add(saying(subject), { place: "n0", config: {} });
    world.start();
    world.run({ untilNs: 6_900_000 });
    return { written, heard };
  }

  test("has written down what it never says, and is up again when the fault ends", () => {
    // It says 1, 2, 3 at 0, 1, 2 ms, writes 4 down at 3 ms, and starts over at 4.5 ms.
    expect(fallen(2_400_000, 2_100_000)).toEqual({ written: [2, 4, 2], heard: [1, 2, 3, 1, 2, 3] });
  });

  test("lives on where it has written nothing down before the fault ends", () => {
    expect(fallen(800_000, 2_100_000)).toEqual({ written: [2, 4, 6], heard: [1, 2, 3, 4, 5, 6, 7] });
  });
});
