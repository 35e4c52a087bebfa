/** Why no such state or channel exists. */
export type StateErrorReason = "not-a-number" | "outside-range" | "sum-is-not-one" | "not-positive";

/** A number that no state and no channel has. It names the operand and its value; nothing was changed. */
export class StateError extends RangeError {
  readonly reason: StateErrorReason;
  readonly operand: string;
  readonly value: number;

  constructor(reason: StateErrorReason, operand: string, value: number, rule: string) {
    super(`${operand} is ${value}: ${rule}`);
    this.name = "StateError";
    this.reason = reason;
    this.operand = operand;
    this.value = value;
  }
}

/** How far a sum of probabilities may be from 1, and an eigenvalue below 0, before it is more than rounding. */
export const STATE_TOLERANCE = 1e-9;

/**
 * Refuses what is no probability.
 * @throws StateError when the value is NaN or outside [0, 1].
 */
export function checkProbability(operand: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new StateError(
    Number.isNaN(value) ? "not-a-number" : "outside-range",
    operand,
    value,
    "a probability is a number from 0 to 1",
  );
}

/**
 * Refuses weights that are not probabilities or do not sum to 1 within STATE_TOLERANCE.
 * @throws StateError naming the first weight that is wrong, or the sum.
 */
export function checkProbabilities(operand: string, values: readonly number[]): void {
  let sum = 0;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number;
    if (!(value >= 0 && value <= 1)) checkProbability(`${operand}[${place}]`, value);
    sum += value;
  }
  if (sum >= 1 - STATE_TOLERANCE && sum <= 1 + STATE_TOLERANCE) return;
  throw new StateError("sum-is-not-one", `the sum of ${operand}`, sum, "probabilities of all cases sum to 1");
}

/**
 * Refuses what is not a finite number.
 * @throws StateError when the value is NaN or infinite.
 */
export function checkFinite(operand: string, value: number): void {
  if (value - value === 0) return;
  throw new StateError(
    Number.isNaN(value) ? "not-a-number" : "outside-range",
    operand,
    value,
    "a finite number is needed here",
  );
}
