import { type Link, linkModel, loadTopology, type Topology } from "@bellmesh/topology";
import { ErrorCode, type PeerMessage } from "@bellmesh/wire/link-layer";
import { SeriesEnd } from "@bellmesh/wire/physical-link";
import { describe, expect, test } from "vitest";
import { heraldOf, ObservedLinkLayer } from "./observed-link-layer.ts";

const topology = loadTopology("line:2");
const [link] = topology.links;
if (!link) throw new Error("line:2 has a link");
const { periodNs, eigenvalues } = linkModel(topology, link);
const WINDOW_PS = link.heralding.detectionWindowNs * 1000;

type Without = "clock" | "slot" | "peer" | "request";

/** The master's end of a link, with everything there that it takes to arm but what is named. */
function end(without?: Without, of: Topology = topology, incarnation = 1): ObservedLinkLayer {
  const alice = new ObservedLinkLayer(of, "n0", incarnation);
  alice.fromStation({ reason: SeriesEnd.STOPPED });
  if (without !== "clock") alice.trust();
  if (without !== "slot") alice.grant(0);
  if (without !== "peer") greeted(alice);
  if (without !== "request") requested(alice, 1);
  return alice;
}

function greeted(alice: ObservedLinkLayer): void {
  alice.opensPeer("link-layer/n1");
  alice.fromPeer({ $case: "hello", hello: { incarnation: 1 } });
  alice.toPeer();
}

/** A request that both ends have. @returns its id */
function requested(alice: ObservedLinkLayer, communicationSequence: number, pairs = 0): number {
  const createId = alice.created({ pairs });
  alice.fromPeer({
    $case: "addResult",
    addResult: { communicationSequence, queueSequence: communicationSequence, rejected: ErrorCode.UNSPECIFIED },
  });
  return createId;
}

function expireOf(low: number, high: number, stationIncarnation = 1): PeerMessage["content"] {
  return { $case: "expire", expire: { stationIncarnation, sequenceLow: low, sequenceHigh: high } };
}

/** EXPIREs sent to the peer, as [low, high). */
function expired(alice: ObservedLinkLayer): string[] {
  return alice.toPeer().flatMap(({ content }) => {
    if (content?.$case !== "expire") return [];
    const { stationIncarnation, sequenceLow, sequenceHigh } = content.expire;
    return [`${stationIncarnation}:[${sequenceLow}, ${sequenceHigh})`];
  });
}

const pair = (sequence: number, incarnation = 1) => `n0-n1/${incarnation}/${sequence}`;

