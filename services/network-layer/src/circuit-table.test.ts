import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { CircuitTable } from "./circuit-table.ts";
import type { InstalledCircuit } from "./installed-circuit.ts";
import { lineCircuit } from "./observed-surroundings.ts";

const topology = loadTopology("line:3");

function installed(id: string, downstream: number): InstalledCircuit {
  const circuit = { ...lineCircuit(1), id };
  const parts = { end: undefined, swapPoint: undefined, generation: undefined };
  return { circuit, ...parts, labels: { downstream }, state: "installed", active: new Set() };
}

describe("The labels of a link", () => {
  test("are even from its first node and odd from its second", () => {
    const table = new CircuitTable(topology, "n1");
    table.start(1);
    expect([table.takeLabel("n1-n2"), table.takeLabel("n1-n2")]).toEqual([2, 4]);
    expect([table.takeLabel("n0-n1"), table.takeLabel("n0-n1")]).toEqual([1, 3]);
  });

  test("begin anew when all have been given, but for those in use, and run out when all are", () => {
    const table = new CircuitTable(topology, "n1");
    table.start(1);
    const given: number[] = [];
    for (let round = 0; round < 32_767; round += 1) {
      const label = table.takeLabel("n1-n2") as number;
      given.push(label);
      table.add(installed(`${round}`, label));
    }
    expect(new Set(given).size).toBe(32_767);
    expect(Math.max(...given)).toBe(65_534);
    expect(table.takeLabel("n1-n2")).toBeUndefined();
    table.close(table.get("5") as InstalledCircuit);
    expect(table.takeLabel("n1-n2")).toBe(12);
  });

  test("lead to their circuit until it is closed", () => {
    const table = new CircuitTable(topology, "n1");
    const one = installed("a", 2);
    table.add(one);
    expect(table.labelled("n1-n2", 2)).toEqual({ installed: one, side: "downstream" });
    expect(table.labelled("n0-n1", 2)).toBeUndefined();
    table.close(one);
    expect(table.labelled("n1-n2", 2)).toBeUndefined();
    expect(table.get("a")).toBe(one);
  });
});
