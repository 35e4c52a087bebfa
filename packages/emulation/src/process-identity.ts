import { readFileSync } from "node:fs";

/** Where the system does not tell when a process started. */
const UNKNOWN = "-";

/** A process and when it started, "<pid> <start>": another one that gets its number is not taken for it. */
export function identityOf(pid: number): string {
  return `${pid} ${startOf(pid)}`;
}

/** The process of an identity, if it still runs. */
export function processOf(identity: string): number | undefined {
  const [number, start] = identity.trim().split(" ");
  const pid = Number(number);
  return Number.isSafeInteger(pid) && pid > 0 && start !== "" && startOf(pid) === start ? pid : undefined;
}

/** Empty when there is no such process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program may hold blanks and parentheses; what follows the last one does not.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? "" : (fields[18] ?? UNKNOWN);
  } catch {
    return process.platform === "linux" ? "" : startElsewhere(pid);
  }
}

function startElsewhere(pid: number): string {
  try {
    process.kill(pid, 0);
    return UNKNOWN;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? UNKNOWN : "";
  }
}
