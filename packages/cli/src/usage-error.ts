/** A command line that cannot be followed: what is wrong and what would be right. Exit code 2. */
export class UsageError extends Error {
  /** What would be right. */
  readonly expected: string;

  constructor(problem: string, expected: string) {
    super(`${problem}; ${expected}`);
    this.name = "UsageError";
    this.expected = expected;
  }
}
