/** Walsh–Hadamard transform of 2^n numbers, in place and without a factor. */
export function walshHadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let base = 0; base < values.length; base += 2 * half) {
      for (let at = base; at < base + half; at += 1) {
        const a = values[at] as number;
        const b = values[at + half] as number;
        values[at] = a + b;
        values[at + half] = a - b;
      }
    }
  }
}
