import { fidelityOf, type PauliEigenvalues } from "@bellmesh/bell";
import { meanPhotonOverlap } from "@bellmesh/hardware";
import { Code } from "@bellmesh/mesh";
import {
  type Heralding,
  type Link,
  linkModel,
  loadTopology,
  servoDifferenceNs,
  type Topology,
} from "@bellmesh/topology";
import { type CreateRequest, ErrorCode } from "@bellmesh/wire/link-layer";
import type { Arm } from "@bellmesh/wire/physical-link";
import { SeriesEnd } from "@bellmesh/wire/physical-link";
import { describe, expect, test } from "vitest";
import { heraldOf, ObservedLinkLayer } from "./observed-link-layer.ts";

const line = loadTopology("line:2");
const window = { detectionWindowNs: 5000, photonLifetimeNs: 1000, periodNs: 100_000 };
const single: Heralding = {
  ...{ scheme: "single-click", emissionEfficiency: 0.1, darkCountProbability: 1e-7, visibility: 0.95, ...window },
  ...{ phaseStdRad: 0.1, doubleExcitation: 0.02, bestEffortFidelity: 0.75 },
};

function network(changes: Partial<Link>): Topology {
  return { ...line, links: line.links.map((link) => ({ ...link, ...changes })) };
}

/** An end that has all it takes to arm but a request. */
function end(topology: Topology): ObservedLinkLayer {
  const alice = new ObservedLinkLayer(topology, "n0");
  alice.fromStation({ reason: SeriesEnd.STOPPED });
  alice.trust();
  alice.grant(0);
  alice.opensPeer("link-layer/n1");
  alice.fromPeer({ $case: "hello", hello: { incarnation: 1 } });
  alice.toPeer();
  alice.commands();
  return alice;
}

function requested(alice: ObservedLinkLayer, number: number, request: Partial<CreateRequest> = {}): number {
  const createId = alice.created(request);
  const addResult = { communicationSequence: number, queueSequence: number, rejected: ErrorCode.UNSPECIFIED };
  alice.fromPeer({ $case: "addResult", addResult });
  return createId;
}

function armsOf(alice: ObservedLinkLayer): Arm[] {
  return alice.commands().flatMap(({ command }) => (command?.$case === "arm" ? [command.arm] : []));
}

describe("Where a single click heralds", () => {
  const topology = network({ heralding: single });

  test("a request is armed with the largest α for its minimum fidelity, and claimed with what that yields", () => {
    const alice = end(topology);
    requested(alice, 1, { minFidelity: 0.85, pairs: 1 });
    const [arm] = armsOf(alice);
    const model = linkModel(topology, topology.links[0] as Link, 0.85);
    expect(arm?.alpha).toBe(model.alpha);
    alice.herald(heraldOf(1, 1), 1);
    const [ok] = alice.events().flatMap(({ event }) => (event?.$case === "ok" ? [event.ok] : []));
    expect(fidelityOf(ok?.goodness as PauliEigenvalues)).toBeGreaterThanOrEqual(0.85 - 1e-12);
    expect(fidelityOf(ok?.goodness as PauliEigenvalues)).toBeCloseTo(0.85, 9);
  });

  test("the next request is armed with its own α", () => {
    const alice = end(topology);
    requested(alice, 1, { minFidelity: 0.9 });
    const first = alice.created({ minFidelity: 0.6 });
    expect(first).toBe(2);
    const addResult = { communicationSequence: 2, queueSequence: 2, rejected: ErrorCode.UNSPECIFIED };
    alice.fromPeer({ $case: "addResult", addResult });
    alice.cancel(1);
    const [high, low] = armsOf(alice).map(({ alpha }) => alpha as number);
    expect(low).toBeGreaterThan(2 * (high as number));
  });

  test("a minimum that no α yields is UNSUPP, with what the link attains", () => {
    const alice = end(topology);
    const answer = alice.create({ minFidelity: 0.99 });
    expect(answer).toMatchObject({ failed: { code: Code.FAILED_PRECONDITION, reason: "EGP_UNSUPP" } });
    const { metadata } = (answer as { failed: { metadata: Record<string, string> } }).failed;
    const attainable = Number(metadata.attainable);
    expect(attainable).toBeGreaterThan(0.95);
    expect(alice.create({ minFidelity: attainable - 1e-6 })).toHaveProperty("createId");
  });

  test("ends whose α differ wait a little before they arm again", () => {
    const alice = end(topology);
    requested(alice, 1);
    expect(armsOf(alice)).toHaveLength(1);
    alice.fromStation({ queueId: { queue: 0, sequence: 1 }, reason: SeriesEnd.ALPHA_MISMATCH });
    expect(armsOf(alice)).toEqual([]);
    alice.advance(1_000_000);
    expect(armsOf(alice)).toHaveLength(1);
  });
});

