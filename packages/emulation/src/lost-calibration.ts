import type { HardwareChanged } from "@bellmesh/wire/ledger";
import { askSupervisor } from "./control.ts";
import type { MeshConnection } from "./mesh-connection.ts";
import type { MeshStatus } from "./mesh-status.ts";

/**
 * Whether nature has lost a node's calibration with its store (the fault `store-loss`), and goes by an earlier version
 * than the nodes, which heard of it.
 * @param inForce what nature goes by
 * @returns the version that the nodes go by; undefined where nothing was lost
 * @throws EmulationError when the supervisor does not answer
 */
export async function lostVersion(
  { control }: MeshConnection,
  { node, version }: HardwareChanged,
): Promise<number | undefined> {
  const { calibrated } = await askSupervisor<Pick<MeshStatus, "calibrated">>(control, "/status");
  const heard = calibrated.find((one) => one.node === node)?.version ?? 0;
  return heard > version ? heard : undefined;
}

/** What is to be known of it, and done about it. */
export function lostCalibrationText({ node, version }: HardwareChanged, heard: number): string {
  const lost = `nature has lost its store and goes by version ${version} of ${node}, the nodes by version ${heard}`;
  return `${lost}: calibrate it again with a version after ${heard}`;
}
