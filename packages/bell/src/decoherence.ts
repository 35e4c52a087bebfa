import { exp } from "@bellmesh/numerics";
import type { PauliEigenvalues } from "./bell-diagonal.ts";

/**
 * What one stored half does to its pair in `ageS` seconds: amplitude damping with γ = 1 − e^(−t/T1), then dephasing
 * such that coherences shrink by e^(−t/T2) in all, Pauli-twirled so that the pair stays Bell-diagonal
 * (Ghosh, Fowler & Geller 2012). When one half of a Bell state is stored, the twirl leaves the fidelity exact;
 * when both are, it neglects ±¼·γa·γb for Φ and Ψ. Of a state that is not Bell-diagonal it may be off by ¼·γ; where
 * that counts, `afterDecay` is exact.
 * T1 and T2 in seconds; either may be Infinity.
 * @throws RangeError when T2 > 2·T1, a time is not positive, or the age is negative or not finite.
 */
export function memoryDecay(t1S: number, t2S: number, ageS: number): PauliEigenvalues {
  if (!(t1S > 0 && t2S > 0 && t2S <= 2 * t1S)) {
    throw new RangeError(`coherence times need 0 < T2 <= 2*T1, not T1 = ${t1S} s, T2 = ${t2S} s`);
  }
  if (!(ageS >= 0 && ageS < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`an age is a finite number of seconds from 0 on, not ${ageS}`);
  }
  const coherence = t2S === Number.POSITIVE_INFINITY ? 1 : exp(-ageS / t2S);
  const population = t1S === Number.POSITIVE_INFINITY ? 1 : exp(-ageS / t1S);
  return { x: coherence, y: coherence, z: population };
}
