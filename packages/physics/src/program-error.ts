/** A program that cannot be evaluated: where in it, what is wrong and what would be right. */
export class ProgramError extends Error {
  /** The file as it was named. */
  readonly file: string;
  /** The place inside it, such as `steps[2].tS`; empty when the file as a whole is meant. */
  readonly path: string;
  /** What would be right. */
  readonly expected: string;

  constructor(file: string, path: string, problem: string, expected: string) {
    super(`${file}: ${path === "" ? "" : `${path}: `}${problem}; ${expected}`);
    this.name = "ProgramError";
    this.file = file;
    this.path = path;
    this.expected = expected;
  }
}
