import { type Method, methodsOf } from "@bellmesh/mesh";
import type { Calibration } from "@bellmesh/topology";
import type { HardwareChanged } from "@bellmesh/wire/ledger";
import { QuantumStateServiceDefinition } from "@bellmesh/wire/quantum-state";
import { callAsApplication } from "./application-call.ts";
import { calibrationRequest } from "./calibration-request.ts";
import { lostCalibrationText, lostVersion } from "./lost-calibration.ts";
import type { MeshConnection } from "./mesh-connection.ts";

const DEADLINE_MS = 5000;
const methods = methodsOf(QuantumStateServiceDefinition);

/** Nature would not, or did not answer; nothing has changed. */
export class HardwareRefusedError extends Error {
  override readonly name = "HardwareRefusedError";
  /** Such as OLDER_HARDWARE, OTHER_PLATFORM, OUT_OF_BOUNDS or UNPHYSICAL_HARDWARE. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(`${reason}: ${message}`);
    this.reason = reason;
  }
}

/** The hardware that was decided last for a node of a running mesh. @throws HardwareRefusedError */
export async function meshHardware(connection: MeshConnection, node: string): Promise<HardwareChanged> {
  const { hardware } = await asked(connection, node, methods.showHardware, { node });
  return hardware as HardwareChanged;
}

/**
 * Gives a node of a running mesh the values of a calibration; what it does not say stays as it is.
 * @returns what is in force from now on
 * @throws HardwareRefusedError where nature refuses, or the nodes would not go by it, and then the values in force stay
 */
export async function calibrateNode(
  connection: MeshConnection,
  node: string,
  calibration: Calibration,
): Promise<HardwareChanged> {
  const current = await meshHardware(connection, node);
  const heard = await lostVersion(connection, current);
  if (heard !== undefined && calibration.version <= heard) {
    const why = `version is ${calibration.version}: ${lostCalibrationText(current, heard)}`;
    throw new HardwareRefusedError("OLDER_HARDWARE", why);
  }
  const request = calibrationRequest(calibration, current);
  const { hardware } = await asked(connection, node, methods.calibrate, request);
  return hardware as HardwareChanged;
}

/** Asks nature in the name of an application at the node. */
async function asked<Request, Response>(
  connection: MeshConnection,
  node: string,
  method: Method<Request, Response>,
  request: Request,
): Promise<Response> {
  const call = { node, to: "quantum-state/nature", method, request, deadlineMs: DEADLINE_MS } as const;
  const answer = await callAsApplication(connection, call);
  if ("response" in answer) return answer.response;
  const { reason, message } = answer.status;
  throw new HardwareRefusedError(reason ?? "NO_ANSWER", message);
}