describe("What clocks are off by", () => {
  const topology = network({ heralding: single });
  /** What is said at this end of a pair whose herald says this of the clocks. */
  function goodness(clockDifferencePs: number | undefined, minFidelity?: number): PauliEigenvalues {
    const alice = end(topology);
    requested(alice, 1, { pairs: 1, minFidelity });
    alice.herald(heraldOf(1, 1, clockDifferencePs === undefined ? {} : { clockDifferencePs }), 1);
    const [ok] = alice.events().flatMap(({ event }) => (event?.$case === "ok" ? [event.ok] : []));
    return ok?.goodness as PauliEigenvalues;
  }

  const claimed = (clockDifferencePs: number | undefined, minFidelity?: number) =>
    fidelityOf(goodness(clockDifferencePs, minFidelity));

  test("is told in whole picoseconds, and leaves a pair of settled clocks worth what was asked", () => {
    const settledPs = servoDifferenceNs(topology.clock.stampJitterPs, 1) * 1000;
    expect(Number.isInteger(settledPs)).toBe(false);
    for (const minFidelity of [0.55, 0.75, 0.85]) {
      expect(claimed(Math.round(settledPs), minFidelity)).toBeGreaterThanOrEqual(minFidelity - 1e-12);
      expect(claimed(Math.ceil(settledPs), minFidelity)).toBeCloseTo(minFidelity, 9);
    }
  });

  test("lowers the claim, by what the herald tells both ends; none told are clocks that have settled", () => {
    const { eigenvalues } = linkModel(topology, topology.links[0] as Link);
    expect(claimed(undefined)).toBe(fidelityOf(eigenvalues));
    expect(claimed(0)).toBeGreaterThanOrEqual(fidelityOf(eigenvalues));
    const [together, apart] = [goodness(0), goodness(200_000)];
    // The coherence of a single click goes with the root of the photons' overlap; two photons at once hardly matter.
    const left = Math.sqrt(meanPhotonOverlap(200, window.photonLifetimeNs));
    expect((apart.x + apart.y) / (together.x + together.y)).toBeCloseTo(left, 2);
  });
});

describe("On a link that comes and goes", () => {
  const schedule = [
    { fromS: 1, toS: 2 },
    { fromS: 5, toS: 6 },
  ];
  const topology = network({ schedule });

  test("a request waits, and is armed when the link comes", () => {
    const alice = end(topology);
    requested(alice, 1);
    expect(armsOf(alice)).toEqual([]);
    alice.advance(0.999e9);
    expect(armsOf(alice)).toEqual([]);
    alice.advance(1e9);
    expect(armsOf(alice)[0]?.firstCycle).toBe(10_000);
    alice.advance(2e9);
    alice.fromStation({ queueId: { queue: 0, sequence: 1 }, reason: SeriesEnd.LINK_DOWN });
    alice.advance(4.9e9);
    expect(armsOf(alice)).toEqual([]);
    alice.advance(5e9);
    expect(armsOf(alice)[0]?.firstCycle).toBe(50_000);
  });

  test("a request without time until then is refused with LINK_DOWN and when it comes", () => {
    const alice = end(topology);
    const failed = { code: Code.FAILED_PRECONDITION, reason: "EGP_LINK_DOWN", metadata: { upAtNs: "1000000000" } };
    expect(alice.create({ pairs: 1, maxTimeNs: 0.9e9 })).toMatchObject({ failed });
    expect(alice.create({ pairs: 1, maxTimeNs: 1.1e9 })).toHaveProperty("createId");
  });

  test("all requests end with LINK_DOWN when it has come for the last time, and new ones are refused", () => {
    const alice = end(topology);
    alice.advance(5.5e9);
    requested(alice, 1);
    requested(alice, 2);
    alice.advance(6e9);
    alice.events();
    alice.fromStation({ queueId: { queue: 0, sequence: 1 }, reason: SeriesEnd.LINK_DOWN });
    alice.advance(6.1e9);
    expect(alice.said()).toEqual([`err ${ErrorCode.LINK_DOWN}`, `err ${ErrorCode.LINK_DOWN}`]);
    expect(alice.create()).toMatchObject({ failed: { reason: "EGP_LINK_DOWN" } });
  });
});
