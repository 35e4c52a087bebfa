import {
  type DistillationNoise,
  type Distilled,
  eitherOf,
  noiselessDistillation,
  parityCheck,
} from "./parity-check.ts";
import { twirlDistance, type XState } from "./x-state.ts";

/** What DEJMPS yields on states that had to be made Bell-diagonal first. */
export interface TwirledDistillation extends Distilled {
  /** The most by which the probability of success may differ from that without the twirl; 0 for Bell-diagonal pairs. */
  readonly probabilityError: number;
  /** The most by which any fidelity of the pair that stays may differ from that without the twirl. */
  readonly fidelityError: number;
}

/**
 * The recurrence of Bennett et al. 1996 (BBPSSW) without its twirls: bilateral CNOT, kept when the two reported bits
 * are equal, averaged over which. Exact for any X-states; both pairs stand in Φ+ (apply the due Paulis first).
 * On Werner states of fidelity F: N = F² + 2Fe + 5e² with e = (1 − F)/3, and F' = (F² + e²)/N.
 */
export function bbpssw(
  kept: Readonly<XState>,
  measured: Readonly<XState>,
  noise: DistillationNoise = noiselessDistillation,
): Distilled {
  return eitherOf(parityCheck(kept, measured, false, false, noise), parityCheck(kept, measured, true, true, noise));
}

/**
 * Extreme photon loss distillation (Campbell & Benjamin 2008): bilateral CNOT, kept when both ends report 1. Exact
 * for any X-states. Made for what single-click heralding leaves, (1 − α)Ψ± + α|11⟩, of which two give a perfect Ψ+
 * with probability ½(1 − α)².
 */
export function epl(
  kept: Readonly<XState>,
  measured: Readonly<XState>,
  noise: DistillationNoise = noiselessDistillation,
): Distilled {
  return parityCheck(kept, measured, true, true, noise);
}

/**
 * The recurrence of Deutsch et al. 1996 (DEJMPS): quarter turns about X, +π/2 at the first end and −π/2 at the
 * second, bilateral CNOT, kept when the two reported bits are equal, averaged over which. The turns leave the
 * X-states, so the pairs are twirled to Bell-diagonal ones first: exact for those, and elsewhere within the errors
 * that are returned. Both pairs stand in Φ+.
 */
export function dejmps(
  kept: Readonly<XState>,
  measured: Readonly<XState>,
  noise: DistillationNoise = noiselessDistillation,
): TwirledDistillation {
  const distilled = bbpssw(quarterTurned(kept, noise), quarterTurned(measured, noise), noise);
  return { ...distilled, ...dejmpsError(kept, measured, distilled.probability) };
}

/**
 * A pair after a twirl to Bell-diagonal form and the quarter turns of DEJMPS with their one-qubit depolarising:
 * Φ− and Ψ− change places. `parityCheck` of two of these is DEJMPS for one pair of reported bits.
 */
function quarterTurned(state: Readonly<XState>, noise: DistillationNoise): XState {
  const kept = (1 - (noise.first.oneQubitDepolarising ?? 0)) * (1 - (noise.second.oneQubitDepolarising ?? 0));
  return { xx: kept * state.xx, xy: 0, yx: 0, yy: -kept * state.zz, zz: -kept * state.yy, zFirst: 0, zSecond: 0 };
}

/**
 * What the twirl before DEJMPS may have changed. No channel takes states further apart (in half the trace norm), and
 * the distance of two pairs is at most the sum D of theirs. So the probability p of success moves by at most D; and
 * as a fidelity given success is Tr[W·ρ]/Tr[P·ρ] with 0 ≤ W ≤ P ≤ 1, it moves by at most D/p.
 * @param probability of success, on the twirled pairs
 */
function dejmpsError(
  kept: Readonly<XState>,
  measured: Readonly<XState>,
  probability: number,
): { readonly probabilityError: number; readonly fidelityError: number } {
  const distance = twirlDistance(kept) + twirlDistance(measured);
  return {
    probabilityError: Math.min(1, distance),
    fidelityError: distance === 0 ? 0 : Math.min(1, distance / probability),
  };
}
