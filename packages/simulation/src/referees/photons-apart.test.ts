import { photonOverlap } from "@bellmesh/hardware";
import type { Topology } from "@bellmesh/topology";
import { describe, expect, test } from "vitest";
import { LedgerReaders } from "../ledger-readers.ts";
import { delivered, goldenTopology, heralded, history, measured } from "./golden-lines.ts";
import { GroundTruth } from "./ground-truth.ts";
import { PairDirectory } from "./pair-directory.ts";
import { PhotonsApart } from "./photons-apart.ts";

const stamped: Topology = { ...goldenTopology, clock: { ...goldenTopology.clock, stampJitterPs: 50_000 } };
const PHOTON_NS = 1000;

/** Whether ground-truth objects to 40 pairs claimed to be worth 0.9, of which nature says this. */
function isRejected(offsetNs: number, fidelity: number): boolean {
  const lines = Array.from({ length: 40 }, (_, number) => `ab/1/${number + 1}`).flatMap((pair, index) => [
    heralded(pair, "alice", "bob", 1, 500, offsetNs * 1000),
    delivered(pair, "alice", "bob", 1, index + 1),
    delivered(pair, "bob", "alice", 1, index + 1),
    measured(pair, "alice", pair, "bob", 1, fidelity),
  ]);
  const referee = new GroundTruth(new PairDirectory(), stamped);
  const readers = new LedgerReaders([referee]);
  for (const event of history("pairs of one interval", [], ...lines).events) readers.read(event);
  return referee.verdict(true).verdict === "false";
}

describe("Photons that come further apart than clocks that have settled bring them", () => {
  test("cost coherence by the ratio of their overlap to the expected one", () => {
    const apart = new PhotonsApart(stamped);
    const [near, far] = [apart.shortOf("ab", 200_000), apart.shortOf("ab", 400_000)];
    expect(far / near).toBeCloseTo(photonOverlap(200, PHOTON_NS) / photonOverlap(400, PHOTON_NS), 12);
    // E e^(−|Δ|/τ) for a normal Δ of 66.7 ns is about 1 − √(2/π)·0.0667 + 0.0667²/2.
    expect(near * photonOverlap(200, PHOTON_NS)).toBeCloseTo(1 - 0.0532 + 0.0022, 3);
  });

  test("cost nothing beyond the expected when they are nearer, or when the link is unknown", () => {
    const apart = new PhotonsApart(stamped);
    expect([apart.shortOf("ab", 0), apart.shortOf("ab", 50_000), apart.shortOf("zz", 900_000)]).toEqual([1, 1, 1]);
  });

  test("excuse as many pairs as share their offset for what it took, and for no more", () => {
    const lost = 0.65 * (1 - photonOverlap(300, PHOTON_NS) / 0.949);
    expect(isRejected(300, 0.9 - lost + 0.002)).toBe(false);
    expect(isRejected(300, 0.9 - lost - 0.01)).toBe(true);
  });

  test("excuse nothing where they came together", () => {
    expect(isRejected(10, 0.899)).toBe(false);
    expect(isRejected(10, 0.897)).toBe(true);
  });
});
