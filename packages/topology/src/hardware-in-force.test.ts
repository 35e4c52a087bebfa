import { memoryDecay, multiply } from "@bellmesh/bell";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HardwareInForce, loadTopology, nodeNamed } from "./index.ts";

const drawn = loadTopology("line:3");

/** Node n1 with another T2, and T1 that never ends. */
function changed(version: number, at: number, t2Ns: number, node = "n1"): HardwareChanged {
  const memory = { t1Ns: 0, t2Ns, attemptDephasingPpt: 0 };
  return { node, version, at, memory, gates: undefined, readout: undefined, storage: undefined };
}

const t2At = (hardware: HardwareInForce, name = "n1") => nodeNamed(hardware.topology, name)?.memory.t2S;

describe("Hardware in force", () => {
  test("is the topology's until a calibration is announced, and then only that node's is another", () => {
    const hardware = new HardwareInForce(drawn);
    expect(hardware.topology).toBe(drawn);
    expect(hardware.learn(5, changed(1, 5, 3e6))).toBe(true);
    expect(hardware.advance(5)).toBe(true);
    expect(t2At(hardware)).toBe(3e-3);
    expect(nodeNamed(hardware.topology, "n1")?.gates).toEqual(drawn.nodes[1]?.gates);
    expect(nodeNamed(hardware.topology, "n0")).toBe(drawn.nodes[0]);
    expect(hardware.topology.links).toBe(drawn.links);
    expect(hardware.advance(6)).toBe(false);
  });

  test("is always that of the latest version that was announced, in whatever order and how often it is told", () => {
    const versions = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(versions, (told) => {
        const hardware = new HardwareInForce(drawn);
        let latest = 0;
        for (const version of told) {
          expect(hardware.learn(100, changed(version, version, version * 1e6))).toBe(version > latest);
          latest = Math.max(latest, version);
          hardware.advance(100);
          expect(t2At(hardware)).toBeCloseTo(latest * 1e-3, 12);
          expect(hardware.announced.map((one) => one.version)).toEqual([latest]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("comes into force at its instant, and until then what was before is", () => {
    const hardware = new HardwareInForce(drawn);
    hardware.learn(10, changed(1, 10, 3e6));
    hardware.learn(10, changed(2, 500, 7e6));
    expect(hardware.nextNs(10)).toBe(500);
    expect(hardware.announced.map(({ version }) => version)).toEqual([1, 2]);
    hardware.advance(499);
    expect(t2At(hardware)).toBe(3e-3);
    expect(hardware.advance(500)).toBe(true);
    expect(t2At(hardware)).toBe(7e-3);
    expect(hardware.nextNs(500)).toBeUndefined();
    expect(hardware.of("n1")?.at(499).memory.t2S).toBe(3e-3);
    expect(hardware.of("n1")?.at(500).memory.t2S).toBe(7e-3);
  });

  test("knows nothing of nodes that are not there", () => {
    const hardware = new HardwareInForce(drawn);
    expect(hardware.of("eve")).toBeUndefined();
    expect(hardware.learn(0, changed(1, 0, 1e6, "eve"))).toBe(false);
    expect(hardware.announced).toEqual([]);
  });
});

describe("A wait over a calibration", () => {
  const hardware = new HardwareInForce(drawn);
  hardware.learn(2e6, changed(1, 2e6, 3e6));
  hardware.learn(2e6, changed(2, 5e6, 7e6));
  const node = hardware.of("n1");
  const { t1S, t2S } = drawn.nodes[1]?.memory ?? { t1S: 0, t2S: 0 };

  test("takes each stretch of it as it was", () => {
    const parts = [memoryDecay(t1S, t2S, 1e-3), memoryDecay(Infinity, 3e-3, 3e-3), memoryDecay(Infinity, 7e-3, 4e-3)];
    const expected = parts.reduce(multiply);
    for (const left of [node?.halfDecay(1e6, undefined, 9e6), node?.leastHalfDecay(1e6, 9e6)]) {
      expect(left?.x).toBeCloseTo(expected.x, 12);
      expect(left?.z).toBeCloseTo(expected.z, 12);
    }
  });

  test("is the same in one piece or in two, wherever it is cut", () => {
    const instants = fc.tuple(fc.nat(9e6), fc.nat(9e6), fc.nat(9e6));
    fc.assert(
      fc.property(instants, (unordered) => {
        const [from, cut, until] = unordered.sort((a, b) => a - b) as [number, number, number];
        const whole = node?.halfDecay(from, undefined, until);
        const [before, behind] = [node?.halfDecay(from, undefined, cut), node?.halfDecay(cut, undefined, until)];
        expect(whole?.x).toBeCloseTo((before?.x ?? 0) * (behind?.x ?? 0), 12);
      }),
      { numRuns: 100 },
    );
  });
});
