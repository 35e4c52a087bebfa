import { phiMinus, phiPlus } from "@bellmesh/bell";
import type { Ask } from "@bellmesh/emulation";
import { MissPolicy } from "@bellmesh/wire/network-layer";

/** One request, asked in both worlds. */
export interface Scenario {
  readonly name: string;
  readonly ask: Ask;
}

/** Requests that are asked one after the other on one network. */
export interface Suite {
  readonly name: string;
  /** The text of the topology. */
  readonly topology: string;
  readonly perNode: boolean;
  readonly scenarios: readonly Scenario[];
}

type Wish = Pick<Ask, "from" | "to" | "pairs"> & Partial<Ask>;

function scenario(name: string, wish: Wish): Scenario {
  const simple = { minFidelity: undefined, maxTimeNs: 0, missPolicy: MissPolicy.UNSPECIFIED, graceNs: 0 };
  return { name, ask: { ...simple, finalState: undefined, ...wish } };
}

/** Links that make a pair in 80 ms on average: what processes and sockets add hardly shows. */
function network(name: string, nodes: number, links: readonly (readonly [number, number])[], more = ""): string {
  return `name: ${name}
clock: { grandmaster: n0, preset: white-rabbit }
${more}
defaults:
  memory: { t1S: 60, t2S: 10, communicationSlots: 4 }
  gates: { twoQubitDepolarising: 0.01, twoQubitNs: 1000, oneQubitDepolarising: 0.001, oneQubitNs: 100 }
  readout: { p01: 0.01, p10: 0.01, durationNs: 1000 }
  heralding:
    scheme: double-click
    emissionEfficiency: 0.2
    emissionFidelity: 0.99
    darkCountProbability: 1.0e-6
    visibility: 0.97
    detectionWindowNs: 5000
    photonLifetimeNs: 1000
    periodNs: 1000000
  attenuationDbPerKm: 0.2
nodes:
${Array.from({ length: nodes }, (_, node) => `  - name: n${node}`).join("\n")}
links:
${links.map(([one, other]) => `  - { between: [n${one}, n${other}], lengthKm: 10 }`).join("\n")}
`;
}

const overTwo = { from: "n0", to: "n2" } as const;

/** Twenty scenarios on three networks. */
export const suites: readonly Suite[] = [
  {
    name: "a line of three, a process per service",
    topology: network("parity-line", 3, [
      [0, 1],
      [1, 2],
    ]),
    perNode: false,
    scenarios: [
      scenario("two hops, best effort", { ...overTwo, pairs: 60 }),
      scenario("two hops, the other way", { from: "n2", to: "n0", pairs: 60 }),
      scenario("one hop", { from: "n0", to: "n1", pairs: 60 }),
      scenario("one hop, from the repeater", { from: "n1", to: "n2", pairs: 60 }),
      scenario("a final state", { ...overTwo, pairs: 40, finalState: phiPlus }),
      scenario("another final state, one hop", { from: "n1", to: "n0", pairs: 40, finalState: phiMinus }),
      scenario("a minimum fidelity", { ...overTwo, pairs: 40, minFidelity: 0.85 }),
      scenario("a minimum, late feedforward used", {
        ...overTwo,
        pairs: 40,
        minFidelity: 0.85,
        missPolicy: MissPolicy.AGE,
      }),
      scenario("a minimum, late feedforward degraded", {
        ...overTwo,
        pairs: 40,
        minFidelity: 0.85,
        missPolicy: MissPolicy.DEGRADE,
        graceNs: 50_000_000,
      }),
      scenario("more than there is time for", { ...overTwo, pairs: 100_000, maxTimeNs: 4_000_000_000 }),
      scenario("a minimum out of reach", { ...overTwo, pairs: 5, minFidelity: 0.99 }),
      scenario("a minimum that is no entanglement", { ...overTwo, pairs: 5, minFidelity: 0.4 }),
      scenario("no pairs", { ...overTwo, pairs: 0 }),
    ],
  },
  {
    name: "a star of four, a process per node",
    topology: network("parity-star", 4, [
      [0, 1],
      [0, 2],
      [0, 3],
    ]),
    perNode: true,
    scenarios: [
      scenario("from leaf to leaf", { from: "n1", to: "n2", pairs: 60 }),
      scenario("from leaf to another leaf, a minimum fidelity", { from: "n1", to: "n3", pairs: 40, minFidelity: 0.85 }),
      scenario("from the centre", { from: "n0", to: "n3", pairs: 60 }),
      scenario("to the centre in time", { from: "n2", to: "n0", pairs: 40, maxTimeNs: 60_000_000_000 }),
    ],
  },
  {
    name: "a line of four with a cutoff",
    topology: network(
      "parity-cutoff",
      4,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      "cutoffMs: 150",
    ),
    perNode: false,
    scenarios: [
      scenario("three hops", { from: "n0", to: "n3", pairs: 40 }),
      scenario("two of them", { from: "n1", to: "n3", pairs: 40 }),
      scenario("three hops, a final state", { from: "n3", to: "n0", pairs: 30, finalState: phiPlus }),
    ],
  },
];
