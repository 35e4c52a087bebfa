/** The shortest fibre a topology file is given where the source has none: a millimetre, for it must be above 0. */
export const SHORTEST_KM = 1e-6;

/**
 * The one loss per km, in dB/km, at which two arms of these lengths in km let through as much together as with a loss
 * of their own each: ηA·ηB stays, and with it the success probability of a double click.
 */
export function meanAttenuation(dbPerKm: readonly [number, number], armsKm: readonly [number, number]): number {
  if (dbPerKm[0] === dbPerKm[1]) return dbPerKm[0];
  return (dbPerKm[0] * armsKm[0] + dbPerKm[1] * armsKm[1]) / (armsKm[0] + armsKm[1]);
}

/**
 * The one emission fidelity of both ends that gives their pair this fidelity, when nothing else mars it: the pair's
 * Werner parameter (4F − 1)/3 is the product of the two ends'.
 */
export function emissionFidelityOfPair(pairFidelity: number): number {
  return (1 + 3 * Math.sqrt(Math.max(0, (4 * pairFidelity - 1) / 3))) / 4;
}

/** The fidelity of the pair of two ends that emit with these fidelities. */
export function pairFidelity([a, b]: readonly [number, number]): number {
  return (1 + ((4 * a - 1) * (4 * b - 1)) / 3) / 4;
}
