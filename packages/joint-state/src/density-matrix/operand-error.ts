/** What is wrong with an operand. */
export type OperandErrorReason =
  | "gone"
  | "repeated"
  | "not-a-number"
  | "outside-range"
  | "sum-is-not-one"
  | "not-unitary"
  | "not-complete"
  | "impossible-outcome"
  | "too-many-qubits"
  | "wrong-size";

/**
 * An operation was asked for with an operand it cannot have. It names the operand and its value;
 * the register is as it was.
 */
export class OperandError extends RangeError {
  readonly reason: OperandErrorReason;
  readonly operand: string;
  readonly value: unknown;

  /** @param rule what the operand has to be */
  constructor(reason: OperandErrorReason, operand: string, value: unknown, rule: string) {
    super(`${operand} is ${String(value)}: ${rule}`);
    this.name = "OperandError";
    this.reason = reason;
    this.operand = operand;
    this.value = value;
  }
}

/** By how much a sum of probabilities, U†U or ΣK†K may miss 1; more than that is no rounding and is refused. */
export const OPERAND_TOLERANCE = 1e-9;

/**
 * Refuses what is no probability.
 * @throws OperandError when the value is NaN or outside [0, 1].
 */
export function requireProbability(operand: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new OperandError(reasonOf(value), operand, value, "a probability is a number from 0 to 1");
}

/**
 * Refuses weights that are not probabilities, or do not sum to 1 within OPERAND_TOLERANCE.
 * @throws OperandError naming the weight or the sum.
 */
export function requireProbabilities(operand: string, values: readonly number[]): void {
  let sum = 0;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number;
    if (!(value >= 0 && value <= 1)) requireProbability(`${operand}[${place}]`, value);
    sum += value;
  }
  if (Math.abs(sum - 1) <= OPERAND_TOLERANCE) return;
  throw new OperandError("sum-is-not-one", `the sum of ${operand}`, sum, "probabilities of all cases sum to 1");
}

/**
 * Refuses what is no decay of a wait.
 * @throws OperandError when z is no probability, or x is not from 0 to √z: T2 would be greater than 2·T1.
 */
export function requireDecay(operand: string, decay: { readonly x: number; readonly z: number }): void {
  const { x, z } = decay;
  if (!(z >= 0 && z <= 1)) requireProbability(`${operand}.z`, z);
  if (x >= 0 && x * x <= z + OPERAND_TOLERANCE) return;
  throw new OperandError(
    reasonOf(x),
    `${operand}.x`,
    x,
    `what is left of a coherence is from 0 to √z, where z is ${z}`,
  );
}

/** Why a number that failed its comparison did so: comparisons with NaN are false. */
export function reasonOf(value: number): "not-a-number" | "outside-range" {
  return Number.isNaN(value) ? "not-a-number" : "outside-range";
}
