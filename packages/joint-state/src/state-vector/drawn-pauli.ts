import type { BellIndex } from "@bellmesh/bell";
import type { Chance } from "../chance.ts";
import type { PauliWeights } from "../register.ts";

/**
 * The Paulis of a depolarising channel as one draw: with this probability one of all of so many qubits, the identity
 * among them, each as likely as the others; that is the replacement by the maximally mixed state.
 * @returns one X^x Z^z for each qubit
 */
export function drawnDepolarising(probability: number, qubits: 1 | 2, chance: Chance): readonly BellIndex[] {
  const paulis = qubits === 1 ? 4 : 16;
  const drawn = probability > 0 ? chance.uniform() : 1;
  const number = drawn < probability ? Math.min(paulis - 1, Math.floor((drawn / probability) * paulis)) : 0;
  return Array.from({ length: qubits }, (_, qubit) => {
    const own = number >> (2 * qubit);
    return { x: (own & 1) !== 0, z: (own & 2) !== 0 };
  });
}

/** One of I, X, Y, Z, drawn with these probabilities. Nothing is drawn when it is certain. */
export function drawnPauli(weights: PauliWeights, chance: Chance): BellIndex {
  let left = weights.includes(1) ? 0 : chance.uniform();
  let drawn = 0;
  for (const [candidate, weight] of weights.entries()) {
    if (weight === 0) continue;
    drawn = candidate;
    left -= weight;
    if (left < 0) break;
  }
  return { x: drawn === 1 || drawn === 2, z: drawn >= 2 };
}
