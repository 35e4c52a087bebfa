import { type BellIndex, type BellMeasurementNoise, fromOrdinal } from "@bellmesh/bell";
import type { Chance } from "./chance.ts";
import { hadamard, readOut } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { swapPairs } from "./pair/pair-swap.ts";
import { joined } from "./promotion.ts";
import type { Qubit } from "./qubit.ts";

/**
 * CNOT(first → second), H(first), measure second → x, measure first → z; both qubits are gone afterwards.
 * |B(x,z)⟩ gives exactly (x, z). The rest is left in the state conditional on the reported outcome.
 * Between two pairs it stays in the pair engine; anything else becomes one density matrix first.
 * @throws Error beyond QUBITS_MAX qubits; ask `arePairs` and `canJoin` first.
 */
export function bellMeasure(first: Qubit, second: Qubit, noise: BellMeasurementNoise, chance: Chance): BellIndex {
  if (arePairs(first, second)) return swapPairs(first, second, noise, chance);
  const register = joined(first, second);
  register.controlled(first.position, second.position, "x", noise.twoQubitDepolarising);
  register.apply(first.position, hadamard);
  const x = readOut(register, second.position, noise, chance);
  const z = readOut(register, first.position, noise, chance);
  return fromOrdinal((z ? 2 : 0) + (x ? 1 : 0));
}

/** Whether the two are halves of two different pairs of the pair engine, where a swap needs no density matrix. */
export function arePairs(first: Qubit, second: Qubit): boolean {
  return (
    first.register instanceof PairRegister &&
    second.register instanceof PairRegister &&
    first.register !== second.register
  );
}
