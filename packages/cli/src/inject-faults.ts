import { askSupervisor, type FaultList, type Injected, type MeshConnection } from "@bellmesh/emulation";
import { type FaultEntry, faultData } from "@bellmesh/mesh";
import type { Arguments } from "./arguments.ts";
import type { Output } from "./command.ts";
import { refuse } from "./refuse.ts";

/** Why a mesh takes no faults. */
interface FaultsRefused {
  readonly refusal: string;
}

/** The faults of a mesh, or why there are none to see. */
export type FaultsAnswer = FaultList | FaultsRefused;

/**
 * Puts faults in force on a running mesh; their instants count from now.
 * @returns them as data, with the instant of true mesh time at which each begins and how many processes it concerns
 */
export async function injectFaults(
  { control }: MeshConnection,
  entries: readonly FaultEntry[],
): Promise<readonly object[] | FaultsRefused> {
  const injected: object[] = [];
  for (const entry of entries) {
    const data = faultData(entry);
    const path = `/faults/inject?entry=${encodeURIComponent(JSON.stringify(data))}`;
    const answer = await askSupervisor<Injected>(control, path);
    if ("refusal" in answer) return answer;
    injected.push({ ...data, atNs: answer.atNs, processes: answer.concerned });
  }
  return injected;
}

/** Ends the faults that act on a mesh, and forgets those to come. @returns what there was */
export function clearFaults({ control }: MeshConnection): Promise<FaultsAnswer> {
  return askSupervisor<FaultsAnswer>(control, "/faults/clear");
}

/** Says that a mesh takes no faults. @returns the exit code */
export function refuseFaults(given: Arguments, output: Output, { refusal }: FaultsRefused): number {
  return refuse(given, output, "FAULTS_NOT_ALLOWED", refusal);
}
