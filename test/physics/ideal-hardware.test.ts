import { bellIndices, bellName } from "@bellmesh/bell";
import { objections, type SimulationOptions, type SimulationReport, simulate } from "@bellmesh/simulation";
import { describe, expect, test } from "vitest";
import { shortenedLine } from "./shortened-line.ts";

const everyIndex = new Set(bellIndices.map(bellName));
const everyHerald = new Set(["psi+", "psi-"]); // what a linear-optics station can tell apart

describe("with ideal hardware", () => {
  test.each([
    { nodes: 2, seed: 31 },
    { nodes: 3, seed: 32 },
    { nodes: 4, seed: 33 },
    { nodes: 5, seed: 34 },
  ])(
    "every pair over $nodes nodes is the Bell state announced, whatever was heralded and measured",
    ({ nodes, seed }) => {
      const seen = run({
        topology: shortenedLine("ideal-line-5", nodes),
        from: "n0",
        to: `n${nodes - 1}`,
        pairs: 300,
        seed,
      });
      expect(seen.report.delivered).toBe(300);
      expect(seen.worstError).toBeLessThan(1e-9);
      expect(seen.fidelities).toBe(300);
      expect(seen.heralded.size).toBe(nodes - 1);
      for (const indices of seen.heralded.values()) expect(indices).toEqual(everyHerald);
      expect(seen.swapped.size).toBe(nodes - 2);
      for (const outcomes of seen.swapped.values()) expect(outcomes).toEqual(everyIndex);
      expect(seen.announced).toEqual(nodes === 2 ? everyHerald : everyIndex);
      expect(seen.objections).toEqual([]);
    },
  );

  test.each(bellIndices.map((finalState, k) => ({ finalState, name: bellName(finalState), seed: 40 + k })))(
    "every pair is delivered in the final state asked for, $name",
    ({ finalState, seed }) => {
      const seen = run({
        topology: shortenedLine("ideal-line-5", 3),
        from: "n0",
        to: "n2",
        pairs: 100,
        seed,
        finalState,
      });
      expect(seen.report.delivered).toBe(100);
      expect(seen.worstError).toBeLessThan(1e-9);
      expect(seen.fidelities).toBe(100);
      expect(seen.announced).toEqual(new Set([bellName(finalState)]));
      // The identity is not applied; the other three Paulis are.
      expect(seen.corrections).toEqual(new Set(bellIndices.slice(1).map((by) => bellName(by))));
      expect(seen.objections).toEqual([]);
    },
  );
});

interface Seen {
  readonly report: SimulationReport;
  /** Referees that did not say "true", and what they said. */
  readonly objections: readonly unknown[];
  readonly heralded: ReadonlyMap<string, ReadonlySet<string>>;
  readonly swapped: ReadonlyMap<string, ReadonlySet<string>>;
  readonly announced: ReadonlySet<string>;
  readonly corrections: ReadonlySet<string>;
  readonly fidelities: number;
  readonly worstError: number;
}

function run(options: SimulationOptions): Seen {
  const heralded = new Map<string, Set<string>>();
  const swapped = new Map<string, Set<string>>();
  const announced = new Set<string>();
  const corrections = new Set<string>();
  let [fidelities, worstError] = [0, 0];
  const onEvent: SimulationOptions["onEvent"] = ({ event }) => {
    switch (event?.$case) {
      case "pairHeralded": {
        const { firstNode, secondNode, bellIndex } = event.pairHeralded;
        if (bellIndex) addTo(heralded, `${firstNode} ${secondNode}`, bellName(bellIndex));
        break;
      }
      case "pairsSwapped":
        if (event.pairsSwapped.outcome) addTo(swapped, event.pairsSwapped.node, bellName(event.pairsSwapped.outcome));
        break;
      case "halfDelivered":
        announced.add(event.halfDelivered.bellIndex ? bellName(event.halfDelivered.bellIndex) : "unknown");
        break;
      case "frameApplied":
        if (event.frameApplied.applied) corrections.add(bellName(event.frameApplied.applied));
        break;
      case "pairFidelity":
        fidelities += 1;
        worstError = Math.max(worstError, Math.abs(event.pairFidelity.fidelityPpt / 1e12 - 1));
        break;
    }
  };
  const report = simulate({ ...options, onEvent });
  return {
    report,
    objections: objections(report.verdicts),
    heralded,
    swapped,
    announced,
    corrections,
    fidelities,
    worstError,
  };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
