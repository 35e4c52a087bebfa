import { log } from "@bellmesh/numerics";
import { simulate } from "@bellmesh/simulation";
import { parseTopology, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";

/** A line of nodes 2 m apart whose links succeed with this probability in each period, and nothing else goes wrong. */
export function laboratoryLine(nodes: number, success: number, periodNs: number, t2S: number): Topology {
  const names = Array.from({ length: nodes }, (_, place) => `n${place}`);
  const links = names.slice(1).map((name, place) => `{between: [n${place}, ${name}], lengthKm: 0.002}`);
  const text = `
name: laboratory
clock: {preset: perfect}
defaults:
  memory: {t1S: .inf, t2S: ${t2S === Number.POSITIVE_INFINITY ? ".inf" : t2S}}
  gates: {twoQubitDepolarising: 0}
  readout: {p01: 0, p10: 0}
  heralding:
    emissionEfficiency: ${Math.sqrt(2 * success)}
    darkCountProbability: 0
    visibility: 1
    detectionWindowNs: 50
    photonLifetimeNs: 12
    periodNs: ${periodNs}
  attenuationDbPerKm: 0
nodes: [${names.map((name) => `{name: ${name}}`).join(", ")}]
links: [${links.join(", ")}]
`;
  return parseTopology(text, "laboratory");
}

/** Pairs a second that a request over one link gets. */
function linkRateHz(topology: Topology, pairs: number): number {
  const { delivered, deliveryNs } = simulate({ topology, from: "n0", to: "n1", pairs, seed: 1 });
  if (delivered !== pairs) throw new Error(`${delivered} of ${pairs} pairs were delivered`);
  return pairs / (deliveryNs / 1e9);
}

/** p = 2.18e-4 and 8.35e5 attempts a second, to a nanosecond of their period. */
export function stephensonRateHz(): number {
  return linkRateHz(laboratoryLine(2, 2.18e-4, 1198, Number.POSITIVE_INFINITY), 10_000);
}

/** Two NV centres of 2019, 2 m apart, that try single clicks at α = 0.3 every 5.5 µs. */
const humphreys = `
name: humphreys
clock: {preset: perfect}
defaults:
  platform: nv-2019
  heralding: {scheme: single-click, alpha: 0.3, periodNs: 5500}
nodes: [{name: n0}, {name: n1}]
links: [{between: [n0, n1], lengthKm: 0.002, channel: {medium: fibre, wavelengthNm: 637}}]
`;
/** A pair whose halves both dephase decoheres at 2/T2: 5 Hz. */
const HUMPHREYS_T2_S = 0.4;

/** Entangling rate over the rate at which pairs decohere, both seen in runs. */
export function decoherenceFactor(): number {
  const rateHz = linkRateHz(parseTopology(humphreys, "humphreys"), 3000);
  return rateHz / decoherenceHz(laboratoryLine(3, 2e-4, 5500, HUMPHREYS_T2_S), 300);
}

/**
 * How fast pairs decohere: −ln(2F − 1) of the pairs that were delivered over n1, over half of how long their four
 * halves waited together; a pair has two halves that wait at the same time.
 */
function decoherenceHz(topology: Topology, pairs: number): number {
  const emittedNs = new Map<string, number>();
  const waitedNs = new Map<string, number>();
  let [lost, seconds] = [0, 0];
  const onEvent = ({ event }: LedgerEvent): void => {
    if (event?.$case === "pairHeralded") {
      const { pair, firstEmitted, secondEmitted } = event.pairHeralded;
      emittedNs.set(pair, (firstEmitted + secondEmitted) / 2);
    } else if (event?.$case === "pairsSwapped") {
      const { upstreamPair, downstreamPair, measuredAt } = event.pairsSwapped;
      const ages = [upstreamPair, downstreamPair].map((pair) => measuredAt - (emittedNs.get(pair) as number));
      waitedNs.set(upstreamPair, (ages[0] as number) + (ages[1] as number));
    } else if (event?.$case === "pairFidelity") {
      const { firstPair, secondPair, firstDeliveredAt, secondDeliveredAt, fidelityPpt } = event.pairFidelity;
      // The later of the two is when the fidelity is of; both halves have waited until then.
      const atNs = Math.max(firstDeliveredAt, secondDeliveredAt);
      const endsNs = 2 * atNs - (emittedNs.get(firstPair) as number) - (emittedNs.get(secondPair) as number);
      lost -= log((2 * fidelityPpt) / 1e12 - 1);
      seconds += ((waitedNs.get(firstPair) ?? waitedNs.get(secondPair) ?? Number.NaN) + endsNs) / 2e9;
    }
  };
  simulate({ topology, from: "n0", to: "n2", pairs, seed: 1, onEvent });
  return lost / seconds;
}
