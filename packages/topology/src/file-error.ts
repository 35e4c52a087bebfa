/** A file that cannot be used: which one, where in it, what is wrong and what would be right. */
export class FileError extends Error {
  /** As it was named: a file, or a preset in place of one. */
  readonly file: string;
  /** The line in the file, when it is known. */
  readonly line: number | undefined;
  /** The place inside it, such as `links[2].lengthKm`; empty when the file as a whole is meant. */
  readonly path: string;
  /** What is wrong, without where. */
  readonly problem: string;
  /** What would be right. */
  readonly expected: string;

  constructor(at: { file: string; line?: number | undefined; path: string }, problem: string, expected: string) {
    const file = at.line === undefined ? at.file : `${at.file}:${at.line}`;
    super(`${file}: ${at.path === "" ? "" : `${at.path}: `}${problem}; ${expected}`);
    this.file = at.file;
    this.line = at.line;
    this.path = at.path;
    this.problem = problem;
    this.expected = expected;
  }
}
