/** Why a file that somebody named cannot be read, in words. @param error of the system */
export function whyUnreadable(error: unknown): string {
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
