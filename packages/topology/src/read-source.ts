import { readFileSync } from "node:fs";
import { TopologyError } from "./topology-error.ts";
import { whyUnreadable } from "./why-unreadable.ts";

/** The text of a file. @throws TopologyError when it cannot be read, saying `expected` */
export function readSource(file: string, expected: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new TopologyError({ file, path: "" }, whyUnreadable(error), expected);
  }
}
