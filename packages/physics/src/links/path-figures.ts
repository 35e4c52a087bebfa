import {
  afterDecay,
  type BellWeights,
  bellMeasurementDecay,
  eigenvaluesOf,
  fidelityOf,
  joined,
  memoryDecay,
  multiply,
  type PairQuality,
  type PauliEigenvalues,
  type RelaxedZ,
  relaxing,
  weightsOf,
} from "@bellmesh/bell";
import { log, log1p } from "@bellmesh/numerics";
import { type KeyFigures, keyFigures } from "./key-figures.ts";
import { allLinksTail, eitherWaitsTail, firstWaitsTail, lineKept } from "./parallel-waits.ts";
import { type WaitingLaw, waitingLaw } from "./waiting-law.ts";

/** A link of a path, as `estimateLink` tells what it yields. */
export interface PathLink {
  readonly name: string;
  /** Of an attempt. */
  readonly successProbability: number;
  /** From one attempt to the next, pauses shared out. */
  readonly periodS: number;
  /** Of the heralded pair, relative to the announced index. */
  readonly weights: BellWeights;
  /** What its eigenvalue z is once halves have relaxed; as of Bell-diagonal pairs, Φ and Ψ alike, when absent. */
  readonly relaxed?: RelaxedZ | undefined;
  /** How long each half has been in memory when its herald is there. */
  readonly agesS: readonly [number, number];
}

/** A node of a path. */
export interface PathNode {
  readonly name: string;
  readonly t1S: number;
  readonly t2S: number;
  /** That one attempt of the node flips the phase of a half it stores. */
  readonly attemptDephasing: number;
  readonly twoQubitDepolarising: number;
  readonly p01: number;
  readonly p10: number;
  /** Gate and readout together. */
  readonly bellMeasurementS: number;
}

/** Nodes in a line with a link between every two. */
export interface PathParameters {
  readonly nodes: readonly PathNode[];
  readonly links: readonly PathLink[];
  /** Classical light time from end to end. */
  readonly delayS: number;
  /** f ≥ 1 of the secret key; 1 when absent. */
  readonly errorCorrection?: number;
}

/** One thing that takes fidelity from a path's pair. */
export interface PathTerm {
  readonly part: "herald" | "waiting" | "gates" | "readout";
  /** The link or the node it belongs to. */
  readonly where: string;
  readonly term: string;
  /** By how much the fidelity falls when it joins those listed before it; all but `end readout` add up to 1 − F. */
  readonly lost: number;
  /** The fidelity of the delivered pair, or of what is read of it, if this alone were perfect. */
  readonly fidelityWithout: number;
}

/** How long a half has been in a node's memory when it is measured, or at the ends delivered. */
export interface AgeLaw {
  readonly node: string;
  readonly link: string;
  readonly law: WaitingLaw;
}

/** What a path yields, one pair at a time. */
export interface PathFigures {
  /** From the request to the delivery at both ends. */
  readonly waiting: WaitingLaw;
  /** One pair after the other, nothing made ahead. */
  readonly rateHz: number;
  /** Of the delivered pair, averaged over all that may happen. */
  readonly fidelity: number;
  /** Relative to the index that the ends know. */
  readonly weights: BellWeights;
  readonly budget: readonly PathTerm[];
  readonly ages: readonly AgeLaw[];
  /** Of the pairs as they are read, at delivery. */
  readonly key: KeyFigures;
  /** Whether all links try equally often; otherwise the slower ones are taken to try as often with less success. */
  readonly isEqualPeriods: boolean;
}

interface Factor extends Omit<PathTerm, "lost" | "fidelityWithout"> {
  /** What it multiplies the eigenvalues by when it joins those before it. */
  readonly joining: PauliEigenvalues;
  /** What it multiplies them by when all others are there. */
  readonly last: PauliEigenvalues;
}

const UNTOUCHED: PauliEigenvalues = { x: 1, y: 1, z: 1 };

/**
 * A path that makes one pair at a time: at the request every link begins to try with one memory at each end, a repeater
 * swaps as soon as it has both halves, and the ends know the index one light time and one Bell measurement after the
 * last herald. Waiting times, ages and rates are exact when all links try equally often. The state is exact too, on
 * average over outcomes: a pair is a Pauli channel to teleport through, of which on average only the Bell-diagonal part
 * matters (Bowen & Bose 2001). But what halves that wait for other links relax is shared out between the ends of the
 * path, which it matters for by ¼·γ where pairs are not Bell-diagonal.
 * @throws ParameterError for more than 12 links, an impossible probability or period; RangeError for memories that
 * cannot be.
 */
