import { type BellIndex, type BellMeasurementNoise, fromOrdinal } from "@bellmesh/bell";
import { type Chance, undrawn } from "./chance.ts";
import { registerFor, separate } from "./engine-choice.ts";
import { hadamard, readOut } from "./measurement.ts";
import { PairRegister } from "./pair/pair-register.ts";
import { swapPairs } from "./pair/pair-swap.ts";
import type { Qubit } from "./qubit.ts";

/** Pairs leave their form by a Bell measurement with another register, or of both halves of one. */
const need = {
  able: ({ engine }: { readonly engine: string }) => engine !== "pair",
  because: "a Bell measurement joined it",
};

/**
 * CNOT(first → second), H(first), measure second → x, measure first → z; both qubits are gone afterwards.
 * |B(x,z)⟩ gives exactly (x, z). The rest is left in the state conditional on the reported outcome.
 * Between two registers of the pair engine it stays there; anything else becomes one register first.
 * @param chance of the outcome @param hidden of what a sample of a mixture draws
 * @throws EmulatorLimitError when no engine holds the two together; then nothing has changed.
 */
export function bellMeasure(
  first: Qubit,
  second: Qubit,
  noise: BellMeasurementNoise,
  chance: Chance,
  hidden: Chance = undrawn,
): BellIndex {
  if (arePairs(first, second)) return swapPairs(first, second, noise, chance);
  const register = registerFor([first, second], need, hidden);
  register.controlled(first.position, second.position, "x");
  const { twoQubitDepolarising, oneQubitDepolarising } = noise;
  if (twoQubitDepolarising) register.depolarisePair(first.position, second.position, twoQubitDepolarising, hidden);
  register.apply(first.position, hadamard);
  if (oneQubitDepolarising) register.depolarise(first.position, oneQubitDepolarising, hidden);
  const x = readOut(register, second.position, noise, chance, hidden);
  const z = readOut(register, first.position, noise, chance, hidden);
  separate(register);
  return fromOrdinal((z ? 2 : 0) + (x ? 1 : 0));
}

/** Whether the two are in two different registers of the pair engine, where a swap needs no density matrix. */
function arePairs(first: Qubit, second: Qubit): boolean {
  return (
    first.register instanceof PairRegister &&
    second.register instanceof PairRegister &&
    first.register !== second.register
  );
}