describe("A series is armed", () => {
  test("with a clock to be trusted, a free slot, a station that answers and an agreed request, and not before", () => {
    const completions: Readonly<Record<Without, (alice: ObservedLinkLayer) => void>> = {
      clock: (alice) => alice.trust(),
      slot: (alice) => alice.grant(3),
      peer: (alice) => {
        greeted(alice);
        const addResult = { communicationSequence: 1, queueSequence: 1, rejected: ErrorCode.UNSPECIFIED };
        alice.fromPeer({ $case: "addResult", addResult });
      },
      request: (alice) => requested(alice, 1),
    };
    for (const [without, complete] of Object.entries(completions)) {
      const alice = end(without as Without);
      expect(alice.armed(), without).toEqual([]);
      complete(alice);
      expect(alice.armed(), without).toEqual(["arm 1"]);
    }
    const alice = end("request");
    alice.stationEnds();
    requested(alice, 1);
    alice.advance(99_999_999);
    expect(alice.armed()).toEqual([]);
    alice.advance(1e8);
    expect(alice.armed()).toEqual([]);
    alice.fromStation({ reason: SeriesEnd.STOPPED });
    expect(alice.armed()).toEqual(["arm 1"]);
  });

  test("from the next cycle of this end's own clock on, for an hour, as this incarnation, for this queue id", () => {
    const alice = end("request", topology, 5);
    alice.now = 10 * periodNs + 1;
    requested(alice, 1);
    const arm = {
      queueId: { queue: 0, sequence: 1 },
      firstCycle: 11,
      stride: 1,
      untilCycle: Math.floor((alice.now + 3.6e12) / periodNs),
      expectedSequence: 1,
      incarnation: 5,
      usefulForNs: 0,
    };
    expect(alice.commands().at(-1)).toEqual({ link: "n0-n1", command: { $case: "arm", arm } });
  });

  test("until the request's time limit where that is sooner", () => {
    const alice = end("request");
    alice.created({ maxTimeNs: 50 * periodNs });
    const addResult = { communicationSequence: 1, queueSequence: 1, rejected: ErrorCode.UNSPECIFIED };
    alice.fromPeer({ $case: "addResult", addResult });
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { untilCycle: 50 } } });
  });

  test("only while the clock's uncertainty is within half the detection window", () => {
    const alice = end("clock");
    alice.trust(WINDOW_PS / 2 + 1);
    expect(alice.armed()).toEqual([]);
    alice.trust(WINDOW_PS / 2);
    expect(alice.armed()).toEqual(["arm 1"]);
    alice.trust(WINDOW_PS / 2 + 1);
    expect(alice.armed()).toEqual(["stop 1"]);
    alice.trust();
    alice.clockEnds();
    expect(alice.armed()).toEqual(["arm 1", "stop 1"]);
  });

  test("and the ledger hears when trust begins and ends, once each", () => {
    const alice = end("clock");
    const told = (uncertaintyPs: number) =>
      alice.trust(uncertaintyPs).flatMap((made) => (made.kind === "record" ? [made.event] : []));
    const changed = (isTrusted: boolean, uncertaintyPs: number) => ({
      $case: "clockTrustChanged",
      clockTrustChanged: { link: "n0-n1", node: "n0", isTrusted, uncertaintyPs },
    });
    expect(told(WINDOW_PS / 2 + 1)).toEqual([]);
    expect(told(WINDOW_PS / 2)).toEqual([changed(true, WINDOW_PS / 2)]);
    expect(told(100)).toEqual([]);
    expect(told(WINDOW_PS)).toEqual([changed(false, WINDOW_PS)]);
    expect(told(WINDOW_PS)).toEqual([]);
  });

  test("for one request at a time, in one slot", () => {
    const alice = end();
    alice.grant(1);
    requested(alice, 2);
    expect(alice.armed()).toEqual(["arm 1"]);
  });

  test("again after a success, in another slot, and stopped when its request is cancelled", () => {
    const alice = end();
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.armed()).toEqual(["arm 1"]);
    alice.grant(1);
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { expectedSequence: 2 } } });
    alice.cancel(1);
    expect(alice.armed()).toEqual(["stop 1"]);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(1)}`]);
  });

  test("in no slot of a memory that has gone", () => {
    const alice = end();
    alice.grant(1);
    alice.memoryEnds();
    expect(alice.armed()).toEqual(["arm 1", "stop 1"]);
    alice.advance(1e8);
    expect(alice.memory()).toEqual([{ link: "n0-n1", message: { $case: "attach", attach: {} } }]);
    expect(alice.armed()).toEqual([]);
    alice.grant(4);
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.halves()).toEqual([`occupied 4 ${pair(1)}`]);
  });
});

describe("When a series has ended", () => {
  test.each([
    ["UNTIL", SeriesEnd.UNTIL],
    ["STOPPED, by the other end", SeriesEnd.STOPPED],
    ["NO_CLASSICAL_OTHER", SeriesEnd.NO_CLASSICAL_OTHER],
  ])("with %s it is armed again at once, in the same slot", (_name, reason) => {
    const alice = end();
    alice.armed();
    alice.fromStation({ reason, queueId: { queue: 0, sequence: 1 } });
    expect(alice.armed()).toEqual(["arm 1"]);
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(1)}`]);
  });

  test.each([
    ["OUT_OF_WINDOW", SeriesEnd.OUT_OF_WINDOW],
    ["QUEUE_MISMATCH", SeriesEnd.QUEUE_MISMATCH],
  ])("with %s it is armed again later, twice as late each time up to 64 ms, until it succeeds", (_name, reason) => {
    const alice = end();
    const instants: number[] = [];
    const note = () => {
      if (alice.armed().includes("arm 1")) instants.push(alice.now / 1e6);
    };
    note();
    for (let ms = 0; ms < 383; ms += 1) {
      if (instants.at(-1) === ms) alice.fromStation({ reason, queueId: { queue: 0, sequence: 1 } });
      alice.advance((ms + 1) * 1e6);
      note();
    }
    expect(instants).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 191, 255, 319, 383]);
    alice.grant(1);
    alice.herald(heraldOf(1, 1), 1);
    alice.armed();
    alice.fromStation({ reason, queueId: { queue: 0, sequence: 1 } });
    alice.advance(384e6);
    expect(alice.armed()).toEqual(["arm 1"]);
  });

  test("the next request need not wait for the back-off of one that is gone", () => {
    const alice = end();
    requested(alice, 2);
    alice.armed();
    alice.fromStation({ reason: SeriesEnd.QUEUE_MISMATCH, queueId: { queue: 0, sequence: 1 } });
    expect(alice.armed()).toEqual([]);
    alice.cancel(1);
    expect(alice.armed()).toEqual(["arm 2"]);
  });

  test("with MISSED_HERALD what was missed is void at both ends, and it is armed again", () => {
    const alice = end();
    alice.grant(1);
    alice.herald(heraldOf(1, 1), 1);
    for (const list of [alice.armed(), alice.halves(), alice.said()]) expect(list).not.toEqual([]);
    alice.fromStation({ reason: SeriesEnd.MISSED_HERALD, queueId: { queue: 0, sequence: 1 }, nextSequence: 3 });
    expect(alice.halves()).toEqual([`missed ${pair(2)}`]);
    expect(alice.said()).toEqual(["expire 1:[2, 3)"]);
    expect(expired(alice)).toEqual(["1:[2, 3)"]);
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { expectedSequence: 3 } } });
    alice.herald(heraldOf(2, 1), 2);
    expect([alice.halves(), alice.said(), expired(alice)]).toEqual([[], [], []]);
  });

  test("with MISSED_HERALD for a request before, what is armed was for a pair that is void, and is armed anew", () => {
    const alice = end();
    requested(alice, 2);
    alice.grant(1);
    alice.herald(heraldOf(1, 1), 1);
    alice.cancel(1);
    expect(alice.armed().at(-1)).toBe("arm 2");
    // The station has heard no acknowledgement of the first herald, and has the second on its way.
    alice.fromStation({ reason: SeriesEnd.MISSED_HERALD, queueId: { queue: 0, sequence: 1 }, nextSequence: 3 });
    expect(alice.commands().at(-1)).toMatchObject({
      command: { arm: { queueId: { sequence: 2 }, expectedSequence: 3 } },
    });
    alice.herald(heraldOf(2, 2), 2);
    expect(alice.armed()).toEqual([]);
    // One that has missed nothing since goes on as it was.
    alice.fromStation({ reason: SeriesEnd.MISSED_HERALD, queueId: { queue: 0, sequence: 1 }, nextSequence: 3 });
    expect(alice.armed()).toEqual([]);
  });

  test("an answer to what was stopped meanwhile changes nothing", () => {
    const alice = end();
    requested(alice, 2);
    alice.cancel(1);
    expect(alice.armed()).toEqual(["arm 1", "stop 1", "arm 2"]);
    alice.fromStation({ reason: SeriesEnd.STOPPED, queueId: { queue: 0, sequence: 1 } });
    expect(alice.armed()).toEqual([]);
  });
});

