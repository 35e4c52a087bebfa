import { type EntropyStream, exp, log } from "@bellmesh/numerics";

/** One of these, each as likely. @throws RangeError when there are none */
export function pick<T>(chance: EntropyStream, of: readonly T[]): T {
  if (of.length === 0) throw new RangeError("there is nothing to draw from");
  return of[Math.floor(chance.uniform() * of.length)] as T;
}

/** Whether something of this probability happens. */
export function happens(chance: EntropyStream, probability: number): boolean {
  return chance.uniform() < probability;
}

/** A whole number from `least` to `most`, both included, each as likely. */
export function wholeBetween(chance: EntropyStream, least: number, most: number): number {
  return least + Math.floor(chance.uniform() * (most - least + 1));
}

/** A whole number between two that are above 0: as likely in every factor of ten as in any other. */
export function scaleBetween(chance: EntropyStream, least: number, most: number): number {
  return Math.round(exp(log(least) + chance.uniform() * (log(most) - log(least))));
}

/** Each of these, or not, with this probability. */
export function subset<T>(chance: EntropyStream, of: readonly T[], probability: number): readonly T[] {
  return of.filter(() => happens(chance, probability));
}
