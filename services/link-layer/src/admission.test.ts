import { fidelityOf } from "@bellmesh/bell";
import { Code } from "@bellmesh/mesh";
import { linkModel, loadTopology } from "@bellmesh/topology";
import { type CreateRequest, ErrorCode, RequestType } from "@bellmesh/wire/link-layer";
import { describe, expect, test } from "vitest";
import { ObservedLinkLayer } from "./observed-link-layer.ts";

const topology = loadTopology("line:3");
const [link] = topology.links;
if (!link) throw new Error("line:3 has links");
const model = linkModel(topology, link);
const attainable = fidelityOf(model.eigenvalues);
/** A round trip of agreement, then one period a pair. */
const shortestNs = (pairs: number) => 2 * (model.armDelayNs[0] + model.armDelayNs[1]) + pairs * model.periodNs;

const { INVALID_ARGUMENT, FAILED_PRECONDITION } = Code;

describe("A CREATE is refused at once", () => {
  const cases: readonly (readonly [string, Partial<CreateRequest>, Code, string, RegExp])[] = [
    [
      "for a link this node has not",
      { link: "n1-n2" },
      INVALID_ARGUMENT,
      "EGP_CREATE",
      /n0 has no link "n1-n2"; .*n0-n1/,
    ],
    ["for no link", { link: "" }, INVALID_ARGUMENT, "EGP_CREATE", /no link ""/],
    [
      "with a purpose of more than 16 bits",
      { purposeId: 65_536 },
      INVALID_ARGUMENT,
      "EGP_CREATE",
      /purpose_id is 65536/,
    ],
    ["for more than 65535 pairs", { pairs: 65_536 }, INVALID_ARGUMENT, "EGP_CREATE", /pairs is 65536/],
    ["with a priority above 7", { priority: 8 }, INVALID_ARGUMENT, "EGP_CREATE", /priority is 8/],
    ["with a minimum fidelity of 0", { minFidelity: 0 }, INVALID_ARGUMENT, "EGP_CREATE", /min_fidelity is 0/],
    ["with a minimum fidelity above 1", { minFidelity: 1.01 }, INVALID_ARGUMENT, "EGP_CREATE", /min_fidelity is 1.01/],
    ["with a minimum fidelity that is no number", { minFidelity: Number.NaN }, INVALID_ARGUMENT, "EGP_CREATE", /NaN/],
    ["without a type", { type: RequestType.UNSPECIFIED }, INVALID_ARGUMENT, "EGP_CREATE", /type is neither/],
    ["of type MEASURE", { type: RequestType.MEASURE }, FAILED_PRECONDITION, "EGP_UNSUPP", /only requests of type KEEP/],
    ["for pairs that are not entangled", { minFidelity: 0.5 }, FAILED_PRECONDITION, "EGP_UNSUPP", /not entangled/],
    [
      "for better pairs than the link makes",
      { minFidelity: 1 },
      FAILED_PRECONDITION,
      "EGP_UNSUPP",
      /this link attains/,
    ],
    [
      "in less time than an idle link takes",
      { pairs: 3, maxTimeNs: shortestNs(3) - 1 },
      FAILED_PRECONDITION,
      "EGP_UNSUPP",
      /3 pairs take at least/,
    ],
    [
      "in less time than one pair takes",
      { maxTimeNs: shortestNs(1) - 1 },
      FAILED_PRECONDITION,
      "EGP_UNSUPP",
      /1 pairs/,
    ],
  ];

  test.each(cases)("%s", (_why, request, code, reason, message) => {
    const alice = new ObservedLinkLayer(topology, "n0");
    const answer = alice.create(request);
    expect(answer).toMatchObject({ failed: { code, reason } });
    expect((answer as { failed: { message: string } }).failed.message).toMatch(message);
    expect(alice.toPeer()).toEqual([]);
  });

  test("names what it could do instead", () => {
    const alice = new ObservedLinkLayer(topology, "n0");
    expect(alice.create({ minFidelity: 1 })).toMatchObject({
      failed: { metadata: { attainable: attainable.toFixed(6) } },
    });
    expect(alice.create({ pairs: 2, maxTimeNs: 1 })).toMatchObject({
      failed: { metadata: { shortestNs: `${shortestNs(2)}` } },
    });
  });

  test("from another node, and from this one whatever the service", () => {
    const alice = new ObservedLinkLayer(topology, "n0");
    const refused = { failed: { code: Code.PERMISSION_DENIED, reason: "NOT_THIS_NODE" } };
    expect(alice.create({}, "network-layer/n1")).toMatchObject(refused);
    expect(alice.cancel(1, "network-layer/n1")).toMatchObject(refused);
    expect(alice.create({}, "network-layer/n0")).toEqual({ createId: 1 });
    expect(alice.create({}, "requester/n0")).toEqual({ createId: 2 });
  });

  test("with NORES and when to try again, once 256 requests stand", () => {
    for (const node of ["n0", "n1"]) {
      const layer = new ObservedLinkLayer(topology, node);
      if (node === "n1") layer.peerEnds(); // what is under way to the peer has a place until the peer has answered
      for (let count = 1; count <= 256; count += 1) expect(layer.create()).toEqual({ createId: count });
      const refused = { code: Code.RESOURCE_EXHAUSTED, reason: "EGP_NORES", retryAfterNs: 1_000_000_000 };
      expect(layer.create()).toMatchObject({ failed: refused });
      layer.cancel(17);
      expect(layer.create()).toEqual({ createId: 257 });
      expect(layer.create()).toMatchObject({ failed: refused });
    }
  });
});

describe("A CREATE is taken", () => {
  test("at the very limits", () => {
    const alice = new ObservedLinkLayer(topology, "n0");
    const limits = { purposeId: 65_535, priority: 7, minFidelity: attainable, pairs: 3, maxTimeNs: shortestNs(3) };
    expect(alice.create(limits)).toEqual({ createId: 1 });
    expect(alice.create({ pairs: 65_535 })).toEqual({ createId: 2 });
  });

  test("and answered at once with an id, whether or not the peer, the station or the memory is there", () => {
    const alice = new ObservedLinkLayer(topology, "n0");
    for (const end of ["stationEnds", "memoryEnds", "clockEnds"] as const) alice[end]();
    expect(alice.create()).toEqual({ createId: 1 });
  });
});

describe("The other end judges a request too", () => {
  test.each([
    ["that it cannot read", undefined, ErrorCode.CREATE],
    ["that its link cannot serve", { minFidelity: 1 }, ErrorCode.UNSUPP],
  ])("and refuses one %s", (_what, request, rejected) => {
    const alice = new ObservedLinkLayer(topology, "n0");
    const stream = alice.opensPeer("link-layer/n1");
    alice.fromPeer({ $case: "hello", hello: { incarnation: 1 } });
    alice.toPeer();
    const base = { link: "n0-n1", purposeId: 7, pairs: 0, minFidelity: undefined, maxTimeNs: 0, priority: 2 };
    const create = request && { ...base, type: RequestType.KEEP, ...request };
    const add = { communicationSequence: 9, queueSequence: 0, createId: 5, create };
    alice.fromPeer({ $case: "add", add }, "n0-n1", stream);
    const addResult = { communicationSequence: 9, queueSequence: 0, rejected };
    expect(alice.toPeer()).toEqual([{ link: "n0-n1", content: { $case: "addResult", addResult } }]);
  });
});
