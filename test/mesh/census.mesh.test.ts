import { expect, test } from "vitest";
import { JudgedMesh } from "./judged-mesh.ts";

const censusRules = ["nothing-left", "no-storm"];

test("A mesh that has settled counts what every process has left over, and has sent", async () => {
  const judged = await JudgedMesh.start({ topology: "line:3", seed: 7 });
  try {
    const { mesh } = judged;
    const ends = { from: "n0", to: "n2" };
    const verdicts = () => {
      const { verdicts: all } = mesh.account({ ...ends, atQuiescence: true });
      return all
        .filter(({ name }) => censusRules.includes(name))
        .map(({ name, verdict, idle }) => [name, verdict, idle]);
    };
    expect(verdicts()).toEqual(censusRules.map((name) => [name, "unknown", true]));
    expect((await judged.request({ ...ends, pairs: 20 })).table.delivered).toBe(20);
    const former = mesh.pid("network-layer/n1");
    mesh.kill("network-layer/n1");
    await judged.back("network-layer/n1", former);
    expect((await judged.request({ ...ends, pairs: 20 })).table.delivered).toBe(20);
    expect(await judged.objections()).toEqual([]);
    expect(verdicts()).toEqual(censusRules.map((name) => [name, "true", undefined]));
  } finally {
    await judged.stop();
  }
});
