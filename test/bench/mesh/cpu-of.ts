import { readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_S = 100;

/** CPU time a process has used so far, user and system, in ms; undefined where the system does not say. */
export function cpuMsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets and may hold anything; what follows is in columns from the third on.
    const columns = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(columns[11]) + Number(columns[12])) * 1000) / TICKS_PER_S;
  } catch {
    return undefined;
  }
}
