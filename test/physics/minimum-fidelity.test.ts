import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { describe, expect, test } from "vitest";

/** Claims of every half delivered and not retracted. */
function claimsOf(preset: string, minFidelity: number, pairs: number) {
  const topology = loadTopology(preset);
  const claims = new Map<string, number>();
  const onEvent = ({ event }: LedgerEvent) => {
    if (event?.$case === "halfDelivered") {
      const { pair, node, claimedFidelityPpb } = event.halfDelivered;
      claims.set(`${pair} ${node}`, claimedFidelityPpb / 1e9);
    } else if (event?.$case === "halfRetracted") {
      claims.delete(`${event.halfRetracted.pair} ${event.halfRetracted.node}`);
    }
  };
  const to = topology.nodes.at(-1)?.name as string;
  const report = simulate({ topology, from: "n0", to, pairs, seed: 4, minFidelity, onEvent });
  return { report, claims: [...claims.values()] };
}

describe("A minimum fidelity", () => {
  test.each([
    ["line:3", 0.95],
    ["line:5", 0.86],
    ["line:9", 0.73],
  ])("over %s no half is delivered that is claimed below %d", (preset, minFidelity) => {
    const { report, claims } = claimsOf(preset, minFidelity, 60);
    expect(report).toMatchObject({ delivered: 60, ledger: { violations: 0 } });
    expect(claims).toHaveLength(120);
    expect(Math.min(...claims)).toBeGreaterThanOrEqual(minFidelity);
    expect(report.fidelity.true).toBeGreaterThan(minFidelity);
  });

  test("that hardly any pair reaches ends the request with its reason instead of going on for ever", () => {
    const { report } = claimsOf("line:9", 0.8, 20);
    expect(report.failed).toEqual({ min_fidelity: 20 - report.delivered });
    expect(report.ledger.violations).toBe(0);
  });

  test("above what fresh pairs have is refused at once, with what would be attainable", () => {
    const { report } = claimsOf("line:3", 0.99, 5);
    expect(report.refusal?.reason).toBe("unsupp");
    expect(report.refusal?.message).toMatch(/0\.96\d+/);
  });
});
