import { exp, log, SeededEntropy, Tally } from "@bellmesh/numerics";

/** What the pairs of a simulated line waited, in batches long against its memory. */
export interface SimulatedLine {
  /** Of what one step's waiting to the power of all steps waited left; a sample is the mean of a batch. */
  readonly kept: Tally;
  readonly pairsPerStep: number;
}

const BATCH = 500;

/**
 * For tests: the law of a line as a recursion over pairs instead of states (a max-plus recursion). With c slots, link
 * i tries for its k-th pair from when it has the one before and the slots of pair k − c are free: at a repeater once
 * both its links have made that pair, at an end once all have. A half at a repeater waits for the other link, at an
 * end for all.
 */
export function simulatedLine(
  probabilities: readonly number[],
  slots: number,
  keptPerStep: number,
  batches: number,
  seed: number,
): SimulatedLine {
  const entropy = new SeededEntropy(seed);
  const streams = probabilities.map((_, i) => entropy.stream(`link.${i}`));
  const last = probabilities.length - 1;
  /** Of the last `slots` pairs: when each link made it. */
  const made: number[][] = Array.from({ length: slots }, () => probabilities.map(() => 0));
  const kept = new Tally();
  const logPerStep = log(keptPerStep);
  let before = probabilities.map(() => 0);
  let began = 0;
  for (let batch = -1; batch < batches; batch++) {
    let sum = 0;
    for (let pair = 0; pair < BATCH; pair++) {
      const freed = made.shift() as number[];
      const allFreed = Math.max(...freed);
      const at = probabilities.map((probability, i) => {
        const left = i === 0 ? allFreed : (freed[i - 1] as number);
        const right = i === last ? allFreed : (freed[i + 1] as number);
        const from = Math.max(before[i] as number, freed[i] as number, left, right);
        return from + (streams[i]?.geometric(probability) as number);
      });
      made.push(at);
      before = at;
      sum += exp(logPerStep * stepsWaited(at));
    }
    // The first batch fills the line.
    if (batch === -1) began = Math.max(...before);
    else kept.add(sum / BATCH);
  }
  return { kept, pairsPerStep: (batches * BATCH) / (Math.max(...before) - began) };
}

function stepsWaited(at: readonly number[]): number {
  let steps = 2 * Math.max(...at) - (at[0] as number) - (at[at.length - 1] as number);
  for (let i = 1; i < at.length; i++) steps += Math.abs((at[i] as number) - (at[i - 1] as number));
  return steps;
}
