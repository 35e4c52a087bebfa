import type { Link } from "@bellmesh/topology";
import { add, type ComplexMatrix, real, zeros } from "./complex-matrix.ts";
import { depolarised } from "./one-qubit-channels.ts";

const SQUARE_HALF = Math.SQRT1_2;

/** |B(x,z)⟩ = (I ⊗ X^x Z^z)(|00⟩ + |11⟩)/√2 as four real amplitudes. */
export function bellVector(x: boolean, z: boolean): readonly number[] {
  const sign = z ? -SQUARE_HALF : SQUARE_HALF;
  return x ? [0, SQUARE_HALF, sign, 0] : [SQUARE_HALF, 0, 0, sign];
}

/** |v⟩⟨v| of real amplitudes. */
export function projector(vector: readonly number[]): ComplexMatrix {
  return real(
    vector.length,
    vector.flatMap((row) => vector.map((column) => row * column)),
  );
}

/**
 * The state a double-click station heralds as Ψ+ or Ψ− (Barrett & Kok 2005), from what may have made the two clicks
 * with threshold detectors (Avis et al. 2023): two photons that interfered leave the Bell state, two that did not its
 * dephased version, two that bunched into one click beside a dark count the even-parity mixture, anything else nothing
 * at all. Each end's emitted spin-photon pair is depolarised before.
 * @param offsetPs how far apart the two photons arrive; the visibility falls by the overlap of two exponential decays
 */
export function heraldedState(link: Link, offsetPs: number, x: boolean, z: boolean): ComplexMatrix {
  const { heralding, armsKm, attenuationDbPerKm } = link;
  if (heralding.scheme !== "double-click") throw new RangeError(`a replay knows no ${heralding.scheme}`);
  const dark = heralding.darkCountProbability;
  const visibility = heralding.visibility * Math.exp(-offsetPs / 1000 / heralding.photonLifetimeNs);
  const arrives = (km: number) => heralding.emissionEfficiency * 10 ** ((-attenuationDbPerKm * km) / 10);
  const [one, other] = [arrives(armsKm[0]), arrives(armsKm[1])];
  const odd = real(4, [0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0]);
  const even = real(4, [0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5]);
  const anything = real(4, [0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25]);

  const arrived = zeros(4);
  add(arrived, projector(bellVector(x, z)), 0.5 * one * other * visibility);
  add(arrived, odd, 0.5 * one * other * (1 - visibility));
  add(arrived, even, 0.5 * one * other * (1 + visibility) * dark);
  const state = zeros(4);
  // A spin-photon pair of fidelity F is a perfect one after depolarising with probability 4(1 − F)/3.
  const emission = (4 * (1 - heralding.emissionFidelity)) / 3;
  add(state, depolarised(depolarised(arrived, 0, emission), 1, emission), 1);
  add(state, anything, 2 * dark * (one * (1 - other) + other * (1 - one)));
  add(state, anything, 4 * dark * dark * (1 - one) * (1 - other));
  return normalised(state);
}

/** The state of trace 1. */
export function normalised(state: ComplexMatrix): ComplexMatrix {
  const result = zeros(state.size);
  let sum = 0;
  for (let row = 0; row < state.size; row += 1) sum += state.re[row * state.size + row] as number;
  add(result, state, 1 / sum);
  return result;
}
