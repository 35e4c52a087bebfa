/** A bundle that is none: the file, the path of the field, what is wrong there and what was expected. */
export class BundleError extends Error {
  readonly file: string;
  readonly path: string;
  readonly expected: string;

  constructor(file: string, path: string, problem: string, expected: string) {
    super(`${file}${path === "" ? "" : `: ${path}`}: ${problem}; ${expected}`);
    this.name = "BundleError";
    this.file = file;
    this.path = path;
    this.expected = expected;
  }
}
