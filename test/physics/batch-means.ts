/** A mean and the standard error it has although the values depend on one another. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * The mean of a stationary series by batch means: batches much longer than the correlation are independent of one
 * another, so their scatter gives the error of the mean. Values left over after the last whole batch are dropped from
 * the error alone.
 */
export function batchMeans(values: ArrayLike<number>, batches: number): Estimate {
  const size = Math.floor(values.length / batches);
  if (batches < 2 || size < 1) throw new RangeError(`${values.length} values make no ${batches} batches`);
  const means: number[] = [];
  for (let batch = 0; batch < batches; batch += 1) means.push(meanOf(values, batch * size, (batch + 1) * size));
  const centre = meanOf(means, 0, batches);
  const scatter = means.reduce((sum, mean) => sum + (mean - centre) * (mean - centre), 0) / (batches - 1);
  return { mean: meanOf(values, 0, values.length), standardError: Math.sqrt(scatter / batches) };
}

/** How many standard errors of their difference two independent estimates are apart. */
export function sigmasApart(one: Estimate, other: Estimate): number {
  return Math.abs(one.mean - other.mean) / Math.hypot(one.standardError, other.standardError);
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += values[index] as number;
  return sum / (to - from);
}
