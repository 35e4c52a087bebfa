/**
 * The numbers of the basis states in which only these bits may be 1, in the order of a register that has them alone:
 * entry i has the bits of i, the most significant at the first mask.
 */
export function spread(masks: readonly number[]): Int32Array {
  const states = new Int32Array(1 << masks.length);
  for (let place = 0; place < masks.length; place += 1) {
    const bit = 1 << (masks.length - 1 - place);
    const mask = masks[place] as number;
    for (let state = 0; state < states.length; state += 1) {
      if ((state & bit) !== 0) states[state] = (states[state] as number) | mask;
    }
  }
  return states;
}

/**
 * Traces qubits out: entry (row, column) of the result is the sum over the states of those qubits.
 * @param kept the basis states of the qubits kept, in the order of the result, as `spread` gives them
 * @param traced those of the other qubits
 * @param target entries of the result, row by row, all 0 before
 */
export function traceOut(
  source: Float64Array,
  dimension: number,
  kept: Int32Array,
  traced: Int32Array,
  target: Float64Array,
): void {
  const width = kept.length;
  for (let row = 0; row < width; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const corner = (kept[row] as number) * dimension + (kept[column] as number);
      let sum = 0;
      for (let each = 0; each < traced.length; each += 1) {
        sum += source[corner + (traced[each] as number) * (dimension + 1)] as number;
      }
      target[row * width + column] = sum;
    }
  }
}
