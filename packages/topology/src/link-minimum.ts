import { choosesAlpha, linkModel } from "./link-model.ts";
import { linkNamed } from "./lookup.ts";
import { predict } from "./prediction.ts";
import type { Link, Topology } from "./topology.ts";

/** Claims are made with clocks that err by nanoseconds: a prediction this much above a minimum does not fall below. */
const MARGIN = 1e-6;
const COARSE_STEPS = 16;
const HALVINGS = 20;

/**
 * The fidelity that the links of a path must give, where requests choose their α, for a request's minimum: the least by
 * which `predict` fulfils it, so that pairs come as often as they can. Of a path of more than one link the mean over
 * its pairs fulfils the minimum; what a pair is worth its ends claim by its TRACK.
 * @returns undefined where no link of the path lets requests choose, or no minimum is asked; where no choice fulfils
 * the minimum, what comes nearest
 */
export function linkMinimum(
  topology: Topology,
  nodes: readonly string[],
  links: readonly string[],
  minFidelity: number | undefined,
): number | undefined {
  const choosing = links.map((name) => linkNamed(topology, name) as Link).filter(choosesAlpha);
  if (minFidelity === undefined || choosing.length === 0) return undefined;
  const bests = choosing.map((link) => linkModel(topology, link, 1).weights[0]);
  const highest = Math.min(...bests);
  const predicted = (minimum: number) => predict(topology, nodes, links, minimum).fidelity;
  const least = 0.5;
  const candidates = Array.from(
    { length: COARSE_STEPS },
    (_, step) => least + ((step + 1) / COARSE_STEPS) * (highest - least),
  );
  const wanted = Math.min(1, minFidelity + MARGIN);
  const place = candidates.findIndex((minimum) => predicted(minimum) >= wanted);
  if (place === -1) {
    const values = candidates.map(predicted);
    return candidates[values.indexOf(Math.max(...values))];
  }
  let [low, high] = [candidates[place - 1] ?? least, candidates[place] as number];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (predicted(middle) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}
