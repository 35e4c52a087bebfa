import { readFileSync } from "node:fs";
import { whyUnreadable } from "@bellmesh/topology";
import { UsageError } from "./usage-error.ts";

/** The text of a file, or of standard input for "-". @throws UsageError when it cannot be read, saying `expected` */
export function textOf(file: string, expected: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`${file}: ${whyUnreadable(error)}`, expected);
  }
}
