import {
  type AttemptPauses,
  type CoincidenceFactors,
  coincidenceFactors,
  type LinkParameters,
  type LinkScheme,
  type PhotonMismatch,
  visibilityFactor,
} from "@bellmesh/hardware";
import { exp } from "@bellmesh/numerics";
import type { ArmChannel } from "./arm-channels.ts";
import type { BrightState, Heralding, Pauses } from "./heralding.ts";

/**
 * The parameters by which `estimateLink` tells what attempts of a link yield.
 * @param arms what the channels do to photons
 * @param overlap |⟨a|b⟩|² of the photons, for all that makes them arrive apart or differ; 1 where they are alike
 */
export function linkParameters(
  heralding: Heralding,
  arms: readonly [ArmChannel, ArmChannel],
  overlap: number,
): LinkParameters {
  const { modes, pauses, periodNs } = heralding;
  return {
    heralding: schemeOf(heralding, arms, overlap),
    // The topology gives the period, and holds it to the light times of its arms.
    timing: { armDelaysS: [0, 0], minimumS: periodNs * 1e-9 },
    ...(modes !== undefined && { modes }),
    ...(pauses && { pauses: secondsOf(pauses) }),
  };
}

function schemeOf(heralding: Heralding, arms: readonly [ArmChannel, ArmChannel], overlap: number): LinkScheme {
  const { scheme } = heralding;
  switch (scheme) {
    case "double-click": {
      const { emissionFidelity: emissionFidelityA, detectors } = heralding;
      const coincidence = coincidenceOf(heralding.detectionWindowNs, heralding);
      return {
        ...{ scheme, ...interferenceOf(heralding, arms, overlap) },
        ...{ emissionFidelityA, emissionFidelityB: emissionFidelityA },
        ...(detectors && { detectors }),
        ...(coincidence && { coincidence }),
      };
    }
    case "single-click": {
      const { phaseStdRad, doubleExcitation: doubleExcitationA, detectors } = heralding;
      return {
        ...{ scheme, ...brightStateOf(heralding), ...interferenceOf(heralding, arms, overlap) },
        ...{ phaseStdRad, doubleExcitationA, doubleExcitationB: doubleExcitationA },
        ...(detectors && { detectors }),
      };
    }
    case "dahlberg-single-click":
      return { scheme, ...brightStateOf(heralding), ...interferenceOf(heralding, arms, overlap) };
    case "midpoint-source": {
      const { meanPairs, misalignment } = heralding;
      return { scheme, meanPairs, misalignment, ...detectionOf(heralding, arms) };
    }
    case "deterministic": {
      const line = arms[0].transmission * arms[1].transmission;
      const addedPhotons = arms[0].addedPhotons + arms[1].addedPhotons;
      return { scheme, transmission: heralding.emissionEfficiency * line * overlap, addedPhotons };
    }
    case "perfect":
      return { scheme, successProbability: heralding.successProbability };
    default:
      return { scheme, successProbability: heralding.successProbability, fidelity: heralding.fidelity };
  }
}

interface Detected {
  readonly emissionEfficiency: number;
  readonly darkCountProbability: number;
  readonly detectionWindowNs: number;
}

function detectionOf(heralding: Detected, [first, second]: readonly [ArmChannel, ArmChannel]) {
  const { emissionEfficiency, darkCountProbability: dark, detectionWindowNs } = heralding;
  const noiseRateHz = first.noiseRateHz + second.noiseRateHz;
  return {
    etaA: emissionEfficiency * first.transmission,
    etaB: emissionEfficiency * second.transmission,
    // Half of the noise photons come to either detector.
    darkCountProbability: noiseRateHz === 0 ? dark : 1 - (1 - dark) * exp(-0.5e-9 * noiseRateHz * detectionWindowNs),
  };
}

function interferenceOf(
  heralding: Detected & { readonly visibility: number },
  arms: readonly [ArmChannel, ArmChannel],
  overlap: number,
) {
  return { ...detectionOf(heralding, arms), visibility: heralding.visibility * overlap };
}

function brightStateOf({ alpha, secondAlpha }: BrightState) {
  return { ...(alpha !== undefined && { alpha }), ...(secondAlpha && { secondAlpha }) };
}

function coincidenceOf(
  windowNs: number,
  { coincidenceWindowNs, photonLifetimeNs }: { coincidenceWindowNs?: number; photonLifetimeNs: number },
): CoincidenceFactors | undefined {
  if (coincidenceWindowNs === undefined) return undefined;
  return coincidenceFactors(windowNs * 1e-9, coincidenceWindowNs * 1e-9, photonLifetimeNs * 1e-9);
}

function secondsOf({ stabilisation, chargeCheck }: Pauses): AttemptPauses {
  return {
    ...(stabilisation && {
      stabilisation: { everyS: stabilisation.everyNs * 1e-9, durationS: stabilisation.durationNs * 1e-9 },
    }),
    ...(chargeCheck && {
      chargeCheck: {
        everyAttempts: chargeCheck.everyAttempts,
        durationS: chargeCheck.durationNs * 1e-9,
        passProbability: chargeCheck.passProbability,
      },
    }),
  };
}

/**
 * |⟨a|b⟩|² of a link's photons that arrive apart: by the link's photon shape and detuning.
 * @param arrival exponential photons that are not detuned are left to the caller's own overlap
 */
export function photonOverlapOf(
  { photonShape, photonLifetimeNs, detuningHz = 0 }: Heralding,
  exponentialOverlap: number,
  arrival: Omit<PhotonMismatch, "detuningHz">,
): number {
  const lengthS = photonLifetimeNs * 1e-9;
  if (photonShape === "gaussian") return visibilityFactor({ shape: "gaussian", lengthS }, { ...arrival, detuningHz });
  if (detuningHz === 0) return exponentialOverlap;
  return exponentialOverlap * visibilityFactor({ shape: "exponential", lengthS }, { detuningHz });
}
