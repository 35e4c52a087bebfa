import type { StatedBounds } from "@bellmesh/wire/quantum-state";
import { describe, expect, test } from "vitest";
import { Laboratory } from "./laboratory.ts";

const nature = "application/nature";
const memory = { t1Ns: 0, t2Ns: 5e6, attemptDephasingPpt: 0 };
const gates = {
  twoQubitDepolarisingPpt: 2e10,
  twoQubitNs: 100,
  oneQubitDepolarisingPpt: 0,
  oneQubitNs: 0,
  initialDepolarisingPpt: 0,
  initialNs: 0,
  crosstalkDepolarisingPpt: 0,
};

describe("Nodes learn of a calibration", () => {
  /** Any operation attaches a node first. */
  const attach = (laboratory: Laboratory, node: string) =>
    laboratory.operate(node, laboratory.now, { $case: "discard", discard: { qubit: "none" } });

  test("every node that is attached when it is made, and every other when it attaches or comes back", () => {
    const laboratory = new Laboratory();
    attach(laboratory, "alice");
    laboratory.calibrate(nature, { node: "bob", version: 2, memory });
    expect(laboratory.told).toEqual([{ node: "alice", of: "bob", version: 2 }]);
    attach(laboratory, "carol");
    expect(laboratory.told.at(-1)).toEqual({ node: "carol", of: "bob", version: 2 });
    laboratory.crash("alice");
    expect(laboratory.told).toHaveLength(3);
  });

  test("one that is in force later is told beside the one in force, which is forgotten when it has gone", () => {
    const laboratory = new Laboratory();
    laboratory.calibrate(nature, { node: "bob", version: 1, memory });
    laboratory.calibrate(nature, { node: "bob", version: 2, at: 500, memory });
    attach(laboratory, "alice");
    expect(laboratory.told.map(({ version }) => version)).toEqual([1, 2]);
    laboratory.now = 500;
    attach(laboratory, "carol");
    expect(laboratory.told.slice(2).map(({ version }) => version)).toEqual([2]);
  });

  test("and nobody learns of one that is refused", () => {
    const laboratory = new Laboratory();
    attach(laboratory, "alice");
    laboratory.calibrate(nature, { node: "bob", version: 2, memory });
    expect(laboratory.calibrate(nature, { node: "bob", version: 2, gates })).toBe("OLDER_HARDWARE");
    expect(laboratory.told).toHaveLength(1);
  });
});

describe("A calibration outside its own stated bounds", () => {
  const poisoned: readonly (readonly [string, StatedBounds, string])[] = [
    [
      "a value above them",
      { field: "memory.t2_ns", least: 1e6, most: 4e6 },
      "memory.t2_ns is 5000000: its own bounds are [1000000, 4000000]; measure anew",
    ],
    [
      "a value below them",
      { field: "gates.two_qubit_depolarising_ppt", least: 3e10, most: 4e10 },
      "gates.two_qubit_depolarising_ppt is 20000000000: its own bounds are [30000000000, 40000000000]; measure anew",
    ],
    [
      "a lifetime that never ends",
      { field: "memory.t1_ns", least: 1e6, most: 4e6 },
      "memory.t1_ns is 0 (never): its own bounds are [1000000, 4000000]; measure anew",
    ],
    [
      "bounds the wrong way round",
      { field: "gates.two_qubit_ns", least: 200, most: 50 },
      "bounds of gates.two_qubit_ns are [200, 50]; give the least value first",
    ],
    [
      "bounds of what it does not give",
      { field: "readout.p01_ppt", least: 0, most: 1e12 },
      'bounds of "readout.p01_ppt": the calibration gives no such value',
    ],
  ];

  test.each(poisoned)("is refused whole, naming field, value and bounds: %s", (_what, bounds, message) => {
    const laboratory = new Laboratory();
    const first = { field: "memory.attempt_dephasing_ppt", least: 0, most: 0 };
    expect(laboratory.calibrate(nature, { node: "bob", version: 1, memory, gates }, [first, bounds])).toBe(
      "OUT_OF_BOUNDS",
    );
    expect(laboratory.refusals).toEqual([message]);
    expect(laboratory.recorded).toEqual([]);
    expect(laboratory.calibrate(nature, { node: "bob", version: 1 })).toMatchObject({ memory: { t2Ns: 0 } });
  });

  test("is one only beyond them: both ends belong to them, and never is the most there is", () => {
    const laboratory = new Laboratory();
    const bounds = [
      { field: "memory.t2_ns", least: 5e6, most: 5e6 },
      { field: "memory.t1_ns", least: 5e6, most: 0 },
    ];
    expect(laboratory.calibrate(nature, { node: "bob", version: 1, memory }, bounds)).toMatchObject({ version: 1 });
  });
});
