import type { Chance } from "../chance.ts";

/**
 * The Pauli of a depolarising channel as one draw: with this probability one of all Paulis, the identity among them,
 * each as likely as the others; that is the replacement by the maximally mixed state.
 * @param paulis how many there are: 4 on one qubit, 16 on two
 * @returns a number below `paulis`; 0 is the identity. Nothing is drawn for probability 0.
 */
export function drawnPauli(probability: number, paulis: 4 | 16, chance: Chance): number {
  if (probability === 0) return 0;
  const drawn = chance.uniform();
  return drawn < probability ? Math.min(paulis - 1, Math.floor((drawn / probability) * paulis)) : 0;
}

/** A place drawn with these probabilities, which sum to 1 but for rounding. Nothing is drawn when one of them is 1. */
export function drawnAmong(weights: readonly number[], chance: Chance): number {
  const certain = weights.indexOf(1);
  if (certain >= 0) return certain;
  let left = chance.uniform();
  let place = 0;
  for (const [candidate, weight] of weights.entries()) {
    if (weight === 0) continue;
    place = candidate;
    left -= weight;
    if (left < 0) break;
  }
  return place;
}
