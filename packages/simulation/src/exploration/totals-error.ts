import { FileError } from "@bellmesh/topology";

/** A file of totals that cannot be read, and that nobody wants overwritten. */
export class TotalsError extends FileError {
  override readonly name = "TotalsError";

  constructor(file: string, problem: string) {
    super({ file, path: "" }, problem, "move it away, and totals begin anew; or give another --folder");
  }
}
