import { closeSync, openSync } from "node:fs";
import type { Arguments } from "./arguments.ts";
import type { Option } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** The option that names a drawing's file. */
export const svgOption: Option = { value: "FILE", summary: "draw the figures into this file as well" };

/**
 * The drawing's file, which must be writable before anything starts; undefined when none is asked for.
 * @throws UsageError when it cannot be written
 */
export function svgFile(given: Arguments): string | undefined {
  const file = given.text("svg");
  if (file === undefined) return undefined;
  try {
    closeSync(openSync(file, "w"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--svg ${JSON.stringify(file)} cannot be written (${reason})`, "name a file of yours");
  }
  return file;
}
