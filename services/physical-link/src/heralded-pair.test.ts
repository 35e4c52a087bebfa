import { SeededEntropy } from "@bellmesh/numerics";
import type { Link } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { HeraldedPair } from "./heralded-pair.ts";
import { type Disturbance, UNDISTURBED } from "./link-faults.ts";
import { pairOfNodes } from "./observed-station.ts";

const { links, fibreSpeedKmPerS } = pairOfNodes({ visibility: 0.9, darkCountProbability: 1e-6 });
const link = links[0] as Link;
const dimmed: Disturbance = { transmission: 0.5, darkCountProbability: 1e-3, isBlind: false };

function fresh(disturbance: Disturbance): HeraldedPair {
  const entropy = new SeededEntropy(1);
  const stream = (name: string) => entropy.stream(name);
  const pair = new HeraldedPair(link, fibreSpeedKmPerS, { stream, fresh: stream });
  pair.disturb(disturbance);
  return pair;
}

test("What an attempt yields depends on nothing that was asked before", () => {
  const pair = fresh(UNDISTURBED);
  for (const disturbance of [UNDISTURBED, dimmed, UNDISTURBED]) {
    pair.disturb(disturbance);
    for (const offsetNs of [0, 0.003, -0.003, 7, 0.003, 0]) {
      expect(pair.attemptYield(offsetNs, undefined, 0)).toEqual(
        fresh(disturbance).attemptYield(offsetNs, undefined, 0),
      );
    }
  }
});

test("Offsets that come back are not reckoned anew, also after many others", () => {
  const pair = fresh(UNDISTURBED);
  const before = pair.attemptYield(0.001, undefined, 0);
  expect(pair.attemptYield(-0.001, undefined, 0)).toBe(before);
  for (let picoseconds = 2; picoseconds < 3000; picoseconds += 1) {
    expect(pair.attemptYield(picoseconds / 1000, undefined, 0).photonOffsetPs).toBe(picoseconds);
  }
  expect(pair.attemptYield(0.001, undefined, 0)).toEqual(before);
});
