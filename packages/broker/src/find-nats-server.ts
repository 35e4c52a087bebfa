import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where packages put servers, which are not on everybody's PATH. */
const SERVER_DIRECTORIES = ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin"];

/**
 * The `nats-server` of this machine: on the given PATH, or where servers usually are.
 * @returns its path, or undefined where there is none.
 */
export function findNatsServer(path: string | undefined): string | undefined {
  const directories = [...(path ?? "").split(delimiter).filter((part) => part !== ""), ...SERVER_DIRECTORIES];
  return directories.map((directory) => join(directory, "nats-server")).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