export function pathFigures({ nodes, links, delayS, errorCorrection }: PathParameters): PathFigures {
  const stepS = Math.min(...links.map(({ periodS }) => periodS));
  const probabilities = links.map(({ successProbability, periodS }) => successProbability * (stepS / periodS));
  const repeaters = nodes.slice(1, -1);
  const afterS = delayS + Math.max(0, ...repeaters.map(({ bellMeasurementS }) => bellMeasurementS));
  const waiting = waitingLaw(allLinksTail(probabilities), stepS, afterS);
  const ends = [nodes[0] as PathNode, nodes[nodes.length - 1] as PathNode] as const;
  const heralded = links.map((link, place) =>
    heraldedPair(link, nodes[place] as PathNode, nodes[place + 1] as PathNode),
  );
  const untilAll = waitFactors(probabilities, nodes, stepS);
  const tracks = ends.map(({ t1S, t2S }) => memoryDecay(t1S, t2S, afterS)) as [PauliEigenvalues, PauliEigenvalues];
  const chained = [
    ...links.flatMap((link, place) => heraldFactors(link, heralded[place] as PairQuality)),
    ...repeaters.flatMap(swapFactors),
    ...untilAll,
  ];
  const relaxed = relaxedShare(heralded, repeaters, product(untilAll), tracks, product(chained).z);
  const delivered = [
    ...chained,
    ...ends.map(({ name }, end) => {
      const { x, y, z } = tracks[end] as PauliEigenvalues;
      return steady("waiting", name, "for the track", { x, y, z: z * Math.sqrt(relaxed) });
    }),
  ];
  const read = ends.map(readoutFactor);
  const eigenvalues = product(delivered);
  // Readout at the ends takes from what is read, not from the pair.
  const asRead = multiply(eigenvalues, product(read));
  const rateHz = 1 / waiting.meanS;
  return {
    waiting,
    rateHz,
    fidelity: fidelityOf(eigenvalues),
    weights: weightsOf(eigenvalues),
    budget: [...termsOf(delivered, UNTOUCHED, eigenvalues), ...termsOf(read, eigenvalues, asRead)],
    ages: agesOf(probabilities, nodes, links, stepS, afterS),
    key: keyFigures(weightsOf(asRead), rateHz, errorCorrection),
    isEqualPeriods: links.every(({ periodS }) => periodS === stepS),
  };
}

function steady(part: Factor["part"], where: string, term: string, decay: PauliEigenvalues): Factor {
  return { part, where, term, joining: decay, last: decay };
}

/** A link's pair when its herald is at both ends. */
function heraldedPair({ weights, relaxed, agesS }: PathLink, first: PathNode, second: PathNode): PairQuality {
  const [one, other] = [memoryDecay(first.t1S, first.t2S, agesS[0]), memoryDecay(second.t1S, second.t2S, agesS[1])];
  return afterDecay(afterDecay({ ...eigenvaluesOf(weights), relaxed }, 0, relaxing(one)), 1, relaxing(other));
}

function heraldFactors({ name, weights }: PathLink, heralded: PairQuality): Factor[] {
  const fresh = eigenvaluesOf(weights);
  return [
    steady("herald", name, "heralded state", fresh),
    steady("waiting", name, "until the herald is back", ratio(heralded, fresh)),
  ];
}

/**
 * By what share the eigenvalue z of the delivered pair differs from the product of those of its links, swaps and waits,
 * because halves that relax do so to |0⟩: 1 of Bell-diagonal pairs, Φ and Ψ alike.
 */
function relaxedShare(
  heralded: readonly PairQuality[],
  repeaters: readonly PathNode[],
  untilAll: PauliEigenvalues,
  tracks: readonly [PauliEigenvalues, PauliEigenvalues],
  chainedZ: number,
): number {
  const half = { x: Math.sqrt(untilAll.x), y: Math.sqrt(untilAll.y), z: Math.sqrt(untilAll.z) };
  let pair = heralded.reduce((before, behind, place) => joined(before, repeaters[place - 1] as PathNode, behind));
  for (const decay of [half, tracks[0]]) pair = afterDecay(pair, 0, relaxing(decay));
  for (const decay of [half, tracks[1]]) pair = afterDecay(pair, 1, relaxing(decay));
  const twirled = chainedZ * tracks[0].z * tracks[1].z;
  return pair.z > 0 && twirled > 0 ? pair.z / twirled : 1;
}

