import { FileError } from "@bellmesh/topology";

/** A fault schedule that cannot be used. */
export class ScheduleError extends FileError {
  override readonly name = "ScheduleError";
}
