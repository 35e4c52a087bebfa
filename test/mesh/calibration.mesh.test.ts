import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { calibrateNode, HardwareRefusedError, meshHardware } from "@bellmesh/emulation";
import { type Calibration, parseCalibration } from "@bellmesh/topology";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const text = readFileSync(`${examples}calibrations/ion-lab-2026-11-20.yaml`, "utf8");
const changed = (from: string, to: string) => parseCalibration(text.replace(from, to), "c.yaml");

/** What a perfect pair would be worth after a swap that is but noise nine times in ten: 1/4 + 3/40. */
const LEFT_AT_MOST = 0.325;

/** Another calibration of the same platform, whose gates leave nine in ten swaps nothing but noise. */
function worse(version: number): Calibration {
  const calibration = changed("version: 1", `version: ${version}`);
  return { ...calibration, values: { ...calibration.values, gates: { twoQubitDepolarising: 0.9 } }, bounds: noBounds };
}

/** Lets a fault befall nature for a moment, and waits until it is back. */
async function befallen(judged: JudgedMesh, kind: "crash" | "store-loss"): Promise<void> {
  const nature = "quantum-state/nature";
  const former = judged.mesh.pid(nature);
  const entry = { atNs: 0, forNs: 200e6, kind, target: { process: nature }, args: {} };
  expect(await judged.mesh.faults.inject(entry)).toMatchObject({ concerned: 1 });
  await judged.back(nature, former);
}

const noBounds = { communication: {}, storage: {}, gates: {} };

describe("A calibration of a running mesh", () => {
  let judged: JudgedMesh;
  beforeAll(async () => {
    const topology = `${examples}topologies/ion-lab.yaml`;
    judged = await JudgedMesh.start({ topology, seed: 1, perNode: true, allowFaults: true });
  }, 60_000);
  afterAll(() => judged.stop());

  /** What twenty pairs are predicted to be worth when they are asked for, and claimed to be worth on the average. */
  const asked = async () => {
    const { table } = await judged.request({ from: "alice", to: "bob", pairs: 20 });
    expect(table.delivered).toBe(20);
    return { predicted: table.predictedFidelity ?? Number.NaN, claimed: table.claimedSum / table.claims };
  };
  const refused = async (calibration: Calibration) => {
    const error: unknown = await calibrateNode(judged.mesh.connection, "repeater", calibration).catch(
      (one: unknown) => one,
    );
    expect(error).toBeInstanceOf(HardwareRefusedError);
    return error as HardwareRefusedError;
  };

  test("takes the place of a node's hardware; what is refused, and a crash, leave it", async () => {
    const { connection } = judged.mesh;
    expect(await meshHardware(connection, "repeater")).toMatchObject({ version: 0, memory: { t2Ns: 85e6 } });
    const inForce = await calibrateNode(connection, "repeater", changed("", ""));
    expect(inForce).toMatchObject({
      version: 1,
      platform: "ion-lab",
      measuredOn: "2026-11-20",
      memory: { t2Ns: 79e6 },
    });
    expect(inForce.gates?.twoQubitDepolarisingPpt).toBe(13e9);

    expect((await refused(changed("platform: ion-lab", "platform: nv-2019"))).reason).toBe("OTHER_PLATFORM");
    expect((await refused(changed("version: 1", "version: 1"))).reason).toBe("OLDER_HARDWARE");
    const next = changed("version: 1", "version: 2");
    const relaxing = { ...next.values, communication: { t1S: 0.01, t2S: 0.079 } };
    expect((await refused({ ...next, values: relaxing, bounds: noBounds })).reason).toBe("UNPHYSICAL_HARDWARE");
    const { reason, message } = await refused({ ...next, values: { ...next.values, gates: { p01: 0.2 } } });
    expect(reason).toBe("OUT_OF_BOUNDS");
    expect(message).toContain("readout.p01_ppt is 200000000000: its own bounds are [0, 10000000000]");
    expect(await meshHardware(connection, "repeater")).toEqual(inForce);

    await befallen(judged, "crash");
    expect(await meshHardware(connection, "repeater")).toEqual(inForce);
    expect((await meshHardware(connection, "alice")).version).toBe(0);
    await judged.until(() => judged.mesh.collector.books.readership.calibrated.all().length > 0);
    expect((await judged.mesh.status()).calibrated).toMatchObject([{ node: "repeater", version: 1 }]);
  });

  test("is known to every node: claims and predictions go by it, also of a node that starts again", async () => {
    expect((await asked()).predicted).toBeGreaterThan(LEFT_AT_MOST);
    await calibrateNode(judged.mesh.connection, "repeater", worse(3));
    const after = await asked();
    const alice = "network-layer/alice" as const;
    const former = judged.mesh.pid(alice);
    process.kill(former as number, "SIGKILL");
    await judged.back(alice, former);
    const again = await asked();
    for (const { predicted, claimed } of [after, again]) {
      expect(predicted).toBeLessThan(LEFT_AT_MOST);
      expect(claimed).toBeLessThan(LEFT_AT_MOST);
    }
    expect(await judged.objections()).toEqual([]);
  });

  test("is in force until nature loses its store, and is made again then, with a version unheard of", async () => {
    const { connection } = judged.mesh;
    await befallen(judged, "store-loss");
    expect(await meshHardware(connection, "repeater")).toMatchObject({ version: 0, memory: { t2Ns: 85e6 } });
    const { reason, message } = await refused(changed("", ""));
    expect(reason).toBe("OLDER_HARDWARE");
    expect(message).toContain(
      "goes by version 0 of repeater, the nodes by version 3: calibrate it again with a version",
    );
    expect((await asked()).predicted).toBeLessThan(LEFT_AT_MOST);
    const again = changed("version: 1", "version: 4");
    expect(await calibrateNode(connection, "repeater", again)).toMatchObject({ version: 4, memory: { t2Ns: 79e6 } });
    expect((await asked()).predicted).toBeGreaterThan(LEFT_AT_MOST);
  });
});
