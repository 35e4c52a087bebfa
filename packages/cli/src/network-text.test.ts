import { fileURLToPath } from "node:url";
import { loadTopology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { networkReport } from "./network-report.ts";
import { networkText } from "./network-text.ts";

const shown = (name: string) => {
  const topology = loadTopology(fileURLToPath(new URL(`../../../examples/topologies/${name}.yaml`, import.meta.url)));
  return networkText(topology, networkReport(topology, undefined, undefined, 5));
};

describe("A network for people", () => {
  test("says how links herald where they do not all by double clicks", () => {
    expect(shown("nv-lab-pair")).toMatch(/alice-bob .* single-click, α 0\.18\d+/);
    expect(shown("metro")).not.toContain("heralding");
  });

  test("says when links are up that come and go", () => {
    expect(shown("satellite-pass")).toMatch(/Schedules\nlink +up\ndelingha-lijiang +60\.0–236\.2 s, /);
    expect(shown("metro")).not.toContain("Schedules");
  });
});
