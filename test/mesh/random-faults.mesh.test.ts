import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { randomFaults } from "./random-faults.ts";

const topology = fileURLToPath(new URL("../../examples/topologies/alice-repeater-bob.yaml", import.meta.url));

// `node test/mesh/chaos.ts` does it for ten minutes.
test("a random kill or pause every five seconds for a minute: no referee objects, and pairs come", async () => {
  const { wrong, delivered } = await randomFaults({ topology, seed: 1, seconds: 60, everySeconds: 5 });
  expect(wrong).toEqual([]);
  expect(delivered).toBeGreaterThan(200);
});
