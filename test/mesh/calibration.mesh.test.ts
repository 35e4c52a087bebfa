import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { calibrateNode, HardwareRefusedError, meshHardware } from "@bellmesh/emulation";
import { parseCalibration } from "@bellmesh/topology";
import { expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const text = readFileSync(`${examples}calibrations/ion-lab-2026-11-20.yaml`, "utf8");
const changed = (from: string, to: string) => parseCalibration(text.replace(from, to), "c.yaml");

/** Lets a fault befall nature for a moment, and waits until it is back. */
async function befallen(judged: JudgedMesh, kind: "crash" | "store-loss"): Promise<void> {
  const nature = "quantum-state/nature";
  const former = judged.mesh.pid(nature);
  const entry = { atNs: 0, forNs: 200e6, kind, target: { process: nature }, args: {} };
  expect(await judged.mesh.faults.inject(entry)).toMatchObject({ concerned: 1 });
  await judged.back(nature, former);
}

test("A calibration is in force until its store is lost; what is refused, and crashes, leave it", async () => {
  const topology = `${examples}topologies/ion-lab.yaml`;
  const judged = await JudgedMesh.start({ topology, seed: 1, perNode: true, allowFaults: true });
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

    await befallen(judged, "crash");
    expect(await meshHardware(connection, "repeater")).toEqual(inForce);
    expect((await meshHardware(connection, "alice")).version).toBe(0);

    await befallen(judged, "store-loss");
    expect(await meshHardware(connection, "repeater")).toMatchObject({ version: 0, memory: { t2Ns: 85e6 } });
    expect(await calibrateNode(connection, "repeater", changed("", ""))).toMatchObject({ version: 1 });
  } finally {
    await judged.stop();
  }
});
