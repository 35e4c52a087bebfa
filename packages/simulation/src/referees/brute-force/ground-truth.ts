import { meanPhotonOverlap, photonOverlap } from "@bellmesh/hardware";
import { faultKinds } from "@bellmesh/mesh";
import { photonOverlapOf, servoDifferenceNs, type Topology } from "@bellmesh/topology";
import type { LedgerEvent, PairFidelity } from "@bellmesh/wire/ledger";
import { chainFrom } from "./chains.ts";
import { heraldsIn } from "./deeds.ts";
import { type Delivery, deliveriesIn } from "./deliveries.ts";
import type { PlainRule } from "./plain-rule.ts";

/** From so many pairs on a mean is judged, by so many standard errors and a model's allowance. */
const [PAIRS_MIN, SIGMAS, ALLOWANCE] = [30, 6, 0.002];

/** What the ends say of a pair is true of it. */
export const groundTruth: PlainRule = {
  name: "ground-truth",
  isBroken: (history, topology) => {
    if (deliveriesIn(history).some((one) => isMisannounced(history, one))) return true;
    return excessesByEnds(history, topology).some(fallsShort);
  },
  isIdle: (history, topology) => {
    if (deliveriesIn(history).some((one) => isMisannounced(history, one))) return false;
    const told = history.flatMap((one, index) => excessOf(history, one, index, topology));
    const means = excessesByEnds(history, topology);
    if (told.some(({ excess }) => excess === "deceived") || means.some(fallsShort)) return false;
    return means.length === 0 || means.some(({ length }) => length < PAIRS_MIN);
  },
};

/** By how much each pair that is to be judged is better than claimed, in a list for any two nodes that got pairs. */
function excessesByEnds(history: readonly LedgerEvent[], topology: Topology): readonly (readonly number[])[] {
  const told = history
    .flatMap((one, index) => excessOf(history, one, index, topology))
    .filter(({ excess }) => excess !== "deceived");
  return [...new Set(told.map(({ ends }) => ends))].map((ends) =>
    told.flatMap((one) => (one.ends === ends && typeof one.excess === "number" ? [one.excess] : [])),
  );
}

const isOf = ({ pair, node }: { pair: string; node: string }, told: PairFidelity) =>
  (told.firstPair === pair && told.firstNode === node) || (told.secondPair === pair && told.secondNode === node);

/** Whether an end that has not taken its half back says another index than nature, when that was last heard. */
function isMisannounced(history: readonly LedgerEvent[], { half, announced, isRetracted }: Delivery): boolean {
  if (isRetracted || announced === undefined) return false;
  const intended = history
    .slice(half.herald.index)
    .flatMap(({ event }) => (event?.$case === "pairFidelity" ? [event.pairFidelity] : []))
    .findLast((told) => isOf(half, told))?.intended;
  return intended !== undefined && (intended.x !== announced.x || intended.z !== announced.z);
}

interface Excess {
  readonly ends: string;
  readonly excess: number | "skewed" | "deceived";
}

/** By how much a pair is better than the later of its ends claims, or why that is not to be judged. */
function excessOf(
  history: readonly LedgerEvent[],
  { event }: LedgerEvent,
  index: number,
  topology: Topology,
): readonly Excess[] {
  if (event?.$case !== "pairFidelity" || event.pairFidelity.announced === undefined) return [];
  const told = event.pairFidelity;
  const heralds = heraldsIn(history).filter((one) => one.index < index);
  if (![told.firstPair, told.secondPair].every((pair) => heralds.some((one) => one.pair === pair))) return [];
  const chain = chainFrom(history, told.firstPair, told.firstNode, index)?.heralds ?? [];
  const claims = deliveriesIn(history).filter(
    (one) => one.index < index && isOf(one.half, told) && isAnnouncedBefore(history, one, index),
  );
  const last = claims.toSorted((a, b) => b.atNs - a.atNs)[0];
  if (!last) return [];
  const ends = `${told.firstNode} ${told.secondNode}`;
  const { clock } = topology;
  const apartMaxPs = 6 * (3 * clock.stampJitterPs + clock.asymmetryPs) + 1000;
  if (chain.some(({ photonOffsetPs }) => photonOffsetPs > apartMaxPs)) return [{ ends, excess: "skewed" }];
  const sinceNs = Math.min(...chain.flatMap(({ emitted }) => emitted));
  if (isDeceived(history, index, sinceNs)) return [{ ends, excess: "deceived" }];
  const fidelity = (told.isSample ? (told.samplePpt ?? 0) : told.fidelityPpt) / 1e12;
  const shortBy = chain.map((one) => shortOf(topology, one.link, one.photonOffsetPs));
  const givenBack = 0.25 + (fidelity - 0.25) * shortBy.reduce((product, one) => product * one, 1);
  return [{ ends, excess: givenBack - last.told.claimedFidelityPpb / 1e9 }];
}

/** By what factor photons came with less overlap than those of two clocks that have settled, one the grandmaster's. */
function shortOf({ links, clock }: Topology, link: string, offsetPs: number): number {
  const heralding = links.find(({ name }) => name === link)?.heralding;
  if (!heralding) return 1;
  const { photonLifetimeNs } = heralding;
  const [apartNs, stdNs] = [offsetPs / 1000, servoDifferenceNs(clock.stampJitterPs, 1)];
  const had = photonOverlapOf(heralding, photonOverlap(apartNs, photonLifetimeNs), { arrivalOffsetS: apartNs * 1e-9 });
  const expected = meanPhotonOverlap(stdNs, photonLifetimeNs);
  return Math.max(1, photonOverlapOf(heralding, expected, { arrivalStdS: stdNs * 1e-9 }) / had);
}

function isAnnouncedBefore(history: readonly LedgerEvent[], { told, half }: Delivery, index: number): boolean {
  const upgrades = half.deeds.filter((deed) => deed.what === "upgraded" && deed.index < index);
  const upgrade = history[upgrades.at(-1)?.index ?? -1]?.event;
  return (upgrade?.$case === "halfUpgraded" ? upgrade.halfUpgraded.bellIndex : told.bellIndex) !== undefined;
}

/** Whether a fault of which the stack cannot know acts at this place of a history, or ended since then. */
function isDeceived(history: readonly LedgerEvent[], index: number, sinceNs: number): boolean {
  const deceives = (kind = "") => faultKinds.get(kind)?.deceives === true;
  const before = history.slice(0, index);
  const began = before.filter(({ event }) => event?.$case === "faultBegan" && deceives(event.faultBegan.fault?.kind));
  const ended = before.filter(({ event }) => event?.$case === "faultEnded" && deceives(event.faultEnded.fault?.kind));
  return began.length > ended.length || ended.some(({ at }) => at >= sinceNs);
}

/** Whether a mean is further below 0 than chance, or what a model leaves out, can bring it. */
function fallsShort(excesses: readonly number[]): boolean {
  const count = excesses.length;
  if (count < PAIRS_MIN) return false;
  const mean = excesses.reduce((sum, one) => sum + one, 0) / count;
  const squares = excesses.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  return mean < -(SIGMAS * Math.sqrt(squares / (count - 1) / count) + ALLOWANCE);
}
