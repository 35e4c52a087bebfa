import { simulate } from "@bellmesh/simulation";
import { loadTopology } from "@bellmesh/topology";
import { expect, test } from "vitest";

test("tomography of 9,000 delivered pairs finds nature's mean fidelity within 4 sigma, seed 61", () => {
  const topology = loadTopology("line:3");
  const report = simulate({ topology, from: "n0", to: "n2", pairs: 9000, seed: 61, tomography: true });
  expect(report.ledger.violations).toBe(0);
  expect(report.tomography).toMatchObject({ shots: 9000, missed: 0 });
  const { fidelity, sigma } = report.tomography as NonNullable<typeof report.tomography>;
  expect(sigma).toBeLessThan(0.008);
  expect(Math.abs(fidelity - (report.fidelity.true as number))).toBeLessThan(4 * sigma);
});
