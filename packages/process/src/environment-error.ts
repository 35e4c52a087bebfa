/** The environment of a process cannot be followed: which variable, what is wrong, what would be right. Exit code 2. */
export class EnvironmentError extends Error {
  readonly variable: string;
  /** What would be right. */
  readonly expected: string;

  constructor(variable: string, problem: string, expected: string) {
    super(`${variable}: ${problem}; ${expected}`);
    this.name = "EnvironmentError";
    this.variable = variable;
    this.expected = expected;
  }
}
