import { calibrateNode, connectionTo, HardwareRefusedError } from "@bellmesh/emulation";
import { loadCalibration } from "@bellmesh/topology";
import type { Command } from "./command.ts";
import { hardwareInForceText } from "./hardware-in-force-text.ts";
import { givenMesh, nameOption } from "./mesh-option.ts";
import { nodeOption } from "./node-option.ts";
import { refuse } from "./refuse.ts";
import { UsageError } from "./usage-error.ts";

/** `bellmesh hardware calibrate`: measured parameters take the place of a running node's. */
export const hardwareCalibrate: Command = {
  name: "hardware calibrate",
  summary: "give a node of a running mesh measured parameters",
  description:
    "Gives a node of a running mesh the parameters of a calibration: a file with the platform it was measured on,\n" +
    "a version, a date, and values, each with bounds if you like. From now on nature acts by them, and keeps them\n" +
    "over a restart; the ledger has the change, and every node learns of it: claims, predictions and what is\n" +
    "admitted go by it. Exit code 1 where nature refuses: a calibration for another platform, a version that is not\n" +
    "later, unphysical values. What is refused, like a value outside its own bounds (exit code 2), changes nothing.",
  positionals: [{ name: "FILE", summary: "the file of the calibration" }],
  options: { node: { value: "NODE", summary: "whose hardware was measured" }, name: nameOption },
  examples: ["bellmesh hardware calibrate examples/calibrations/ion-lab-2026-11-20.yaml --node repeater"],
  async run(given, output) {
    const [file] = given.positionals;
    if (file === undefined) throw new UsageError("no calibration is given", "give its file");
    const calibration = loadCalibration(file);
    const connection = connectionTo(givenMesh(given));
    const node = nodeOption(given, connection.topology, "node");
    if (node === undefined) throw new UsageError("--node is missing", "say whose hardware was measured");
    try {
      const hardware = await calibrateNode(connection, node, calibration);
      output.result(given.has("json") ? JSON.stringify(hardware) : hardwareInForceText(hardware));
      return 0;
    } catch (error) {
      if (error instanceof HardwareRefusedError) return refuse(given, output, error.reason, error.message);
      throw error;
    }
  },
};
