import { loadTopology, type Topology } from "@bellmesh/topology";
import type { LedgerEvent } from "@bellmesh/wire/ledger";
import { expect, test } from "vitest";
import { ClockCosts } from "./clock-costs.ts";
import { LedgerReaders } from "./ledger-readers.ts";

const SECOND_NS = 1e9;
const topology: Topology = loadTopology("line:3");
const [first] = topology.links;

type Event = NonNullable<LedgerEvent["event"]>;

function costs(events: readonly (readonly [number, Event])[], of = topology) {
  const observer = new ClockCosts(of);
  const readers = new LedgerReaders([observer]);
  const envelope = { writer: "", incarnation: 1, sequence: 1, uncertaintyNs: 0 };
  for (const [atS, event] of events) readers.read({ ...envelope, at: atS * SECOND_NS, event });
  return observer.report();
}

const accepted = (requestId: string, path: string[]): Event => ({
  $case: "requestAccepted",
  requestAccepted: {
    ...{ requestId, path, pairs: 1, predictedFidelityPpb: 0 },
    ...{ headEnd: path[0] ?? "", tailEnd: path.at(-1) ?? "" },
  },
});
const ended = (requestId: string): Event => ({
  $case: "requestEnded",
  requestEnded: { requestId, node: "n0", reason: "complete", delivered: 1 },
});
const trust = (link: string, node: string, isTrusted: boolean): Event => ({
  $case: "clockTrustChanged",
  clockTrustChanged: { link, node, isTrusted },
});
const heralded = (pair: string, photonOffsetPs: number): Event => ({
  $case: "pairHeralded",
  pairHeralded: {
    ...{ pair, firstNode: "n0", secondNode: "n1", attempts: 1, bellIndex: undefined },
    ...{ firstEmitted: 0, secondEmitted: 0, photonOffsetPs },
  },
});

test("Time is lost while a request needs a link and either end does not trust its clock", () => {
  const [cost, ...others] = costs([
    [1, accepted("n0/1/1", ["n0", "n1"])],
    [2, trust("n0-n1", "n0", true)],
    [3, trust("n0-n1", "n1", true)],
    [7, trust("n0-n1", "n0", false)],
    [8, trust("n0-n1", "n0", true)],
    [9, ended("n0/1/1")],
    [10, trust("n0-n1", "n1", false)],
    [20, trust("n0-n1", "n1", true)],
  ]);
  expect(others).toEqual([]);
  expect(cost).toMatchObject({ link: "n0-n1", refusedNs: 3 * SECOND_NS, settlingNs: 2 * SECOND_NS, rateLost: 3 / 8 });
  expect(cost?.attemptsRefused).toBe((3 * SECOND_NS) / (first?.heralding.periodNs ?? 0));
});

test("A link is refused attempts while either end has not said that it trusts its clock, or has taken it back", () => {
  const observer = new ClockCosts(topology);
  const readers = new LedgerReaders([observer]);
  const told = (event: Event) => {
    readers.read({ writer: "", incarnation: 1, sequence: 1, uncertaintyNs: 0, at: 0, event });
    return observer.untrusted().map(({ link, nodes }) => `${link}: ${nodes.join(" ")}`);
  };
  expect(told(trust("n0-n1", "n0", true))).toEqual(["n0-n1: n1", "n1-n2: n1 n2"]);
  expect(told(trust("n0-n1", "n1", true))).toEqual(["n1-n2: n1 n2"]);
  expect(told(trust("n0-n1", "n0", false))).toEqual(["n0-n1: n0", "n1-n2: n1 n2"]);
});

test("Requests that overlap count a second once, and each its own links", () => {
  const found = costs([
    [0, trust("n1-n2", "n1", true)],
    [0, trust("n1-n2", "n2", true)],
    [1, accepted("n0/1/1", ["n0", "n1"])],
    [2, accepted("n2/1/1", ["n2", "n1", "n0"])],
    [4, ended("n0/1/1")],
    [6, ended("n2/1/1")],
  ]);
  expect(found.map(({ link, refusedNs, rateLost }) => [link, refusedNs / SECOND_NS, rateLost])).toEqual([
    ["n0-n1", 5, 1],
    ["n1-n2", 0, 0],
  ]);
});

test("Photons that arrive apart by t cost 1 − e^(−t/τ) of visibility, and half of that, times V, of fidelity", () => {
  const clean = {
    ...topology,
    links: topology.links.map((link) => ({
      ...link,
      heralding: { ...link.heralding, photonLifetimeNs: 1000, darkCountProbability: 0, visibility: 0.9 },
    })),
  } as Topology;
  const needed = [[0, accepted("n0/1/1", ["n0", "n1"])]] as const;
  const [cost] = costs([...needed, [1, heralded("n0-n1/1/1", 0)], [2, heralded("n0-n1/1/2", 100_000)]], clean);
  const lost = (1 - Math.exp(-0.1)) / 2;
  expect(cost?.visibilityLost).toBeCloseTo(lost, 12);
  expect(cost?.fidelityLost).toBeCloseTo((0.9 * lost) / 2, 6);
  expect(costs(needed, clean)[0]).toMatchObject({ visibilityLost: null, fidelityLost: null });
});
