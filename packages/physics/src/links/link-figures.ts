import {
  type BellWeights,
  depolariseHalf,
  memoryDecay,
  shifted,
  waitHalf,
  weightsOfXState,
  type XMatrix,
  type XState,
  xStateOf,
} from "@bellmesh/bell";
import { estimateLink, type HeraldedPair, type LinkParameters } from "@bellmesh/hardware";
import type { ClockCost } from "./clock-cost.ts";
import { type HeraldTerm, heraldBudget, type Remedy } from "./herald-budget.ts";
import { type KeyFigures, keyFigures } from "./key-figures.ts";
import { attemptsLaw, type WaitingLaw } from "./waiting-law.ts";

/** What a link's end does to its half. */
export interface LinkEnd {
  readonly t1S: number;
  readonly t2S: number;
  readonly oneQubitDepolarising: number;
  readonly p01: number;
  readonly p10: number;
}

/** A link with its ends. */
export interface LinkInput {
  /** As they would be with perfect clocks. */
  readonly parameters: LinkParameters;
  /** In place of the scheme's own bright-state population at the first end. */
  readonly alpha?: number;
  readonly ends: readonly [LinkEnd, LinkEnd];
  /** Perfect clocks when absent. */
  readonly clock?: ClockCost;
  /** f ≥ 1 of the secret key; 1 when absent. */
  readonly errorCorrection?: number;
}

/**
 * One thing that takes fidelity from a link's pair. `fidelityWithout` is of the pair as heralded for terms of the
 * herald, as delivered for waiting and gates, as read for readout.
 */
export interface LinkTerm extends HeraldTerm {
  readonly part: "herald" | "waiting" | "gates" | "readout";
}

/** What a link yields. */
export interface LinkFigures {
  /** Of an attempt, over all its modes, lost windows counted; 0 while clocks are not trusted. */
  readonly successProbability: number;
  /** From one attempt to the next within a stretch of attempts; undefined where nothing is said to take time. */
  readonly attemptPeriodS: number | undefined;
  readonly meanAttemptPeriodS: number | undefined;
  readonly rateHz: number | undefined;
  /** Of the pair as it is heralded, averaged over what is announced. */
  readonly fidelity: number;
  readonly pair: HeraldedPair;
  /** Of the pair when its herald is at both ends and the first end has corrected it. */
  readonly deliveredFidelity: number;
  /** That of the pair as readouts see it that nobody corrects for. */
  readonly measuredFidelity: number;
  /** Terms of the herald add up to 1 − fidelity; with waiting and gates to 1 − deliveredFidelity. */
  readonly budget: readonly LinkTerm[];
  /** Absent where no pair can come, or nothing takes time. */
  readonly waiting: WaitingLaw | undefined;
  /** How long each half has been in memory when its herald is there. */
  readonly agesS: readonly [number, number];
  readonly key: KeyFigures;
}

/**
 * What a link yields, exactly: the heralded X-state of `estimateLink`, both halves ageing until the herald is back, the
 * first end's one-qubit gate that corrects the pair, and readouts at both ends that err.
 * @throws ParameterError naming the parameter that cannot be.
 */
export function linkFigures(input: LinkInput): LinkFigures {
  const { parameters, alpha, ends, clock, errorCorrection } = input;
  const remedies = clock ? clockRemedies(parameters) : [];
  const timed = timedParameters(clocked(parameters, clock));
  const { pair, attemptPeriodS, meanAttemptPeriodS, ...ideal } = estimateLink(timed.parameters, alpha);
  const factor = clock?.rateFactor ?? 1;
  const successProbability = ideal.successProbability * factor;
  const period = timed.isTimed ? { attemptPeriodS, meanAttemptPeriodS } : noPeriod;
  const rateHz = period.meanAttemptPeriodS === undefined ? undefined : successProbability / period.meanAttemptPeriodS;
  const { armDelaysS, processingS = 0 } = parameters.timing;
  const agesS = [2 * armDelaysS[0] + processingS, 2 * armDelaysS[1] + processingS] as const;
  const waited = averaged(pair, (state) => age(state, ends, agesS));
  const delivered = averaged(pair, (state) => {
    age(state, ends, agesS);
    depolariseHalf(state, 0, ends[0].oneQubitDepolarising);
  });
  const fresh = averaged(pair, (state) => depolariseHalf(state, 0, ends[0].oneQubitDepolarising));
  const read = readWeights(delivered, ends);
  return {
    ...{ successProbability, ...period, rateHz, fidelity: pair.weights[0], pair },
    ...{ deliveredFidelity: delivered.weights[0], measuredFidelity: read[0] },
    budget: [
      ...heraldBudget(timed.parameters.heralding, alpha, remedies).map((term) => ({
        part: "herald" as const,
        ...term,
      })),
      {
        ...{ part: "waiting", term: "until the herald is back", lost: pair.weights[0] - waited.weights[0] },
        fidelityWithout: fresh.weights[0],
      },
      { part: "gates", term: "correction", ...lastTaken(waited.weights[0], delivered.weights[0]) },
      { part: "readout", term: "at both ends", ...lastTaken(delivered.weights[0], read[0]) },
    ],
    waiting: successProbability > 0 && rateHz ? attemptsLaw(successProbability, meanAttemptPeriodS) : undefined,
    agesS,
    key: keyFigures(read, rateHz ?? 0, errorCorrection),
  };
}