describe("A herald", () => {
  test("in order is an OK: the half is in the slot, the network layer hears of it, and the bus is answered", () => {
    const alice = end();
    alice.toPeer();
    alice.herald(heraldOf(1, 1, { cycle: 40 }), 1);
    const bellIndex = { x: true, z: false };
    const emittedAt = 40 * periodNs;
    expect(alice.memory().at(-1)?.message).toEqual({
      $case: "occupied",
      occupied: { slot: 0, pair: pair(1), bellIndex, emittedAt },
    });
    const ok = { pair: pair(1), bellIndex, goodness: eigenvalues, emittedAt, remoteNode: "n1" };
    expect(alice.events()).toMatchObject([
      { link: "n0-n1", createId: 1, purposeId: 7, originatedHere: true, event: { $case: "ok", ok } },
    ]);
    expect(alice.acknowledged()).toEqual([1]);
    expect(alice.toPeer()).toEqual([]);
  });

  test("tells when this end's half was emitted: the nearer end fires later, so that photons meet", () => {
    const shifted: Link = { ...link, armsKm: [2, 8] };
    const unequal = { ...topology, links: [shifted] };
    const emittedAt = (node: "n0" | "n1") => {
      const one = node === "n0" ? end(undefined, unequal) : slaveEnd(unequal);
      one.herald(heraldOf(1, 1, { cycle: 40 }), 1);
      const [event] = one.events();
      return event?.event?.$case === "ok" ? event.event.ok.emittedAt : undefined;
    };
    expect([emittedAt("n0"), emittedAt("n1")]).toEqual([40 * periodNs + 30_000, 40 * periodNs]);
  });

  test("that comes twice is acknowledged twice and used once", () => {
    const alice = end();
    for (let copy = 0; copy < 3; copy += 1) alice.herald(heraldOf(1, 1), 1);
    expect(alice.acknowledged()).toEqual([1, 1, 1]);
    expect(alice.said()).toEqual([`ok ${pair(1)}`]);
  });

  test("after a gap is no OK: EXPIRE [expected, seq + 1) at both ends", () => {
    const alice = end();
    alice.herald(heraldOf(3, 1), 1);
    expect(alice.halves()).toEqual([1, 2, 3].map((sequence) => `missed ${pair(sequence)}`));
    expect(alice.said()).toEqual(["expire 1:[1, 4)"]);
    expect(expired(alice)).toEqual(["1:[1, 4)"]);
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { expectedSequence: 4 } } });
    alice.herald(heraldOf(4, 1), 2);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(4)}`]);
  });

  test("that is stale is ignored: it was voided when the gap was seen", () => {
    const alice = end();
    alice.herald(heraldOf(3, 1), 1);
    for (const list of [alice.armed(), alice.halves(), alice.said(), expired(alice)]) expect(list).not.toEqual([]);
    alice.herald(heraldOf(2, 1), 2);
    expect([alice.armed(), alice.halves(), alice.said(), expired(alice)]).toEqual([[], [], [], []]);
    expect(alice.acknowledged()).toEqual([1, 2]);
  });

  test("that is too late is void at both ends, and the series is armed again", () => {
    const alice = end();
    alice.now = 2000;
    alice.herald(heraldOf(1, 1), 1, { notAfter: 2000 });
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    expect(expired(alice)).toEqual(["1:[1, 2)"]);
    expect(alice.armed()).toEqual(["arm 1", "arm 1"]);
  });

  test("for a request that was cancelled ends its half, and expires it at the peer", () => {
    const alice = end();
    alice.cancel(1);
    alice.toPeer();
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    expect(expired(alice)).toEqual(["1:[1, 2)"]);
  });

  test("of what a former incarnation of this end armed is never used", () => {
    const alice = end(undefined, topology, 2);
    alice.herald(heraldOf(1, 1, { armedIncarnation: 1 }), 1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
    expect(expired(alice)).toEqual(["1:[1, 2)"]);
    alice.herald(heraldOf(2, 1, { armedIncarnation: 2 }), 2);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(2)}`]);
  });

  test("of what was armed before under the same queue id is never used", () => {
    const alice = end("clock");
    alice.now = 50 * periodNs;
    alice.trust();
    alice.herald(heraldOf(1, 1, { cycle: 49 }), 1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
    alice.herald(heraldOf(2, 1, { cycle: 50 }), 2);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(2)}`]);
  });

  test("from anything but a station of this node's links is no herald", () => {
    const alice = end();
    alice.herald(heraldOf(1, 1), 1, { link: "n1-n2" });
    expect([alice.acknowledged(), alice.halves(), alice.said()]).toEqual([[], [], []]);
  });

  test("that comes while the memory is out of reach is told when a slot proves that it is there again", () => {
    const alice = end();
    alice.memoryEnds();
    alice.herald(heraldOf(1, 1), 1);
    alice.advance(1e8);
    expect(alice.halves()).toEqual([]);
    alice.grant(0);
    alice.grant(1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
  });
});

describe("EXPIRE from the peer", () => {
  test("voids pairs that were announced here, and says so once however often it comes", () => {
    const alice = end();
    alice.herald(heraldOf(1, 1), 1);
    alice.said();
    alice.halves();
    for (let copy = 0; copy < 3; copy += 1) alice.fromPeer(expireOf(1, 2));
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    expect([alice.halves(), expired(alice)]).toEqual([[], []]);
  });

  test("is a half-open range: low is void, high is not", () => {
    const alice = end();
    alice.fromPeer(expireOf(1, 3));
    expect(alice.halves()).toEqual([`missed ${pair(1)}`, `missed ${pair(2)}`]);
    alice.herald(heraldOf(3, 1), 1);
    expect(alice.halves()).toEqual([`occupied 0 ${pair(3)}`]);
  });

  test("of a herald that is still on its way: it is not used when it comes, and the series is armed anew", () => {
    const alice = end();
    alice.fromPeer(expireOf(1, 2));
    expect(alice.armed()).toEqual(["arm 1", "stop 1", "arm 1"]);
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    expect(expired(alice)).toEqual([]);
  });

  test("that leaves out heralds still on their way voids those too, and tells the peer of them", () => {
    const alice = end();
    alice.fromPeer(expireOf(3, 4));
    expect(alice.halves()).toEqual([1, 2, 3].map((sequence) => `missed ${pair(sequence)}`));
    expect(expired(alice)).toEqual(["1:[1, 3)"]);
  });

  test("of an incarnation of the station that is not known here yet does not stop this end from learning it", () => {
    const alice = end();
    alice.stationEnds();
    alice.fromPeer(expireOf(1, 2, 2));
    expect([alice.halves(), alice.said()]).toEqual([[], ["expire 2:[1, 2)"]]);
    alice.advance(1e8);
    alice.fromStation({ reason: SeriesEnd.STOPPED, incarnation: 2, nextSequence: 2 });
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { expectedSequence: 2 } } });
  });

  test("of a former incarnation of the station leaves the present one alone", () => {
    const alice = end();
    alice.fromStation({ reason: SeriesEnd.STOPPED, incarnation: 2 });
    for (const list of [alice.armed(), alice.said(), expired(alice)]) expect(list).not.toEqual([]);
    alice.fromPeer(expireOf(5, 6, 1));
    expect(alice.said()).toEqual(["expire 1:[5, 6)"]);
    expect(alice.armed()).toEqual([]);
  });

  test("that may not have been heard is told again over the next stream, but not to a peer that started anew", () => {
    for (const incarnation of [1, 2]) {
      const alice = end();
      alice.peerEnds();
      alice.herald(heraldOf(1, 1), 1);
      alice.opensPeer("link-layer/n1");
      alice.fromPeer({ $case: "hello", hello: { incarnation } });
      expect(expired(alice)).toEqual(incarnation === 1 ? ["1:[1, 2)"] : []);
    }
  });
});

describe("A request for so many pairs", () => {
  test("leaves the queue of its originator with its last OK, and the peer is told", () => {
    const alice = end("request");
    const createId = requested(alice, 1, 3);
    alice.toPeer();
    for (const sequence of [1, 2, 3]) {
      expect(alice.armed()).toEqual(["arm 1"]);
      alice.herald(heraldOf(sequence, 1), sequence);
      alice.grant(0);
    }
    expect(alice.armed()).toEqual([]);
    expect(alice.toPeer()).toEqual([
      { link: "n0-n1", content: { $case: "remove", remove: { queueSequence: 1, reason: ErrorCode.UNSPECIFIED } } },
    ]);
    expect(alice.said().map((said) => said.slice(0, 2))).toEqual(["ok", "ok", "ok"]);
    expect(alice.cancel(createId)).toMatchObject({ failed: { reason: "NO_CREATE" } });
  });

  test("is not served by the peer after its last pair, unless the originator goes on asking", () => {
    const bob = slaveEnd(topology, 2);
    for (const sequence of [1, 2]) {
      expect(bob.armed()).toEqual(["arm 1"]);
      bob.herald(heraldOf(sequence, 1), sequence);
      bob.grant(0);
    }
    expect(bob.armed()).toEqual([]);
    bob.advance(bob.now + 2e6);
    expect(bob.armed()).toEqual(["arm 1"]);
    bob.fromPeer({ $case: "remove", remove: { queueSequence: 1, reason: ErrorCode.UNSPECIFIED } });
    expect(bob.armed()).toEqual(["stop 1"]);
    expect(bob.said().map((said) => said.slice(0, 2))).toEqual(["ok", "ok"]);
  });

  test("does not count a pair that was void", () => {
    const alice = end("request");
    requested(alice, 1, 2);
    alice.toPeer();
    alice.herald(heraldOf(2, 1), 1);
    alice.herald(heraldOf(3, 1), 2);
    alice.grant(0);
    expect(alice.armed().at(-1)).toBe("arm 1");
    alice.herald(heraldOf(4, 1), 3);
    expect(alice.toPeer().at(-1)?.content).toMatchObject({ $case: "remove", remove: { queueSequence: 1 } });
  });
});

describe("After a restart", () => {
  test("of the station, the last herald of its former self may have been lost: it is void at both ends", () => {
    const alice = end();
    alice.herald(heraldOf(1, 1), 1);
    alice.said();
    alice.halves();
    alice.stationEnds();
    alice.advance(1e8);
    alice.fromStation({ reason: SeriesEnd.STOPPED, incarnation: 2 });
    expect(alice.halves()).toEqual([`missed ${pair(2)}`]);
    expect(alice.said()).toEqual(["expire 1:[2, 3)"]);
    expect(expired(alice)).toEqual(["1:[2, 3)"]);
    alice.grant(0);
    alice.herald(heraldOf(1, 1, { stationIncarnation: 2 }), 1, { incarnation: 2 });
    expect(alice.halves()).toEqual([`occupied 0 ${pair(1, 2)}`]);
  });

  test("of this end, the station is asked where it stands; its latest pair may have found nobody here", () => {
    const alice = new ObservedLinkLayer(topology, "n0", 2);
    const stop = { queueId: { queue: 0, sequence: 0 } };
    expect(alice.commands()).toEqual([{ link: "n0-n1", command: { $case: "stop", stop } }]);
    alice.fromStation({ reason: SeriesEnd.STOPPED, nextSequence: 9 });
    expect(alice.halves()).toEqual([`missed ${pair(8)}`]);
    expect([alice.said(), alice.toPeer()]).toEqual([[], []]);
    alice.trust();
    alice.grant(0);
    greeted(alice);
    requested(alice, 1);
    expect(alice.commands().at(-1)).toMatchObject({ command: { arm: { expectedSequence: 9, incarnation: 2 } } });
    alice.herald(heraldOf(8, 1, { armedIncarnation: 1 }), 8);
    expect(expired(alice)).toEqual(["1:[8, 9)"]);
  });

  test("of the stream to the station, what was heralded meanwhile is void", () => {
    const alice = end();
    alice.stationEnds();
    alice.advance(1e8);
    alice.fromStation({ reason: SeriesEnd.STOPPED, nextSequence: 2 });
    expect(alice.said()).toEqual(["expire 1:[1, 2)"]);
    alice.herald(heraldOf(1, 1), 1);
    expect(alice.halves()).toEqual([`missed ${pair(1)}`]);
  });
});

/** The slave's end of a link, armed for a request of the master. */
function slaveEnd(of: Topology, pairs = 0): ObservedLinkLayer {
  const bob = new ObservedLinkLayer(of, "n1");
  bob.fromStation({ reason: SeriesEnd.STOPPED });
  bob.trust();
  bob.grant(0);
  bob.fromPeer({ $case: "hello", hello: { incarnation: 1 } });
  const create = {
    link: "n0-n1",
    purposeId: 7,
    pairs,
    minFidelity: undefined,
    maxTimeNs: 0,
    type: 1 as const,
    priority: 2,
  };
  bob.fromPeer({ $case: "add", add: { communicationSequence: 1, queueSequence: 1, createId: 1, create } });
  return bob;
}
