/** How the amplitudes of some qubits lie among all. */
export interface BasisNumbers {
  /** What each basis state of the chosen positions, the first the most significant, adds to an amplitude's number. */
  readonly own: Int32Array;
  /** The bits of the other positions, ascending. */
  readonly others: readonly number[];
}

/** Splits the bits of the amplitudes' numbers into those of some positions and the others. */
export function numbersOf(bits: readonly number[], positions: readonly number[]): BasisNumbers {
  const chosen = positions.map((position) => bits[position] as number);
  const own = Int32Array.from({ length: 1 << chosen.length }, (_, basis) =>
    chosen.reduce((number, bit, place) => number | (((basis >> (chosen.length - 1 - place)) & 1) << bit), 0),
  );
  return { own, others: bits.filter((bit) => !chosen.includes(bit)).sort((a, b) => a - b) };
}

/** The number, in memory, of the amplitude of a basis state whose most significant bit is position 0. */
export function numberOf(basis: number, bits: readonly number[]): number {
  let number = 0;
  for (const [position, bit] of bits.entries()) number |= ((basis >> (bits.length - 1 - position)) & 1) << bit;
  return number;
}

/** The number whose given bits, ascending, are those of `index`. */
export function spreadOver(index: number, bits: readonly number[]): number {
  let number = 0;
  for (let place = 0; place < bits.length; place += 1) number |= ((index >> place) & 1) << (bits[place] as number);
  return number;
}
