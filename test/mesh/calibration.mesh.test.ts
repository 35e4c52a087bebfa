import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { calibrateNode, HardwareRefusedError, meshHardware } from "@bellmesh/emulation";
import { parseCalibration } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const text = readFileSync(`${examples}calibrations/ion-lab-2026-11-20.yaml`, "utf8");
const changed = (from: string, to: string) => parseCalibration(text.replace(from, to), "c.yaml");

test("A calibration takes the place of a running node's hardware; what is refused, and a crash, leave it", async () => {
  const judged = await JudgedMesh.start({ topology: `${examples}topologies/ion-lab.yaml`, seed: 1, perNode: true });
  try {
    const { connection } = judged.mesh;
    const refused = async (from: string, to: string) => {
      const error: unknown = await calibrateNode(connection, "repeater", changed(from, to)).catch(
        (one: unknown) => one,
      );
      expect(error).toBeInstanceOf(HardwareRefusedError);
      return (error as HardwareRefusedError).reason;
    };
    expect(await meshHardware(connection, "repeater")).toMatchObject({ version: 0, memory: { t2Ns: 85e6 } });
    const inForce = await calibrateNode(connection, "repeater", changed("", ""));
    expect(inForce).toMatchObject({
      version: 1,
      platform: "ion-lab",
      measuredOn: "2026-11-20",
      memory: { t2Ns: 79e6 },
    });
    expect(inForce.gates?.twoQubitDepolarisingPpt).toBe(13e9);

    expect(await refused("platform: ion-lab", "platform: nv-2019")).toBe("OTHER_PLATFORM");
    expect(await refused("version: 1", "version: 1")).toBe("OLDER_HARDWARE");
    const relaxing = changed("version: 1", "version: 2");
    const values = { ...relaxing.values, communication: { t1S: 0.01, t2S: 0.079 } };
    const unphysical: unknown = await calibrateNode(connection, "repeater", { ...relaxing, values }).catch(
      (one) => one,
    );
    expect(unphysical).toMatchObject({ reason: "UNPHYSICAL_HARDWARE" });
    expect(await meshHardware(connection, "repeater")).toEqual(inForce);

    const nature = "quantum-state/nature" as const;
    const former = judged.mesh.pid(nature);
    process.kill(former as number, "SIGKILL");
    await judged.back(nature, former);
    expect(await meshHardware(connection, "repeater")).toEqual(inForce);
    expect((await meshHardware(connection, "alice")).version).toBe(0);
  } finally {
    await judged.stop();
  }
});