const noPeriod = { attemptPeriodS: undefined, meanAttemptPeriodS: undefined };

/** What acts last: mending it alone gives what was there before it. */
function lastTaken(before: number, after: number) {
  return { lost: before - after, fidelityWithout: before };
}

/** Where nothing takes time there is no rate, but a state all the same. */
function timedParameters(parameters: LinkParameters): { parameters: LinkParameters; isTimed: boolean } {
  const { armDelaysS, preparationS = 0, emissionS = 0, processingS = 0, minimumS = 0 } = parameters.timing;
  const isTimed = preparationS + emissionS + processingS + minimumS + armDelaysS[0] + armDelaysS[1] !== 0;
  return {
    isTimed,
    parameters: isTimed ? parameters : { ...parameters, timing: { ...parameters.timing, minimumS: 1 } },
  };
}

function clocked(parameters: LinkParameters, clock: ClockCost | undefined): LinkParameters {
  if (!clock || clock.visibilityFactor === 1) return parameters;
  const { heralding } = parameters;
  if (!("visibility" in heralding)) return parameters;
  return { ...parameters, heralding: { ...heralding, visibility: heralding.visibility * clock.visibilityFactor } };
}

/** With perfect clocks the visibility is what the photons' shapes make it. */
function clockRemedies({ heralding }: LinkParameters): readonly Remedy[] {
  if (!("visibility" in heralding)) return [];
  const { visibility } = heralding;
  return [{ term: "clocks", mended: (scheme) => ({ ...scheme, visibility }) as typeof scheme }];
}

interface Averaged {
  readonly weights: BellWeights;
  readonly states: readonly { readonly probability: number; readonly state: XState; readonly sign: Sign }[];
}

/** Which correlations the announced state has, along X and Z. */
interface Sign {
  readonly x: number;
  readonly z: number;
}

function averaged(pair: HeraldedPair, act: (state: XState) => void): Averaged {
  const weights = [0, 0, 0, 0];
  const states = pair.announced.map(({ index, probability, matrix }) => {
    const state = xStateOf(matrix);
    act(state);
    for (const [k, weight] of shifted(weightsOfXState(state), index).entries()) {
      weights[k] = (weights[k] as number) + probability * weight;
    }
    return { probability, state, sign: { x: index.z ? -1 : 1, z: index.x ? -1 : 1 } };
  });
  return { weights: weights as unknown as BellWeights, states };
}

function age(state: XState, ends: LinkInput["ends"], agesS: readonly [number, number]): void {
  for (const half of [0, 1] as const) {
    const { t1S, t2S } = ends[half];
    waitHalf(state, half, memoryDecay(t1S, t2S, agesS[half]));
  }
}

/**
 * The Bell weights that readouts at both ends seem to show: a reported ±1 is b + l·s with b = p10 − p01 and
 * l = 1 − p01 − p10, so ⟨s's'⟩ = b·b + b·l·(⟨s⟩ + ⟨s'⟩) + l·l·⟨ss'⟩. Only along Z has an X-state single ⟨s⟩.
 */
function readWeights({ states }: Averaged, [first, second]: LinkInput["ends"]): BellWeights {
  const [lA, lB] = [1 - first.p01 - first.p10, 1 - second.p01 - second.p10];
  const [bA, bB] = [first.p10 - first.p01, second.p10 - second.p01];
  let [x, y, z] = [0, 0, 0];
  for (const { probability, state, sign } of states) {
    const singles = bA * lB * state.zSecond + bB * lA * state.zFirst;
    x += probability * sign.x * (bA * bB + lA * lB * state.xx);
    y += probability * -sign.x * sign.z * (bA * bB + lA * lB * state.yy);
    z += probability * sign.z * (bA * bB + singles + lA * lB * state.zz);
  }
  return [(1 + x + y + z) / 4, (1 + x - y - z) / 4, (1 - x - y + z) / 4, (1 - x + y - z) / 4];
}

/** The matrix of the pair after the first announcement, and its coherence between the announced state's two kets. */
export function announcedMatrix(pair: HeraldedPair): { readonly matrix: XMatrix; readonly coherence: number } {
  const [{ index, matrix }] = pair.announced as [HeraldedPair["announced"][number]];
  return { matrix, coherence: index.x ? matrix.innerRe : matrix.outerRe };
}
