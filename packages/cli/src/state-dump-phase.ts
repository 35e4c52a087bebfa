import { cos } from "@bellmesh/numerics";

/** One entry of a density matrix: real and imaginary part. */
export type Entry = readonly [number, number];

const HALVINGS = 40;

/** Entries below this are shown as nothing: it is what rounding leaves. */
export const NOTHING = 5e-5;

/** |entry|. */
export function modulus([re, im]: Entry): number {
  return Math.sqrt(re * re + im * im);
}

/** The phase in degrees, in (−180, 180]; 0 where there is nothing to have one. */
export function phaseDegrees(entry: Entry): number {
  const [re, im] = entry;
  const length = modulus(entry);
  if (length === 0) return 0;
  let [low, high] = [0, Math.PI];
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (cos(middle) > re / length) low = middle;
    else high = middle;
  }
  const degrees = (low / Math.PI) * 180;
  return im < 0 ? -degrees : degrees;
}
