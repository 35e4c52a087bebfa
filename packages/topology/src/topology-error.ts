import { FileError } from "./file-error.ts";

/** A topology, platform or calibration that cannot be used. */
export class TopologyError extends FileError {
  override readonly name = "TopologyError";
}
