/** A parameter of a model that cannot be. The message names the field, its value and what would be right. */
export class ParameterError extends RangeError {
  /** The parameter's name, such as `etaA`. */
  readonly field: string;
  /** Undefined where it is missing. */
  readonly value: unknown;
  /** What would be right. */
  readonly expected: string;

  constructor(field: string, value: unknown, expected: string) {
    const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
    super(`${field} is ${value === undefined ? "missing" : shown}: ${expected}`);
    this.name = "ParameterError";
    this.field = field;
    this.value = value;
    this.expected = expected;
  }
}

/**
 * Refuses fields that are no probabilities.
 * @throws ParameterError naming the first field that is NaN or outside [0, 1].
 */
export function checkProbabilityFields(fields: Readonly<Record<string, number>>): void {
  for (const field in fields) {
    const value = fields[field] as number;
    if (!(value >= 0 && value <= 1)) throw new ParameterError(field, value, "a probability lies in [0, 1]");
  }
}

/**
 * Refuses fields that are not finite numbers from 0.
 * @throws ParameterError naming the first field that is NaN, negative or infinite.
 */
export function checkNotNegativeFields(fields: Readonly<Record<string, number>>): void {
  for (const field in fields) {
    const value = fields[field] as number;
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new ParameterError(field, value, "give a finite number, not below 0");
    }
  }
}

/**
 * Refuses fields that are not finite numbers above 0.
 * @throws ParameterError naming the first field that is NaN, infinite or not above 0.
 */
export function checkPositiveFields(fields: Readonly<Record<string, number>>): void {
  for (const field in fields) {
    const value = fields[field] as number;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new ParameterError(field, value, "give a finite number above 0");
    }
  }
}

/**
 * Refuses fields that are not finite numbers.
 * @throws ParameterError naming the first field that is NaN or infinite.
 */
export function checkFiniteFields(fields: Readonly<Record<string, number>>): void {
  for (const field in fields) {
    const value = fields[field] as number;
    if (!Number.isFinite(value)) throw new ParameterError(field, value, "give a finite number");
  }
}

/**
 * Refuses fields that do not count something of which there is at least one.
 * @throws ParameterError naming the first field that is no whole number from 1.
 */
export function checkCountFields(fields: Readonly<Record<string, number>>): void {
  for (const field in fields) {
    const value = fields[field] as number;
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new ParameterError(field, value, "give a whole number, at least 1");
    }
  }
}
