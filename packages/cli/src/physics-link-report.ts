import { bellName } from "@bellmesh/bell";
import type { FibreLight } from "@bellmesh/hardware";
import { announcedMatrix, type LinkFigures } from "@bellmesh/physics";
import { waitingReport } from "./physics-figures.ts";
import { keyReport } from "./physics-key.ts";
import type { DescribedLink } from "./physics-link-input.ts";

/** What `physics link` says, as data. */
export function linkReport(link: DescribedLink) {
  const { figures } = link;
  const { pair, waiting, key, attemptPeriodS, meanAttemptPeriodS } = figures;
  const [announced] = pair.announced;
  if (!announced) throw new RangeError("a heralded pair announces something");
  const { matrix, coherence } = announcedMatrix(pair);
  const { p00, p01, p10, p11 } = matrix;
  return {
    platforms: link.platforms.map(({ name }) => name),
    scheme: link.scheme,
    armsKm: link.armsKm,
    light: link.light.map((light) => (light ? lightReport(light) : null)),
    alpha: link.alpha ?? null,
    successProbability: figures.successProbability,
    attemptPeriodNs: nanoseconds(attemptPeriodS),
    meanAttemptPeriodNs: nanoseconds(meanAttemptPeriodS),
    rateHz: figures.rateHz ?? null,
    fidelity: figures.fidelity,
    announced: bellName(announced.index),
    announcements: pair.announced.map(({ index, probability }) => ({ index: bellName(index), probability })),
    bellDiagonal: absolute(figures),
    isBellDiagonal: pair.isBellDiagonal,
    populations: [p00, p01, p10, p11],
    coherence,
    deliveredFidelity: figures.deliveredFidelity,
    measuredFidelity: figures.measuredFidelity,
    budget: figures.budget.map(({ part, term, lost, fidelityWithout }) => ({
      ...{ part, term, lost, fidelityWithout: fidelityWithout ?? null },
    })),
    waitingTime: waiting ? waitingReport(waiting) : null,
    agesNs: figures.agesS.map((ageS) => ageS * 1e9),
    ...keyReport(key),
    clock: link.clock ? clockReport(link.clock) : null,
    parameters: link.input.parameters.heralding,
  };
}

function lightReport({ wavelengthNm, conversion }: FibreLight) {
  return { wavelengthNm, convertedNm: conversion?.toNm ?? null, conversionEfficiency: conversion?.efficiency ?? null };
}

/** The Bell weights of the pair after the first announcement, absolute and in k = 2z + x order. */
function absolute({ pair }: LinkFigures): readonly number[] {
  const [{ index, weights }] = pair.announced as [(typeof pair.announced)[number]];
  const by = (index.z ? 2 : 0) + (index.x ? 1 : 0);
  return weights.map((_, k) => weights[k ^ by] as number);
}

function clockReport({
  boundS,
  isTrusted,
  visibilityFactor,
  windowsLost,
  rateFactor,
}: NonNullable<DescribedLink["clock"]>) {
  const status = isTrusted ? "TRUSTED" : "CLOCK_UNTRUSTED";
  return { status, boundNs: boundS * 1e9, visibilityFactor, windowsLost, rateFactor };
}

function nanoseconds(timeS: number | undefined): number | null {
  return timeS === undefined ? null : timeS * 1e9;
}
