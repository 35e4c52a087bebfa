/** A mesh that cannot be run as asked: what is wrong and what would be right. Exit code 2. */
export class EmulationError extends Error {
  /** What would be right. */
  readonly expected: string;

  constructor(problem: string, expected: string) {
    super(`${problem}; ${expected}`);
    this.name = "EmulationError";
    this.expected = expected;
  }
}