function swapFactors({ name, twoQubitDepolarising, p01, p10 }: PathNode): Factor[] {
  return [
    steady("gates", name, "swap: two-qubit gate", bellMeasurementDecay(twoQubitDepolarising, 0, 0)),
    steady("readout", name, "swap: readout", bellMeasurementDecay(0, p01, p10)),
  ];
}

/** A readout of an end turns its bit over with the mean probability, in any basis. */
function readoutFactor({ name, p01, p10 }: PathNode): Factor {
  const contrast = 1 - p01 - p10;
  return steady("readout", name, "end readout", { x: contrast, y: contrast, z: contrast });
}

/** Waiting node by node: each joins the memories of those before it, since what they wait is not independent. */
function waitFactors(probabilities: readonly number[], nodes: readonly PathNode[], stepS: number): Factor[] {
  const logs = nodes.map((node, place) => logStep(node, stepS, place > 0 && place < nodes.length - 1));
  const kept = (isOn: (place: number) => boolean): PauliEigenvalues => {
    const along = (axis: "x" | "z") =>
      lineKept(
        probabilities,
        logs.map((step, place) => (isOn(place) ? step[axis] : 0)),
      );
    const coherence = along("x");
    return { x: coherence, y: coherence, z: along("z") };
  };
  const all = kept(() => true);
  let before = kept(() => false);
  return nodes.map(({ name }, place) => {
    const now = kept((other) => other <= place);
    const joining = ratio(now, before);
    before = now;
    const term = place > 0 && place < nodes.length - 1 ? "for the other link" : "for all links";
    return {
      part: "waiting",
      where: name,
      term,
      joining,
      last: ratio(
        all,
        kept((other) => other !== place),
      ),
    };
  });
}

/** What a step leaves of a half: T1, T2 and, at a repeater whose other link still tries, its attempts. */
function logStep({ t1S, t2S, attemptDephasing }: PathNode, stepS: number, isRepeater: boolean) {
  // Checks the times.
  memoryDecay(t1S, t2S, stepS);
  const attempts = isRepeater && attemptDephasing > 0 ? logOf(1 - 2 * attemptDephasing) : 0;
  return { x: -stepS / t2S + attempts, z: -stepS / t1S };
}

/** Attempts that dephase wholly leave nothing; a very small number stands for it. */
function logOf(value: number): number {
  return value > 0 ? log(value) : -700;
}

function ratio(above: PauliEigenvalues, below: PauliEigenvalues): PauliEigenvalues {
  const share = (a: number, b: number) => (b > 0 ? a / b : 1);
  return { x: share(above.x, below.x), y: share(above.y, below.y), z: share(above.z, below.z) };
}

function product(factors: readonly Factor[]): PauliEigenvalues {
  return factors.reduce((all, { joining }) => multiply(all, joining), UNTOUCHED);
}

/** What each factor takes, when it joins those before it, of a pair that starts with these eigenvalues. */
function termsOf(factors: readonly Factor[], start: PauliEigenvalues, whole: PauliEigenvalues): PathTerm[] {
  let eigenvalues = start;
  return factors.map(({ part, where, term, joining, last }) => {
    const before = fidelityOf(eigenvalues);
    eigenvalues = multiply(eigenvalues, joining);
    const lost = before - fidelityOf(eigenvalues);
    return { part, where, term, lost, fidelityWithout: fidelityOf(ratio(whole, last)) };
  });
}

function agesOf(
  probabilities: readonly number[],
  nodes: readonly PathNode[],
  links: readonly PathLink[],
  stepS: number,
  afterS: number,
): AgeLaw[] {
  const last = links.length - 1;
  return links.flatMap((link, place) =>
    ([0, 1] as const).map((side) => {
      const own = probabilities[place] as number;
      const neighbour = side === 0 ? place - 1 : place + 1;
      const isEnd = neighbour < 0 || neighbour > last;
      const { name } = nodes[place + side] as PathNode;
      const heraldedS = link.agesS[side];
      const others = probabilities.filter((_, other) => other !== place);
      const tail = isEnd ? endTail(own, others) : waitsForTail(own, probabilities[neighbour] as number);
      const measuredS = isEnd ? afterS : 0;
      return { node: name, link: link.name, law: waitingLaw(tail, stepS, heraldedS + measuredS) };
    }),
  );
}

function endTail(own: number, others: readonly number[]) {
  return others.length === 0 ? [] : firstWaitsTail(own, others);
}

/** How long this link's half waits for that one: nothing when it comes later. */
function waitsForTail(own: number, other: number) {
  const [first] = eitherWaitsTail(other, own);
  return other === 1 || first === undefined ? [] : [{ weight: first.weight, logBase: log1p(-other) }];
}
