import { readFileSync } from "node:fs";
import { TopologyError } from "./topology-error.ts";

/** The text of a file. @throws TopologyError when it cannot be read, saying `expected` */
export function readSource(file: string, expected: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new TopologyError({ file, path: "" }, reasonOf(error), expected);
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "this is a directory";
    case "EACCES":
      return "this file may not be read";
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
