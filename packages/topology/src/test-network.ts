import { parseTopology } from "./parse-topology.ts";
import type { Topology } from "./topology.ts";

/** A link of a network for tests, as a topology file would have it. */
export interface TestLink {
  readonly name?: string;
  readonly between: readonly [string, string];
  readonly lengthKm?: number;
  readonly armsKm?: readonly [number, number];
  readonly heralding?: Readonly<Record<string, unknown>>;
}

/** A network for tests: perfect hardware but for what is said here. Nodes are those of the links, and `others`. */
export function testNetwork(
  links: readonly TestLink[],
  nodes: Readonly<Record<string, object>> = {},
  others: readonly string[] = [],
): Topology {
  const names = new Set([...links.flatMap((link) => link.between), ...others]);
  const document = {
    name: "test",
    clock: { preset: "perfect" },
    defaults: {
      memory: { t1S: 1e9, t2S: 1e9 },
      gates: { twoQubitDepolarising: 0, twoQubitNs: 0, oneQubitNs: 0 },
      readout: { p01: 0, p10: 0, durationNs: 0 },
      heralding: { emissionEfficiency: 1, darkCountProbability: 0, visibility: 1, periodNs: 1_000_000 },
    },
    nodes: [...names].map((name) => ({ name, ...nodes[name] })),
    links,
  };
  return parseTopology(JSON.stringify(document), "test.json");
}
