import { askSupervisor, type FaultList, type Injected, type MeshConnection } from "@bellmesh/emulation";
import { type FaultEntry, faultData, kindOf } from "@bellmesh/mesh";
import type { Arguments } from "./arguments.ts";
import type { Output } from "./command.ts";
import { refuse } from "./refuse.ts";

/** Why a mesh takes no faults. */
interface FaultsRefused {
  readonly refusal: string;
}

/** The faults of a mesh, or why there are none to see. */
export type FaultsAnswer = FaultList | FaultsRefused;

/** A fault that was put in force, at an instant of true mesh time, and how many processes it concerns. */
export interface InjectedFault {
  readonly entry: FaultEntry;
  readonly processes: number;
}

/**
 * Puts faults in force on a running mesh; their instants count from now. All or, where one cannot be, none.
 * @returns them with the instants at which they begin
 */
export async function injectFaults(
  connection: MeshConnection,
  entries: readonly FaultEntry[],
): Promise<readonly InjectedFault[] | FaultsRefused> {
  const injected: InjectedFault[] = [];
  try {
    for (const entry of entries) {
      const answer = await askSupervisor<Injected>(connection.control, pathFor("inject", entry));
      if ("refusal" in answer) return answer;
      injected.push({ entry: { ...entry, atNs: answer.atNs }, processes: answer.concerned });
    }
  } catch (error) {
    // Why it could not be is what must be told, whatever the mesh says now.
    await clearFaults(connection, injected).catch(() => undefined);
    throw error;
  }
  return injected;
}

/**
 * Ends these faults, and no others; first those of processes, which hear of nothing while they stand still.
 * @throws EmulationError for the first that could not be ended, when all others have been
 */
export async function clearFaults({ control }: MeshConnection, injected: readonly InjectedFault[]): Promise<void> {
  const isOfProcess = ({ entry }: InjectedFault) => kindOf(entry).appliedBy === "supervisor";
  const ordered = [...injected.filter(isOfProcess), ...injected.filter((one) => !isOfProcess(one))];
  const failures: unknown[] = [];
  for (const { entry } of ordered) {
    await askSupervisor<FaultsAnswer>(control, pathFor("clear", entry)).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function pathFor(deed: "inject" | "clear", entry: FaultEntry): string {
  return `/faults/${deed}?entry=${encodeURIComponent(JSON.stringify(faultData(entry)))}`;
}

/** Says that a mesh takes no faults. @returns the exit code */
export function refuseFaults(given: Arguments, output: Output, { refusal }: FaultsRefused): number {
  return refuse(given, output, "FAULTS_NOT_ALLOWED", refusal);
}
